"""The slots of pools, which steps of a run take before they start and give back at their end."""

from __future__ import annotations

import time
from collections.abc import Sequence

from assetbook.execution.environment import RunEnvironment
from assetbook.execution.run_queue import Limits
from assetbook.keys import RunId
from assetbook.planning.pool_queue import PoolClaim, may_take, why_waiting
from assetbook.planning.run_queue import priority_of
from assetbook.planning.steps import Step
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.turns import Bell, PoolSlot

LOOK_AGAIN = 0.25
"""Seconds after which a run with room looks for a slot again while other steps of its run."""
_LOOK_FOR_DEAD = 1.0  # seconds


class PoolSlots:
    """Of one run. All but ``ended`` is for the run's thread."""

    def __init__(self, environment: RunEnvironment, run_id: RunId) -> None:
        self._limits: Limits | None = environment.limits
        self._reporter = environment.reporter
        self._run_id = run_id
        self._run_priority = priority_of(environment.tags)
        self._asked: set[str] = set()
        """The steps that have or wait for a slot in the store."""
        self._bell: Bell | None = None
        self._looked = time.monotonic()
        self.waiting: dict[str, Step] = {}
        """The steps that may start but for a slot."""

    def take(self, step: Step) -> bool:
        """Whether the step has all that it needs to start; else it waits for a slot."""
        if step.pool is None or self._limits is None:
            return True
        limit = self._limits.concurrency.slots_of(step.pool)
        if limit is None:
            return True
        self._listen()
        if self._take(step, step.pool, limit):
            self.waiting.pop(step.name, None)
            return True
        if step.name not in self.waiting:
            self.waiting[step.name] = step
            claims = _claims(self._of_pool(step.pool))
            self._reporter.step_waits(step, why_waiting(claims, step.pool, limit))
        return False

    def freed(self) -> Step | None:
        """A step that waited and has its slot now; None if there is none."""
        if not self.waiting:
            return None
        self._end_dead_runs()
        return next((step for step in list(self.waiting.values()) if self.take(step)), None)

    def sleep(self) -> None:
        """Returns when there may be a slot; for a run that has nothing else to do."""
        if self._limits is not None and self._bell is not None:
            self._limits.sleep(self._bell, self._limits.store.runs(statuses=ON_THEIR_WAY))

    def give_way(self) -> None:
        """Lets others pass, as long as this run has no room for the steps that wait."""
        for name in self.waiting:
            self.ended(name)

    def ended(self, name: str) -> None:
        """Gives back the slot of a step, which has ended or will not start now."""
        if name in self._asked and self._limits is not None:
            self._asked.discard(name)
            self._limits.store.leave_slot(self._run_id, name)

    def close(self) -> None:
        """Lets go of the bell. The run's end frees what it had."""
        if self._bell is not None:
            self._bell.close()

    def _take(self, step: Step, pool: str, limit: int) -> bool:
        assert self._limits is not None
        self._asked.add(step.name)

        def free(slots: Sequence[PoolSlot]) -> bool:
            return may_take(_claims(slots), self._run_id, step.name, limit)

        slot = PoolSlot(pool, self._run_id, step.name, self._run_priority + step.priority)
        if step.name in self.waiting:  # looking costs less than a transaction
            now = self._of_pool(pool)
            asked = any((each.run_id, each.step) == (self._run_id, step.name) for each in now)
            if asked and not free(now):
                return False
        return self._limits.store.take_slot(slot, free)

    def _of_pool(self, pool: str) -> list[PoolSlot]:
        assert self._limits is not None
        return [slot for slot in self._limits.store.slots() if slot.pool == pool]

    def _listen(self) -> None:
        """Has the bell ring from now on: before it is looked whether there is a slot."""
        if self._bell is None and self._limits is not None:
            self._bell = self._limits.store.bell()

    def _end_dead_runs(self) -> None:
        if self._limits is not None and time.monotonic() - self._looked > _LOOK_FOR_DEAD:
            self._looked = time.monotonic()
            self._limits.end_dead_runs()


def _claims(slots: Sequence[PoolSlot]) -> list[PoolClaim]:
    return [PoolClaim(each.run_id, each.step, each.priority, each.taken) for each in slots]
