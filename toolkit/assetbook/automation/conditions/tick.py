"""The conditions of a location evaluated as a sensor is: what is to be stored, as plain data."""

from __future__ import annotations

from collections.abc import Iterable

from assetbook.automation.conditions.cursor import AutomationCursor
from assetbook.automation.conditions.evaluate_definitions import conditions_of
from assetbook.automation.conditions.evaluation import Evaluation, evaluate
from assetbook.automation.conditions.instance_view import InstanceView
from assetbook.automation.conditions.requested_runs import requested_runs
from assetbook.automation.conditions.waiting import waiting_requests
from assetbook.automation.sensor_tick import AskedRun, SensorAnswer, failed_answer
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.run_request import RunRequest
from assetbook.definitions.secret import scrub
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.keys import CheckKey

_MOST_EXPLAINED = 50


def conditions_tick(
    instance: Instance,
    loaded: Loaded,
    jobs: Iterable[object],
    location: str,
    cursor: str | None,
) -> SensorAnswer:
    """What the conditions of a location ask for now, and why, in ``logs``; whatever one of the
    author's own raises is in the answer. Reads the store, and writes nothing there."""
    named = {each.name: each for each in jobs if isinstance(each, UnresolvedAssetJobDefinition)}
    now = instance.clock.now()
    try:
        waiting = waiting_requests(instance, loaded.graph, location)
        view = InstanceView(instance, loaded, now, named, waiting)
        before = None if cursor is None else AutomationCursor.from_json(cursor)
        found = evaluate(view, conditions_of(loaded.graph, named.values()), before, now)
        runs = requested_runs(found.requests, loaded.graph)
    except Exception as error:  # noqa: BLE001 - the author's conditions: what they raise is the answer
        return failed_answer(scrub(f"{type(error).__name__}: {error}"), cursor)
    empty = failed_answer("", cursor)
    asked = [_asked(each) for each in runs if each.asset_selection or each.job_name]
    alone = [each for each in runs if each.asset_check_keys]
    apart = {each: _apart(each, loaded.graph) for each in alone}
    asked += [_checking(each, keys) for each, keys in apart.items() if keys]
    return {
        **empty,
        "requests": asked,
        "skip": "" if asked else _why_none(alone),
        "logs": scrub(_explained(found)),
        "cursor": found.cursor.to_json(),
    }


def _why_none(alone: Iterable[RunRequest]) -> str:
    names = [str(key) for each in alone for key in each.asset_check_keys or ()]
    if not names:
        return "no condition asks for anything"
    return f"{', '.join(names)}: a check runs with its asset, and not alone"


def _apart(request: RunRequest, graph: AssetGraph) -> list[CheckKey]:
    """The checks that run alone: those of no asset of the request, with functions of their own."""
    assets = request.asset_selection or ()
    own = {
        node.key
        for key in graph.checks
        if key not in assets
        for node in graph.check_nodes(key)
        if node.own_step
    }
    return [key for key in request.asset_check_keys or () if key in own]


def _checking(request: RunRequest, keys: Iterable[CheckKey]) -> AskedRun:
    names = [each.to_user_string() for each in keys]
    return {**_asked(request), "assets": None, "checks": names}


def _asked(request: RunRequest) -> AskedRun:
    assets = request.asset_selection
    return AskedRun(
        run_key=None,
        job=request.job_name or "",
        selection="",
        assets=None if request.job_name else [str(each) for each in assets or ()],
        partition=request.partition_key,
        config={},
        tags=dict(request.tags),
        stale_only=False,
        checks=[],
    )


def _explained(found: Evaluation) -> str:
    """The trees of what is requested, or of all where nothing is."""
    asked = [each for each in found.explanations if each in found.requests]
    shown = (asked or list(found.explanations))[:_MOST_EXPLAINED]
    return "\n".join(found.explanations[each].text for each in shown)
