"""How an asset with partitions stands as a whole: how many of them are in which state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assetbook.dependencies.asset_state import AssetState, State
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey

_WORST: tuple[State, ...] = ("stale", "blocked", "unknown")


@dataclass(frozen=True, slots=True)
class PartitionSummary:
    """Which partitions of one asset there are, in which states, and how many in each."""

    keys: Sequence[str]
    """In the order of their definition."""
    states: Sequence[State]
    """Of each of the keys."""
    counts: Mapping[State, int]
    former: Sequence[str] = ()
    """Those that were made and that today's definition does not have; their values are kept."""

    @classmethod
    def of(
        cls, keys: Sequence[str], states: Sequence[State], made: Collection[str] = ()
    ) -> PartitionSummary:
        """The same, counted; ``made`` are all keys under which there is a version."""
        found = cls(keys, states, Counter(states))
        if found.made >= len(made):
            return found
        return replace(found, former=sorted({*made}.difference(keys)))

    @property
    def total(self) -> int:
        """All that there are by their definition."""
        return sum(self.counts.values())

    @property
    def made(self) -> int:
        """Those with a version."""
        return self.total - self.counts.get("missing", 0)

    @property
    def text(self) -> str:
        """``31 of 365 partitions made, 2 stale``."""
        others = [f"{self.counts[each]:,} {each}" for each in _WORST if self.counts.get(each)]
        former = [f"{len(self.former):,} former ones kept"] if self.former else []
        return ", ".join([f"{self.made:,} of {self.total:,} partitions made", *others, *former])


def summary_of(states: Iterable[AssetState], made: Collection[str] = ()) -> PartitionSummary:
    """That of partitions that stand so; ``made`` are all keys under which there is a version."""
    every = list(states)
    keys = [str(each.key.partition) for each in every]
    return PartitionSummary.of(keys, [each.state for each in every], made)


def state_of_all(
    key: AssetKey, states: Sequence[AssetState], summary: PartitionSummary
) -> AssetState:
    """The state of an asset whose partitions stand so: missing if none was made, else the worst of
    those that were; the number and data version are those of the newest."""
    found = state_of_counts(key, summary)
    newest = max(states, key=lambda each: each.number or 0, default=None)
    if newest is None or newest.number is None:
        return replace(found, state="missing")
    return replace(
        found,
        as_of=min((each.as_of for each in states if each.as_of is not None), default=None),
        own_as_of=any(each.own_as_of for each in states),
        number=newest.number,
        data_version=newest.data_version,
        store=newest.store,
    )


def state_of_counts(key: AssetKey, summary: PartitionSummary) -> AssetState:
    """The state of an asset with so many partitions in each state, without its version."""
    why = (Reason(ReasonKind.PARTITIONS, summary.text),)
    if not summary.made:
        return AssetState(key, "missing", why)
    state: State = next((each for each in _WORST if summary.counts.get(each)), "fresh")
    return AssetState(key, state, why)
