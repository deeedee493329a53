"""Jobs that have conditions: what they make, and how their runs went."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.automation.entity import AssetJobKey
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.events.run_events import RunEnded, RunStarted
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey, RunId


def assets_of(job: UnresolvedAssetJobDefinition, graph: SelectionGraph) -> Collection[AssetKey]:
    """What an asset job makes."""
    given = job.selection
    if given is None:
        return AssetSelection.all().resolve(graph)
    several = given if isinstance(given, tuple) else (given,)
    return reduce(or_, map(_selection, several)).resolve(graph) if several else ()


def _selection(given: object) -> AssetSelection:
    if isinstance(given, AssetSelection):
        return given
    return (
        AssetSelection.from_string(given)
        if isinstance(given, str)
        else AssetSelection.assets(given)
    )


def runs_of(instance: Instance, job: AssetJobKey, after: int, *, succeeded: bool) -> list[RunId]:
    """The runs of a job that ended by events after ``after``: well, or, of the latest run alone,
    not."""
    ends = {
        each.event.run_id: each.event.status
        for each in instance.own.events(after=after, kinds=[RunEnded])
        if isinstance(each.event, RunEnded)
    }
    ended = [run for run in ends if _job_of(instance, RunId(run)) == job.job_name]
    if succeeded:
        return [RunId(run) for run in ended if ends[run] == "success"]
    return [RunId(run) for run in ended[-1:] if ends[run] == "failed"]


def _job_of(instance: Instance, run_id: RunId) -> str | None:
    started = instance.own.events(run_id=run_id, kinds=[RunStarted], limit=1)
    event = started[0].event if started else None
    return event.job if isinstance(event, RunStarted) else None


def is_of(instance: Instance, run_id: RunId) -> AssetJobKey | None:
    """The job that a run is of; None for one of assets, or one that waits."""
    name = _job_of(instance, run_id)
    return None if name is None else AssetJobKey(name)
