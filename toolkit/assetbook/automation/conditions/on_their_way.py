"""What runs and backfills that have not ended are still to make."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from assetbook.automation.conditions.job_runs import is_of
from assetbook.definitions.automation.entity import WHOLE, Entity, Subset
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.events.wiping import graph_of
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey, CheckKey
from assetbook.storage.run_record import ON_THEIR_WAY

_RunIds = Callable[[AssetKey], Mapping[str | None, str]]


def in_runs(
    instance: Instance, graph: AssetGraph, known: KnownKeys, run_ids: _RunIds
) -> dict[Entity, Subset]:
    """By asset, check and job, what runs have still to make; ``run_ids`` gives the run of each
    latest version, which is what they have made."""
    steps = _Steps(graph, known)
    found: dict[Entity, Subset] = {}
    for run in instance.runs(limit=None, statuses=ON_THEIR_WAY):
        for name in run.steps:
            for entity, subset in steps.named(name).items():
                left = subset
                if isinstance(entity, AssetKey):
                    made = run_ids(entity)
                    left = frozenset(each for each in subset if made.get(each) != run.id)
                if left:
                    found[entity] = found.get(entity, frozenset()) | left
        if (job := is_of(instance, run.id)) is not None:
            found[job] = WHOLE
    return found


def in_backfills(instance: Instance) -> dict[Entity, Subset]:
    """By asset, what backfills have still to make; those that are paused make nothing."""
    found: dict[Entity, Subset] = {}
    for backfill in instance.own.backfills(statuses=["requested", "running", "canceling"]):
        for chunk in instance.own.chunks(backfill.id, states=["waiting", "launched"]):
            for name, keys in json.loads(chunk.body)["partitions"].items():
                asset = AssetKey.from_user_string(name)
                subset: Subset = frozenset(keys) if keys else WHOLE
                found[asset] = found.get(asset, frozenset()) | subset
    return found


@dataclass
class _Steps:
    """What steps make or check, by their names; see ``assetbook.planning.step_names``."""

    graph: AssetGraph
    known: KnownKeys
    _of: dict[str, Collection[Entity]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, maker in self.graph.makers.items():
            name = str(key) if len(maker.outputs) == 1 else maker.name
            self._of[name] = maker.keys
            if maker.graph is not None:
                self._of[maker.name] = maker.keys
        for nodes in self.graph.checks.values():
            for node in nodes:
                name = node.step_name
                self._of[name] = (*self._of.get(name, ()), node.key) if node.own_step else ()

    def named(self, name: str) -> dict[Entity, Subset]:
        """What a step of that name makes; nothing for one that is not known."""
        name = graph_of(name) or name  # what an op makes is what its graph makes
        if name in self._of:
            return dict.fromkeys(self._of[name], WHOLE)
        base, _, partitions = name.removesuffix("]").partition("[")
        found: Collection[Entity] = self._of.get(base, ())
        check = ""
        if not found and (checked := _check_at(name)):
            base, partitions, check = checked
            found = self._of.get(f"{base}:{check}", ())
        return {each: self._between(each, partitions) for each in found}

    def _between(self, entity: Entity, text: str) -> Subset:
        """The partitions that ``2026-01-01`` or ``2026-01-01..2026-01-03`` means."""
        first, _, last = text.partition("..")
        key = entity.asset_key if isinstance(entity, CheckKey) else entity
        assert isinstance(key, AssetKey)
        definition = self.graph.specs[key].partitions_def
        if not last or definition is None:
            return frozenset([first])
        places, keys = self.known.places(definition), self.known.keys(definition)
        if first not in places or last not in places:
            return frozenset([first, last])
        return frozenset(keys[places[first] : places[last] + 1])


def _check_at(name: str) -> tuple[str, str, str] | None:
    """The asset, partition and check of ``orders[2026-01-01]:has_rows``; None for another name."""
    asset, opened, rest = name.partition("[")
    partition, closed, check = rest.rpartition("]:")
    return (asset, partition, check) if opened and closed else None
