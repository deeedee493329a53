"""A version of an asset, whose event is decoded only when somebody looks into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from assetbook.events.asset_events import AssetMaterialized
from assetbook.keys import AssetKey, PartitionKey, RunId, version_name


class Version:
    """One materialization of an asset, numbered from 1 across its partitions. Immutable.

    ``store`` names the other store that has it; None stands for the own one.
    """

    __slots__ = ("_event", "event_id", "key", "number", "partition", "store")

    def __init__(
        self,
        key: AssetKey,
        number: int,
        partition: PartitionKey | None,
        event_id: int,
        event: AssetMaterialized | Callable[[AssetKey], AssetMaterialized],
        store: str | None = None,
    ) -> None:
        self.key = key
        self.number = number
        self.partition = partition
        self.event_id = event_id
        self._event = event
        self.store = store

    def seen_in(self, store: str) -> Version:
        """The same as a version of another store."""
        return Version(
            self.key, self.number, self.partition, self.event_id, lambda key: self.event, store
        )

    @property
    def name(self) -> str:
        """What stands behind ``@`` to name it: ``41``, or ``prod:41``."""
        return version_name(self.number, self.store)

    @property
    def event(self) -> AssetMaterialized:
        """The event that made it; raises CorruptStoreError if its stored form is damaged."""
        if not isinstance(self._event, AssetMaterialized):
            self._event = self._event(self.key)
        return self._event

    @property
    def run_id(self) -> RunId:
        """The run that made it; empty if it was reported without a run."""
        return RunId(self.event.run_id)

    @property
    def at(self) -> datetime:
        """When it was made, in UTC."""
        return self.event.at

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[AssetKey, int, PartitionKey | None, int, str | None]:
        return self.key, self.number, self.partition, self.event_id, self.store

    def __repr__(self) -> str:
        partition = f" [{self.partition}]" if self.partition is not None else ""
        return f"<Version {self.key}@{self.name}{partition}, event {self.event_id}>"
