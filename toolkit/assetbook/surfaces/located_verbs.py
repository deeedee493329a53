"""``plan`` and ``materialize`` over a project's locations, each of which runs its own steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from assetbook.errors import AssetbookError, ConflictError, NotLoadedError
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.instance.remembered_plan import plan_remembered
from assetbook.keys import AssetKey
from assetbook.planning.steps import Plan
from assetbook.surfaces.crash_retries import ask_retrying
from assetbook.surfaces.display.html import visible
from assetbook.surfaces.display.plan_view import in_local_time, plan_json
from assetbook.surfaces.locations import KnownLocation
from assetbook.surfaces.partition_options import partitions_of
from assetbook.surfaces.stages import Stage, stages_of

_ENDED_WELL = frozenset({"done", "skipped"})

NOTHING_TOLD: Mapping[str, Any] = MappingProxyType({})


class LocatedPlan(msgspec.Struct, frozen=True):
    """A plan, with the location that runs each of its steps."""

    plan: Plan
    location_of: Mapping[AssetKey, str]

    def __str__(self) -> str:
        """The plan, and behind each step its location if there are several."""
        lines = str(self.plan).split("\n")
        if len({self.location_of[step.keys[0].asset] for step in self.plan}) > 1:
            for number, step in enumerate(self.plan, 1):
                lines[number] += f"  · {self.location_of[step.keys[0].asset]}"
        return "\n".join(visible(line, one_line=True) for line in lines)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        found = plan_json(self.plan)
        for each, step in zip(found["steps"], self.plan, strict=True):
            each["location"] = self.location_of[step.keys[0].asset]
        return found


def plan_located(
    instance: Instance, selection: str, options: Options, location: str | None = None
) -> LocatedPlan:
    """What would run in all locations (or in one), by their snapshots; touches nothing."""
    plan, now, snapshots = plan_remembered(instance, selection, options, location)
    plan = in_local_time(plan, now.states, instance.clock.now())
    return LocatedPlan(plan, {key: each.location for key, each in snapshots.items()})


class LocatedRun:
    """Runs a plan stage by stage, each in the process of its location."""

    def __init__(
        self,
        planned: LocatedPlan,
        known: Iterable[KnownLocation],
        options: Options,
        told: Mapping[str, Any] = NOTHING_TOLD,
    ) -> None:
        """``told`` is what else ``materialize`` takes and each location is told the same of."""
        self._stages = stages_of(planned.plan, planned.location_of, force=options.force)
        self._known = {str(each.source): each for each in known}
        self._options = options
        self._told = told
        self.failed: set[str] = set()
        """The steps that failed, or that something failed for."""
        self.outcomes: list[dict[str, Any]] = []
        """What each run gave, as plain values with its location."""

    @property
    def success(self) -> bool:
        """Whether all ended well."""
        return not self.failed

    def stages(self) -> Sequence[Stage]:
        """The parts that are to run, in order."""
        return self._stages

    def run(self, stage: Stage, *, quiet: bool) -> AssetbookError | None:
        """Runs what is left of a stage after earlier failures; ``quiet`` prints no progress.

        Gives what kept it from starting, where its process has not said so itself.
        """
        stage, fallen = stage.without(self.failed)
        self.failed |= fallen
        if not stage.steps:
            return None
        try:
            source = self._source(stage).source
            answered = ask_retrying(source, self._asked(stage, quiet))
        except AssetbookError as error:
            self._fell(stage, {"message": str(error)})
            return error
        if "outcome" not in answered:
            self._fell(stage, answered["error"])
            return None
        outcome = answered["outcome"]
        ended = {step["name"]: step["status"] for step in outcome["steps"]}
        self.failed |= {name for name, status in ended.items() if status not in _ENDED_WELL}
        self.outcomes.append({"location": stage.location, **outcome})
        return None

    def _fell(self, stage: Stage, error: Mapping[str, str]) -> None:
        self.failed |= {step.name for step in stage.steps}
        self.outcomes.append({"location": stage.location, "success": False, "error": dict(error)})

    def _source(self, stage: Stage) -> KnownLocation:
        known = self._known.get(stage.location)
        if known is None or known.broken:
            raise _cannot_run(stage, known.broken if known is not None else "")
        return known

    def _asked(self, stage: Stage, quiet: bool) -> dict[str, Any]:
        arguments = {
            "selection": [stage.selection],
            "force": stage.forced,
            "only": True,
            "take_over": self._options.take_over,
            "as_planned": True,
            "partitions": partitions_of(stage.steps) or None,
            **self._told,
        }
        asked = {"verb": "materialize", "arguments": arguments, "load": "slice"}
        return {**asked, "json": quiet, "quiet": quiet}


def _cannot_run(stage: Stage, why: str) -> AssetbookError:
    names = ", ".join(f"`{step.name}`" for step in stage.steps[:3])
    if not why:
        return ConflictError(
            f"materialize {names}",
            f"{stage.location} is none of the project's locations",
            "Add it to [tool.assetbook] locations, or name its notebook.",
        )
    return NotLoadedError(
        f"materialize {names}", f"{stage.location} cannot be loaded: {why}", "Leave its assets out."
    )
