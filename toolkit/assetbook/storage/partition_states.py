"""Where the partitions of assets stand, all of them at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from assetbook.keys import AssetKey, CheckKey, PartitionKey
from assetbook.storage.stored_event import CheckState, StoredEvent
from assetbook.storage.version import Version


class PartitionMade(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What made the latest version of a partition; beside its event, which has all of it."""

    asset: int
    """The asset's id in its store."""
    partition: str
    event_id: int
    number: int
    """The version's."""
    seconds: float
    """When it was made, from 1970 in UTC."""
    data_version: str
    code: str | None
    """The digest of the computed code version; None for a reported event."""
    authored: str | None
    """The author's ``code_version``, if there is one."""
    config: str | None
    """The digest of the configuration and resources; None without any."""
    kind: int | None = None
    """The same for versions of an asset of whose state the rules say the same, as long as what is
    below counts beside it; None where only the event can tell. See ``made_kind``."""
    inputs: str = ""
    """The data versions of its inputs, as ``data_versions_of`` them."""
    as_of: float | None = None
    """When it read the world outside, from 1970 in UTC; None if it did not."""
    path: str | None = None
    """The value's file; None if it has none."""
    store: str | None = None
    """The name of the other store that has it; None stands for the own one."""

    @property
    def at(self) -> datetime:
        """When it was made, in UTC."""
        return datetime.fromtimestamp(self.seconds, UTC)


class PartitionCounts(msgspec.Struct, frozen=True):
    """How many partitions of an asset there are."""

    materialized: int = 0
    """With a version."""
    failed: int = 0
    """Whose last step failed since their latest version, if they have one."""


def counts_of(
    made: Mapping[AssetKey, int], failed: Mapping[AssetKey, Mapping[PartitionKey | None, int]]
) -> dict[AssetKey, PartitionCounts]:
    """The counts of assets with so many partitions that were made, and those that failed."""
    failures = {key: len(some) - (None in some) for key, some in failed.items()}
    keys = dict.fromkeys([*made, *failures])
    every = {key: PartitionCounts(made.get(key, 0), failures.get(key, 0)) for key in keys}
    return {key: each for key, each in every.items() if each != PartitionCounts()}


class PartitionStates(Protocol):
    """The latest of each partition that has any; of the assets ``keys``, or of all for None."""

    def latest_of_partitions(
        self,
        keys: Collection[AssetKey] | None = None,
        among: Collection[PartitionKey] | None = None,
    ) -> dict[AssetKey, dict[PartitionKey, Version]]:
        """The latest versions; of the partitions ``among``, or of all for None."""
        ...

    def made_of_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey, PartitionMade]]:
        """What made the latest versions, without a look at their events."""
        ...

    def versions_made(self, made: Mapping[AssetKey, PartitionMade]) -> dict[AssetKey, Version]:
        """The versions that some of those tell of, by the same keys."""
        ...

    def partition_counts(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, PartitionCounts]:
        """How many there are; of assets of which a partition was made, or failed."""
        ...

    def failed_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey | None, int]]:
        """The ids of the events that say how the last step failed that was to make it, if it was
        not made since; under None for an asset as a whole."""
        ...

    def checks_of_partitions(
        self,
        keys: Collection[AssetKey] | None = None,
        among: Collection[PartitionKey] | None = None,
    ) -> dict[CheckKey, dict[PartitionKey, CheckState]]:
        """What each check last said of a latest version, as ``checks``; ``among`` as above."""
        ...

    def observed_of_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey, StoredEvent]]:
        """The latest observations."""
        ...
