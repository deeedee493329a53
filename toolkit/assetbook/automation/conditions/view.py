"""What the evaluation of conditions asks of the world."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from assetbook.definitions.automation.entity import AssetJobKey, Entity, Subset
from assetbook.definitions.freshness_policy import FreshnessState
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.keys import AssetKey


class AutomationView(Protocol):
    """What is known of assets, checks and jobs, as of one event.

    Subsets are of all partitions there are; ``{None}`` is all of what has none.
    """

    graph: AssetGraph
    known: KnownKeys
    """Which partitions there are."""
    last_event: int
    """The id of the latest event that counts; 0 before the first one."""

    def made(self, entity: Entity) -> Subset:
        """What was materialized; of a check, the partitions on whose latest version it ran."""
        ...

    def running(self, entity: Entity) -> Subset:
        """What a run that has not ended is to make and has not made yet, or waits to."""
        ...

    def in_backfill(self, entity: Entity) -> Subset:
        """The same of backfills."""
        ...

    def failed(self, entity: Entity) -> Subset:
        """What failed when it was last to be made."""
        ...

    def updated(self, entity: Entity, after: int, since: datetime) -> Subset:
        """What was materialized, or checked, by an event after ``after``; what another store has,
        after ``since``."""
        ...

    def data_changed(self, key: AssetKey, after: int, since: datetime) -> Subset:
        """What of that has other data than the version before ``after``."""
        ...

    def behind(self, key: AssetKey, among: Subset) -> Subset:
        """Of those the ones whose latest version read other data than its inputs have now."""
        ...

    def seen_data_version(self, key: AssetKey) -> str | None:
        """The data version that a source had when it was last looked at; None if nobody did."""
        ...

    def code_version(self, key: AssetKey) -> str | None:
        """Of what is defined now; None if it is not known here."""
        ...

    def checks(self, entity: Entity, *, passed: bool) -> Subset:
        """Where that check passed, or did not, on the latest version of its asset."""
        ...

    def freshness(self, key: AssetKey, partition: str | None, now: datetime) -> FreshnessState:
        """What the policy of the asset says; unknown without one."""
        ...

    def run_ids(self, key: AssetKey) -> Mapping[str | None, str]:
        """The run of each latest version; empty text for one that was reported."""
        ...

    def new_run_ids(
        self, key: AssetKey, after: int, since: datetime
    ) -> Mapping[str | None, Collection[str]]:
        """The runs of all that was materialized by events after ``after``."""
        ...

    def run_tags(self, run_id: str) -> Mapping[str, str]:
        """The tags of a run; none for empty text."""
        ...

    def job_assets(self, job: AssetJobKey) -> Collection[AssetKey]:
        """What an asset job makes."""
        ...

    def selected(self, selection: str) -> Collection[AssetKey]:
        """The assets that a selection means."""
        ...
