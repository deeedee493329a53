"""Turns in a store in memory: threads of one process wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Collection

from msgspec import structs

from assetbook.clock import Clock
from assetbook.events.run_events import RunStarted
from assetbook.keys import RunId
from assetbook.storage import refusals
from assetbook.storage.memory_sources import MemorySources
from assetbook.storage.process_identity import ProcessIdentity, current_process
from assetbook.storage.run_record import ON_THEIR_WAY, RUNNING
from assetbook.storage.turns import MayStart, MayTake, PoolSlot, queued, queued_record


class MemoryBell:
    """One who waits. See :class:`assetbook.storage.turns.Bell`."""

    def __init__(self, bells: set[MemoryBell]) -> None:
        self._bells = bells
        self.rung = threading.Event()
        bells.add(self)

    def wait(self, seconds: float, owners: Collection[ProcessIdentity] = ()) -> None:
        """See :meth:`assetbook.storage.turns.Bell.wait`."""
        self.rung.wait(seconds)
        self.rung.clear()

    def close(self) -> None:
        """See :meth:`assetbook.storage.turns.Bell.close`."""
        self._bells.discard(self)


class MemoryTurns(MemorySources):
    """Who waits, and who has a turn."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._bells: set[MemoryBell] = set()

    def start_in_turn(self, run: RunStarted, may_start: MayStart) -> bool:
        """See :meth:`assetbook.storage.turns.Turns.start_in_turn`."""
        with self._mutex:
            self._refuse_closed()
            status = self._tables.status(run.run_id)
            if status not in (None, "queued"):
                raise refusals.fenced(run.run_id, status)
            live = [each.record() for each in self._tables.runs.values() if each.ended is None]
            if status is None:
                live.append(queued_record(run, current_process()))
            starts = may_start(live)
            events = [run] if starts else [queued(run)] if status is None else []
            self._tables.refuse(events)
            self._tables.fold(events)
            return starts

    def take_slot(self, slot: PoolSlot, may_take: MayTake) -> bool:
        """See :meth:`assetbook.storage.turns.Turns.take_slot`."""
        with self._mutex:
            self._refuse_closed()
            status = self._tables.status(slot.run_id)
            if status not in RUNNING:
                raise refusals.fenced(slot.run_id, status)
            every = {at: each for at, each in self._tables.slots.items() if self._lives(each)}
            place = slot.run_id, slot.step
            if not every.setdefault(place, slot).taken:
                found = [each for each in every.values() if each.pool == slot.pool]
                every[place] = structs.replace(slot, taken=may_take(found))
            self._tables.slots = every
            return every[place].taken

    def leave_slot(self, run_id: RunId, step: str) -> None:
        """See :meth:`assetbook.storage.turns.Turns.leave_slot`."""
        with self._mutex:
            self._tables.slots.pop((run_id, step), None)
        self._ring()

    def slots(self) -> list[PoolSlot]:
        """See :meth:`assetbook.storage.turns.Turns.slots`."""
        return [each for each in self._copy(self._tables.slots.values()) if self._lives(each)]

    def bell(self) -> MemoryBell:
        """See :meth:`assetbook.storage.turns.Turns.bell`."""
        return MemoryBell(self._bells)

    def _ring(self) -> None:
        for bell in list(self._bells):
            bell.rung.set()

    def _lives(self, slot: PoolSlot) -> bool:
        return self._tables.status(slot.run_id) in ON_THEIR_WAY
