"""What I/O managers may ask about earlier runs, answered from the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from assetbook.keys import AssetKey
from assetbook.storage.read_through import ReadThroughStore
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.store import Store

_NEWEST = 100
"""Versions that are looked at: of those before, no write is among a table's last ones."""


class StoredRuns(msgspec.Struct, frozen=True):
    """The runs of one asset; see :class:`~assetbook.io.recorded_runs.RecordedRuns`."""

    store: Store
    key: AssetKey

    @classmethod
    def of(cls, store: Store, key: AssetKey) -> StoredRuns:
        """Those of the store that is written; what it reads of another one is no run of its own.

        A table may be shared with that other store, whose rows are not ours to take out.
        """
        return cls(store.own if isinstance(store, ReadThroughStore) else store, key)

    def latest(self) -> Mapping[str, Any]:
        """The metadata of the latest version, in wire form; empty if there is none."""
        found = self.store.latest([self.key]).get(self.key)
        return found.event.metadata if found is not None else {}

    def counted(self) -> frozenset[str]:
        """The runs of the newest versions, back to one that was restored."""
        found = set()
        for version in self.store.versions(self.key, newest=_NEWEST):
            event = version.event
            if event.overridden:
                continue
            found.add(event.written_by or event.run_id)
            if event.restored_from is not None:
                break
        return frozenset(found)

    def over(self, run_ids: Collection[str]) -> frozenset[str]:
        """Those that the store knows, and that do not run any more."""
        known = [self.store.runs(beginning=each, limit=1) for each in sorted(run_ids)]
        return frozenset(
            run.id for found in known for run in found if run.status not in ON_THEIR_WAY
        ) & frozenset(run_ids)
