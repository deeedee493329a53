"""A tick of a schedule, evaluated where its location is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from assetbook.automation.launches import check_names
from assetbook.automation.tick_log import TickLog
from assetbook.definitions.run_request import RunRequest
from assetbook.definitions.schedule_context import ScheduleEvaluationContext
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.secret import scrub
from assetbook.definitions.sensor_evaluation import RUN_KEY_TAG
from assetbook.errors import SelectionError, did_you_mean
from assetbook.execution.built_schedule_context import TickResources
from assetbook.execution.resource_scope import ResourceScope
from assetbook.instance.config_elsewhere import config_to_send
from assetbook.surfaces.live import LiveNotebook


def tick_answer(live: LiveNotebook, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the schedule asks for at the tick, as plain values; how its functions failed, if so."""
    name, at = asked["schedule"], datetime.fromisoformat(asked["at"])
    schedule = _named(live, name)
    logged = TickLog(f"schedule {name}")
    resources = live.session.resources()
    wanted = {
        each: resources[each] for each in schedule.required_resource_keys if each in resources
    }
    try:
        with ResourceScope(wanted, f"tick of {name}") as scope:
            context = ScheduleEvaluationContext(
                at.astimezone(ZoneInfo(schedule.cron.timezone)),
                resources=scope.ready,
                instance=live.instance,
                log=logged.log,
            )
            context.resources = TickResources(context.given_resources)
            data = schedule.evaluate_tick(context)
            requests = [_plain(name, each) for each in data.run_requests]
    except Exception as error:  # noqa: BLE001 - the author's code: whatever it raises is the answer
        return {"error": scrub(f"{type(error).__name__}: {error}"), "logs": logged.text}
    return {
        "requests": requests,
        "skip": data.skip_message or "",
        "logs": logged.text,
    }


def _named(live: LiveNotebook, name: str) -> ScheduleDefinition:
    schedules = {each.name: each for each in live.session.schedules}
    if name in schedules:
        return schedules[name]
    raise SelectionError(
        f"the schedule `{name}`", "nothing defines it any more", did_you_mean(name, schedules)
    )


def _plain(schedule: str, request: RunRequest) -> dict[str, Any]:
    checks = check_names(request, f"a tick of the schedule `{schedule}`")
    assets = request.asset_selection
    key_tag = {} if request.run_key is None else {RUN_KEY_TAG: request.run_key}
    return {
        "run_key": request.run_key,
        "config": config_to_send(request.run_config),
        "tags": {**request.tags, **key_tag},
        "job": request.job_name,
        "assets": None if assets is None else [str(key) for key in assets],
        "partition": request.partition_key,
        "stale_only": request.stale_assets_only,
        "checks": checks,
    }
