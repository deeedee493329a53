"""Backfills of a store in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import islice

from assetbook.clock import Clock
from assetbook.storage.backfill_records import (
    Backfill,
    BackfillStatus,
    Chunk,
    ChunkChange,
    ChunkState,
    changed_meanwhile,
    known_backfill,
    refuse_other_chunks,
)
from assetbook.storage.memory_partitions import MemoryPartitions


class MemoryBackfills(MemoryPartitions):
    """See :class:`assetbook.storage.backfill_records.Backfills`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._backfills: dict[str, Backfill] = {}
        self._chunks: dict[str, list[Chunk]] = {}

    def add_backfill(self, backfill: Backfill, chunks: Sequence[str]) -> None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.add_backfill`."""
        with self._mutex:
            self._refuse_closed()
            if backfill.id in self._backfills:
                raise known_backfill(backfill.id)
            self._backfills[backfill.id] = backfill
            self._chunks[backfill.id] = [
                Chunk(backfill.id, place, body) for place, body in enumerate(chunks)
            ]

    def backfill(self, backfill: str) -> Backfill | None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.backfill`."""
        return self._backfills.get(backfill)

    def backfills(
        self, *, statuses: Collection[BackfillStatus] | None = None, limit: int | None = None
    ) -> list[Backfill]:
        """See :meth:`assetbook.storage.backfill_records.Backfills.backfills`."""
        newest = reversed(self._copy(self._backfills.values()))
        found = (each for each in newest if statuses is None or each.status in statuses)
        return list(islice(found, None if limit is None else max(0, limit)))

    def change_backfill(self, before: Backfill, after: Backfill) -> None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.change_backfill`."""
        with self._mutex:
            self._refuse_closed()
            if self._backfills.get(before.id) != before:
                raise changed_meanwhile(before.id, "it")
            self._backfills[before.id] = after

    def chunks(
        self,
        backfill: str,
        *,
        states: Collection[ChunkState] | None = None,
        after: int = -1,
        limit: int | None = None,
    ) -> list[Chunk]:
        """See :meth:`assetbook.storage.backfill_records.Backfills.chunks`."""
        every = self._copy(self._chunks.get(backfill, ()))
        found = (each for each in every[after + 1 :] if states is None or each.state in states)
        return list(islice(found, None if limit is None else max(0, limit)))

    def change_chunks(self, changes: Sequence[ChunkChange]) -> None:
        """See :meth:`assetbook.storage.backfill_records.Backfills.change_chunks`."""
        refuse_other_chunks(changes)
        with self._mutex:
            self._refuse_closed()
            now: dict[tuple[str, int], Chunk] = {}
            for before, after in changes:
                place = before.backfill, before.ordinal
                if now.get(place, self._chunk(before)) != before:
                    raise changed_meanwhile(before.backfill, f"chunk {before.ordinal}")
                now[place] = after
            for (backfill, ordinal), chunk in now.items():
                self._chunks[backfill][ordinal] = chunk

    def chunk_counts(
        self, backfills: Collection[str] | None = None
    ) -> dict[str, dict[ChunkState, int]]:
        """See :meth:`assetbook.storage.backfill_records.Backfills.chunk_counts`."""
        return {
            backfill: dict(Counter(each.state for each in chunks))
            for backfill, chunks in self._copy(self._chunks.items())
            if chunks and (backfills is None or backfill in backfills)
        }

    def _chunk(self, like: Chunk) -> Chunk | None:
        chunks = self._chunks.get(like.backfill, [])
        return chunks[like.ordinal] if 0 <= like.ordinal < len(chunks) else None
