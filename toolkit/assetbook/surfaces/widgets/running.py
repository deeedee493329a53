"""Which assets are being made now, by any process on the store."""

from __future__ import annotations

from typing import Any

from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.events.run_events import StepEnded, StepStarted, StepSucceeded
from assetbook.instance.instance import Instance
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.planning.step_names import names_of_steps
from assetbook.storage.run_record import RUNNING

_ENDS = (AssetMaterialized, AssetObserved, CheckEvaluated, StepEnded, StepSucceeded)


def running_assets(instance: Instance, now: Standing) -> dict[str, dict[str, Any]]:
    """By key as text, of each asset a step of which runs: since when, and in which run."""
    running = {_bare(step): since for step, since in _running_steps(instance).items()}
    if not running:
        return {}
    steps = names_of_steps(now.graph, [key for key in now.states if key.partition is None])
    return {key.text: running[step] for key, step in steps.items() if step in running}


def running_partitions(instance: Instance, now: Standing, key: AssetKey) -> frozenset[str]:
    """The partitions of an asset that are being made now; all of those that one step makes."""
    name = names_of_steps(now.graph, [key])[key]
    keys = now.partitions[key].keys
    running: set[str] = set()
    for step in _running_steps(instance):
        if _bare(step) == name and step != name:
            first, _, last = step[len(name) + 1 : -1].partition("..")
            ends = [keys.index(each) for each in (first, last or first) if each in keys]
            running |= {*keys[ends[0] : ends[-1] + 1]} if ends else set()
    return frozenset(running)


def _running_steps(instance: Instance) -> dict[str, dict[str, Any]]:
    """By its name, of each step that runs: since when, and in which run."""
    running: dict[str, dict[str, Any]] = {}
    for run in instance.store.runs(statuses=RUNNING):
        found = instance.store.events(run_id=run.id, kinds=(StepStarted, *_ENDS))
        for event in (each.event for each in found):
            if isinstance(event, StepStarted):
                running[event.step] = {"since": event.at, "run": run.id}
            elif isinstance(event, _ENDS):
                running.pop(event.step, None)
    return running


def _bare(step: str) -> str:
    """A step's name without its partition."""
    return step.partition("[")[0]
