"""The pools of a project's store: how many slots each has, and who has or wants them."""

from __future__ import annotations

import msgspec

from assetbook.instance.instance import Instance
from assetbook.storage.turns import PoolSlot


class PoolStanding(msgspec.Struct, frozen=True):
    """A pool as it stands."""

    name: str
    limit: int | None
    """How many slots it has; None for one that is not limited any more."""
    slots: tuple[PoolSlot, ...] = ()
    """Those that are taken or waited for, in the order in which they were asked for."""

    @property
    def taken(self) -> list[PoolSlot]:
        """The steps that have a slot."""
        return [slot for slot in self.slots if slot.taken]

    @property
    def waiting(self) -> list[PoolSlot]:
        """The steps that wait for one, the next one first."""
        waiting = (slot for slot in self.slots if not slot.taken)
        return sorted(waiting, key=lambda slot: -slot.priority)


def pools_of(instance: Instance) -> list[PoolStanding]:
    """The pools that the settings name or that steps use now; slots of dead runs are freed before.

    A pool without a limit gives no slots, and is not known.
    """
    instance.end_dead_runs()
    by_pool: dict[str, list[PoolSlot]] = {}
    for slot in instance.store.slots():
        by_pool.setdefault(slot.pool, []).append(slot)
    limits = instance.limits.concurrency if instance.limits is not None else None
    names = sorted({*(limits.pools if limits is not None else ()), *by_pool})
    return [
        PoolStanding(
            name,
            limits.slots_of(name) if limits is not None else None,
            tuple(by_pool.get(name, ())),
        )
        for name in names
    ]
