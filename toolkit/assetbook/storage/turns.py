"""Whose turn it is, where runs or steps of several processes wait for each other.

The store keeps who waits and who has a turn, and knows no limits: whoever asks brings the rule, and
is given an answer in the transaction in which it is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import msgspec

from assetbook.events.run_events import RunQueued, RunStarted
from assetbook.keys import RunId
from assetbook.storage.process_identity import ProcessIdentity
from assetbook.storage.run_record import RunRecord


class PoolSlot(msgspec.Struct, frozen=True):
    """A step that has a slot of a pool, or waits for one."""

    pool: str
    run_id: RunId
    step: str
    priority: int = 0
    """Of those who wait, the ones with a higher number come first."""
    taken: bool = False
    """Whether it has the slot."""


def queued(run: RunStarted) -> RunQueued:
    """That the run waits to start."""
    return RunQueued(
        at=run.at,
        run_id=run.run_id,
        asked=run.asked,
        steps=run.steps,
        origin=run.origin,
        keys=run.keys,
        tags=run.tags,
        request=run.request,
        reexecution=run.reexecution,
    )


def queued_record(run: RunStarted, owner: ProcessIdentity) -> RunRecord:
    """The run as it would stand if it waited."""
    return RunRecord(
        id=RunId(run.run_id),
        status="queued",
        asked=run.asked,
        origin=run.origin,
        steps=run.steps,
        started_at=run.at,
        ended_at=None,
        message="",
        owner=owner,
        tags=run.tags,
        queued_at=run.at,
        reexecution=run.reexecution,
    )


MayStart = Callable[[Sequence[RunRecord]], bool]
"""Told of all runs on their way, in the order in which they came, also the one that asks (as
queued): whether that may start. It is called inside a transaction, and must not use the store."""
MayTake = Callable[[Sequence[PoolSlot]], bool]
"""Told of all slots of a pool, in the order in which they were asked for, also the one that asks
(as not taken): whether that may be taken. As with MayStart."""


class Bell(Protocol):
    """Wakes one who waits."""

    def wait(self, seconds: float, owners: Collection[ProcessIdentity] = ()) -> None:
        """Returns when somebody rang since the last call, when one of those processes has ended,
        or after so many seconds; perhaps for no reason."""
        ...

    def close(self) -> None:
        """Lets go of it: it rings no more."""
        ...


class Turns(Protocol):
    """Who waits for a turn, and who has one."""

    def start_in_turn(self, run: RunStarted, may_start: MayStart) -> bool:
        """Whether the run is started now, durably; else it is queued, if it was not before.

        Raises RunEndedError if it was queued and somebody ended it, and else as ``commit``.
        """
        ...

    def take_slot(self, slot: PoolSlot, may_take: MayTake) -> bool:
        """Whether the step has the slot now; else it waits for one, if it did not before.

        Slots of runs that have ended count for nothing. Raises RunEndedError if its run has.
        """
        ...

    def leave_slot(self, run_id: RunId, step: str) -> None:
        """Gives back the slot that the step has or waits for, if any, and rings."""
        ...

    def slots(self) -> list[PoolSlot]:
        """The slots that runs on their way have or wait for, in the order they were asked for."""
        ...

    def bell(self) -> Bell:
        """A bell that rings whenever a run ends or a slot is given back, in any process."""
        ...
