"""A backfill as data: a plan over many partitions, cut into chunks that each become one run.

What is divided alike goes into one chunk, partition by partition or several at a time; what is
divided otherwise, or not at all, into chunks of its own. A chunk waits for those that make what it
reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.keys import AssetKey
from assetbook.planning.steps import Plan, Step

_Place: TypeAlias = tuple[PartitionsDefinition | AssetKey, int]
"""Of a chunk: what divides it (the asset itself, if nothing does), and which of those it is."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one run of a backfill makes."""

    nodes: tuple[AssetKey, ...]
    """The partitions of assets, and assets without any, upstream first."""
    after: tuple[int, ...] = ()
    """The places in the backfill of the chunks that must have ended well before."""

    @property
    def partitions(self) -> dict[AssetKey, tuple[str, ...]]:
        """The same by asset."""
        found: dict[AssetKey, list[str]] = {}
        for node in self.nodes:
            of_asset = found.setdefault(node.asset, [])
            if node.partition is not None:
                of_asset.append(node.partition)
        return {asset: tuple(keys) for asset, keys in found.items()}


@dataclass(frozen=True, slots=True)
class JobChunk:
    """A run of a job for one of its partitions."""

    job: str
    partition: str


def chunks_of(
    plan: Plan, graph: AssetGraph, *, per_run: int | None = 1, newest_first: bool = False
) -> tuple[Chunk, ...]:
    """The chunks of a plan of partitions, each after those that it waits for.

    ``per_run`` is how many partitions one run makes; None for all in one. ``newest_first`` begins
    with the last ones, where nothing has to come before.
    """
    making = [step for step in plan if step.kind in ("asset", "observe")]
    places = _places(making, graph, per_run)
    members: dict[_Place, list[AssetKey]] = {}
    for step in making:
        for key in step.keys:
            members.setdefault(places[step.name], []).append(key)
    waits = _waits(plan, places)
    groups = _merged(list(members), waits)
    return _in_order(groups, members, waits, newest_first=newest_first)


def _places(steps: Iterable[Step], graph: AssetGraph, per_run: int | None) -> dict[str, _Place]:
    """The chunk of each step; a step that makes several partitions stays whole."""
    counted: dict[PartitionsDefinition, dict[str, int]] = {}
    steps = list(steps)
    for step in steps:
        definition = graph.specs[step.keys[0]].partitions_def
        if definition is not None:
            known = counted.setdefault(definition, {})
            for partition in step.partitions:
                known.setdefault(partition, len(known))
    found: dict[str, _Place] = {}
    for step in steps:
        definition = graph.specs[step.keys[0]].partitions_def
        if definition is None:
            found[step.name] = step.keys[0], 0
        else:
            number = counted[definition][step.partitions[0]]
            found[step.name] = definition, 0 if per_run is None else number // per_run
    return found


def _waits(plan: Plan, places: Mapping[str, _Place]) -> dict[_Place, set[_Place]]:
    """Which chunks each waits for; checks stand for what they look at."""
    of_check = {
        step.name: [places[name] for name in step.after if name in places]
        for step in plan
        if step.kind == "check"
    }
    waits: dict[_Place, set[_Place]] = {place: set() for place in places.values()}
    for step in plan:
        own = places.get(step.name)
        for name in step.after if own is not None else ():
            others = [places[name]] if name in places else of_check.get(name, [])
            waits[own] |= {each for each in others if each != own}  # type: ignore[index]
    return waits


def _merged(places: Sequence[_Place], waits: Mapping[_Place, set[_Place]]) -> list[list[_Place]]:
    """The chunks with those in one that wait for each other; each after what it waits for."""
    try:
        list(TopologicalSorter(waits).static_order())
    except CycleError as cycle:  # as where one chunk of several days reads another's, and back
        together = dict.fromkeys(cycle.args[1], cycle.args[1][0])
        joined: dict[_Place, set[_Place]] = {}
        for place, others in waits.items():
            own = together.get(place, place)
            joined.setdefault(own, set()).update({together.get(each, each) for each in others})
        for place, others in joined.items():
            others.discard(place)
        inner = _merged([each for each in places if each in joined], joined)
        return [
            [each for place in group for each in (_alias(together, place) or [place])]
            for group in inner
        ]
    return [[place] for place in places]


def _alias(together: Mapping[_Place, _Place], place: _Place) -> list[_Place]:
    """What was put together under the name of ``place``."""
    return [each for each, own in together.items() if own == place]


def _in_order(
    groups: Sequence[Collection[_Place]],
    members: Mapping[_Place, Sequence[AssetKey]],
    waits: Mapping[_Place, set[_Place]],
    *,
    newest_first: bool,
) -> tuple[Chunk, ...]:
    """The groups as chunks, each after those that it waits for, otherwise as wished."""
    group_of = {place: at for at, group in enumerate(groups) for place in group}
    needs = [
        {group_of[other] for place in group for other in waits[place]} - {at}
        for at, group in enumerate(groups)
    ]
    left = list(range(len(groups)))
    if newest_first:
        left.sort(key=lambda at: -max(number for _, number in groups[at]))
    ordinal: dict[int, int] = {}
    found: list[Chunk] = []
    while left:
        later = []
        for at in left:
            if not needs[at] <= ordinal.keys():
                later.append(at)
                continue
            nodes = tuple([key for place in groups[at] for key in members[place]])
            found.append(Chunk(nodes, tuple(sorted(ordinal[each] for each in needs[at]))))
            ordinal[at] = len(ordinal)
        left = later
    return tuple(found)
