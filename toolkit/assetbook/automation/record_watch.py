"""What all locations of a store define of one kind, for one who looks again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from assetbook.instance.instance import Instance
from assetbook.storage.automations import AutomationState
from assetbook.storage.sources import StoredSnapshot
from assetbook.storage.store import Store


class _Named(Protocol):
    @property
    def name(self) -> str: ...


RecordT = TypeVar("RecordT", bound=_Named)


class RecordWatch(Generic[RecordT]):
    """The schedules or the sensors; what is as it was is not decoded anew.

    ``read`` gives the records of a snapshot, ``id_of`` what the store calls one, by its location
    and name.
    """

    def __init__(
        self,
        instance: Instance,
        read: Callable[[Store, StoredSnapshot], tuple[RecordT, ...]],
        id_of: Callable[[str, str], str],
    ) -> None:
        self._instance = instance
        self._read = read
        self._id_of = id_of
        self._records: dict[str, tuple[StoredSnapshot, tuple[RecordT, ...]]] = {}

    def look(self) -> Iterator[tuple[str, RecordT, AutomationState]]:
        """Each record with its location and where it stands here, by name and location."""
        states = self._instance.own.automations()
        snapshots = self._instance.store.snapshots().items()
        every = [(where, each) for where, stored in snapshots for each in self._of(where, stored)]
        for location, record in sorted(every, key=lambda each: (each[1].name, each[0])):
            name = self._id_of(location, record.name)
            yield location, record, states.get(name) or AutomationState(name)

    def _of(self, location: str, stored: StoredSnapshot) -> tuple[RecordT, ...]:
        before = self._records.get(location)
        if before is None or before[0] != stored:
            before = stored, self._read(self._instance.store, stored)
            self._records[location] = before
        return before[1]
