"""Making assets once more, aside: from versions that are stored, and recorded nowhere.

The store of the project is only read: no run, no version and no state comes of it, and what was
made is gone with the block. What the assets' own code does elsewhere is done again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import msgspec

from assetbook.dependencies.asset_state import Recorded
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.reporter import Silent, StepOutcome
from assetbook.execution.runner import run
from assetbook.instance.as_if_latest import recorded_as
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.materializing import origin_of
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.planning.planner import Request, make_plan
from assetbook.planning.steps import Plan
from assetbook.storage.version import Version

_OWN: Final = "assetbook:own"
"""The name that the project's own store has for a run whose own one is another; none of a store."""


class Remade(msgspec.Struct, frozen=True):
    """What was made again, as long as the block lasts."""

    outcome: StepOutcome
    """How its step ended."""
    instance: Instance
    """Where it was made."""

    def version(self, key: AssetKey) -> Version:
        """The version that was made; raises SelectionError if the step did not make it."""
        return self.instance.version(key)


def step_alone(loaded: Loaded, now: Standing, keys: tuple[AssetKey, ...]) -> Plan:
    """The plan that makes ``keys``, which one definition makes, and runs no check."""
    asked = ", ".join(map(str, keys))
    plan = make_plan(loaded.graph, now.states, Request(asked, keys, force=True, only=True))
    return replace(plan, steps=tuple(step for step in plan if step.kind == "asset"))


@contextmanager
def made_again(
    instance: Instance, loaded: Loaded, plan: Plan, inputs: Mapping[AssetKey, Version]
) -> Iterator[Remade]:
    """What the plan's one step makes of these versions of its inputs.

    Runs its code in this process; values go to a temporary folder until the block ends.
    """
    aside = Instance.ephemeral(instance.clock)
    try:
        remade = run(plan, _environment(instance, loaded, inputs, aside))
        yield Remade(remade.outcomes[0], aside)
    finally:
        aside.close()


def _environment(
    instance: Instance, loaded: Loaded, inputs: Mapping[AssetKey, Version], aside: Instance
) -> RunEnvironment:
    folders = [each.values.root.parent for each in (instance, aside)]
    others = map(instance.others.folder, instance.others)
    ignored = (*folders, *instance.values.folders, *others)
    return RunEnvironment(
        graph=loaded.graph,
        store=aside.store,
        values=aside.values,
        clock=instance.clock,
        origin=origin_of("cli", loaded.location),
        reporter=Silent(),
        provenance=loaded.provenance,
        where=loaded.where,
        resources=loaded.resources(),
        recorded={key: _seen_from_aside(instance, each) for key, each in inputs.items()},
        force=True,
        unwatched=ignored,
        others={**instance.others.values_of, _OWN: instance.values},
    )


def _seen_from_aside(instance: Instance, version: Version) -> Recorded:
    found = recorded_as(instance, version)
    return found if found.store is not None else replace(found, store=_OWN)
