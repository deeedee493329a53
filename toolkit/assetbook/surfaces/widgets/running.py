"""Which assets are being made now, by any process on the store."""

from __future__ import annotations

from typing import Any

from assetbook.events.records import (
    AssetMaterialized,
    AssetObserved,
    CheckEvaluated,
    StepEnded,
    StepStarted,
    StepSucceeded,
)
from assetbook.instance.instance import Instance
from assetbook.instance.states import Standing
from assetbook.planning.step_names import names_of_steps
from assetbook.storage.run_record import RUNNING

_ENDS = (AssetMaterialized, AssetObserved, CheckEvaluated, StepEnded, StepSucceeded)


def running_assets(instance: Instance, now: Standing) -> dict[str, dict[str, Any]]:
    """By key as text, of each asset a step of which runs: since when, and in which run."""
    running: dict[str, dict[str, Any]] = {}
    for run in instance.store.runs(statuses=RUNNING):
        found = instance.store.events(run_id=run.id, kinds=(StepStarted, *_ENDS))
        for event in (each.event for each in found):
            if isinstance(event, StepStarted):
                running[_bare(event.step)] = {"since": event.at, "run": run.id}
            elif isinstance(event, _ENDS):
                running.pop(_bare(event.step), None)
    if not running:
        return {}
    steps = names_of_steps(now.graph, [key for key in now.states if key.partition is None])
    return {key.text: running[step] for key, step in steps.items() if step in running}


def _bare(step: str) -> str:
    """A step's name without its partition."""
    return step.partition("[")[0]
