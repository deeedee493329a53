"""How the partitions of an asset stand, in the order of their definition: the rules of
:mod:`assetbook.dependencies.freshness` for many at once.

What an asset itself gives rise to is judged by those rules, once for all that were made alike; what
its inputs do to each partition follows from theirs, place by place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetbook.dependencies.asset_state import AssetState, State

_SPREADING = frozenset(("stale", "unknown", "missing"))


@dataclass(frozen=True, slots=True)
class StateColumn:
    """The states of the partitions of one asset, with what those that read them look at."""

    states: Sequence[State]
    data_versions: Sequence[str | None]
    """None where it has none."""
    as_of: Sequence[float | None] | None = None
    """When each, or what it was made of, read the world outside, from 1970; None: none did."""

    @classmethod
    def repeated(cls, state: AssetState, count: int) -> StateColumn:
        """An asset without partitions, as so many read it."""
        as_of = None if state.as_of is None else [state.as_of.timestamp()] * count
        return cls([state.state] * count, [state.data_version] * count, as_of)


def states_below(
    own: Sequence[State], differing: Sequence[bool] | None, upstream: Sequence[StateColumn]
) -> Sequence[State]:
    """The states of partitions that stand so by themselves and read those of ``upstream``.

    ``differing`` says which have read other data than there is now; None: none of them.
    """
    spreading = [each.states for each in upstream if not _SPREADING.isdisjoint(each.states)]
    if differing is None and not spreading:
        return own
    places = range(len(own))
    above = [{states[at] for states in spreading} for at in places]
    differ = differing or [False] * len(own)
    return [_below(own[at], differ[at], above[at]) for at in places]


def _below(own: State, differs: bool, above: set[State]) -> State:
    if own == "missing":
        return own
    if own == "stale" or differs or "stale" in above or "missing" in above:
        return "stale"
    return "unknown" if own != "blocked" and "unknown" in above else own


def oldest_below(
    states: Sequence[State], own: Sequence[float | None] | None, upstream: Sequence[StateColumn]
) -> Sequence[float | None] | None:
    """When partitions in those states, or what they were made of, read the world outside."""
    columns = [each.as_of for each in upstream if each.as_of is not None]
    if own is not None:
        columns.append(own)
    if not columns:
        return None
    return [
        min((each for each in some if each is not None), default=None)
        if state in ("fresh", "blocked")
        else None
        for state, some in zip(states, zip(*columns, strict=True), strict=True)
    ]
