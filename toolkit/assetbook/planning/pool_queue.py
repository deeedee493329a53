"""Which of the steps that wait for a slot of a pool has the next one: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoolClaim:
    """A step that has a slot, or waits for one."""

    run_id: str
    step: str
    priority: int
    taken: bool


def may_take(claims: Sequence[PoolClaim], run_id: str, step: str, limit: int) -> bool:
    """Whether that step, which waits, has the next slot; ``claims`` are of one pool, as they came.

    Those with a higher priority come first, the older first within one.
    """
    free = limit - sum(claim.taken for claim in claims)
    waiting = sorted((each for each in claims if not each.taken), key=lambda each: -each.priority)
    return any((each.run_id, each.step) == (run_id, step) for each in waiting[: max(free, 0)])


def why_waiting(claims: Sequence[PoolClaim], pool: str, limit: int) -> str:
    """``2 of 2 slots of the pool db are taken``, and how many wait."""
    taken = sum(claim.taken for claim in claims)
    verb = "is" if taken == 1 else "are"
    noun = "slot" if limit == 1 else "slots"
    said = f"{taken} of {limit} {noun} of the pool {pool} {verb} taken"
    waiting = len(claims) - taken
    return f"{said}, {waiting} wait" if waiting > 1 else said
