"""One evaluation of a sensor where its location is loaded: what is to be stored, as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from assetbook.automation.launches import check_names
from assetbook.automation.tick_log import TickLog
from assetbook.definitions.collection import Definitions
from assetbook.definitions.partitions import AddDynamicPartitionsRequest
from assetbook.definitions.run_request import RunRequest
from assetbook.definitions.secret import scrub
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.definitions.sensor_evaluation import RUN_KEY_TAG, SensorExecutionData
from assetbook.definitions.sensor_result import DynamicPartitionsRequest
from assetbook.events.encoding import encode
from assetbook.execution.built_schedule_context import TickResources
from assetbook.execution.reporting import reported_event
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.scrubbing import scrubbed
from assetbook.instance.config_elsewhere import config_to_send
from assetbook.instance.instance import Instance
from assetbook.instance.job_record import target_text


class AskedRun(TypedDict):
    """A run that a sensor asks for."""

    run_key: str | None
    job: str
    """Empty for a selection of assets."""
    selection: str
    """What the sensor runs if that is assets, as typed; empty for a job."""
    assets: list[str] | None
    """The assets that the request names in the place of all."""
    partition: str | None
    config: dict[str, Any]
    """By section."""
    tags: dict[str, str]
    stale_only: bool
    checks: list[str]
    """The checks that run alone, as typed; empty for what makes assets."""


class SensorAnswer(TypedDict):
    """What one evaluation gave; all of it is stored in one transaction, or nothing."""

    requests: list[AskedRun]
    skip: str
    """Why it asks for no run; empty where it does, or gives no reason."""
    error: str
    """How it failed; empty if it did not. Only a sensor of runs may ask for something besides: the
    runs for which its function did not fail."""
    logs: str
    before: str | None
    """The cursor that it began with."""
    cursor: str | None
    """The cursor that the next one is to begin with; as before if it failed."""
    partitions: list[dict[str, Any]]
    """Changes of dynamic partitions, in order: ``name``, ``added``, ``deleted``."""
    events: list[str]
    """What it learned of assets: events in their JSON form."""


def sensor_tick(
    sensor: SensorDefinition,
    instance: Instance,
    cursor: str | None = None,
    *,
    resources: Mapping[str, object] | None = None,
    definitions: Definitions | None = None,
    location: str | None = None,
    folder: Path | None = None,
    last_tick_completion_time: float | None = None,
    last_sensor_start_time: float | None = None,
    last_run_key: str | None = None,
) -> SensorAnswer:
    """What the sensor asks for now; whatever its function raises is in the answer.

    ``resources`` are those that its location binds: the ones it needs are set up, and torn down
    before this returns. ``location`` is the location's id, ``folder`` where its relative paths
    begin. Times are seconds since 1970. Reads the store, and writes nothing there.
    """
    logged = TickLog(f"sensor {sensor.name}")
    available = {**(definitions.resources if definitions is not None else {}), **(resources or {})}
    wanted = {key: available[key] for key in sensor.required_resource_keys if key in available}
    try:
        with ResourceScope(wanted, f"tick of {sensor.name}") as scope:
            context = SensorEvaluationContext(
                cursor,
                last_tick_completion_time=last_tick_completion_time,
                last_run_key=last_run_key,
                last_sensor_start_time=last_sensor_start_time,
                definitions=definitions,
                location=location,
                folder=folder,
                resources=scope.ready,
                instance=instance,
                log=logged.log,
            )
            context.resources = TickResources(context.given_resources)
            answer = _answer(sensor, instance, sensor.evaluate_tick(context))
    except Exception as error:  # noqa: BLE001 - the author's code: whatever it raises is the answer
        answer = failed_answer(_spoken(error), cursor)
    return {**answer, "before": cursor, "logs": logged.text}


def _answer(
    sensor: SensorDefinition, instance: Instance, data: SensorExecutionData
) -> SensorAnswer:
    now = instance.clock.now()
    failed = [each for each in data.run_reactions if each.error is not None]
    said = [f"for run {each.run_id}: {_spoken(each.error)}" for each in failed if each.error]
    learned = scrubbed([reported_event(each, now) for each in data.asset_events])
    return SensorAnswer(
        requests=[_plain(sensor, each) for each in data.run_requests],
        skip=data.skip_message or "",
        error="; ".join(said),
        logs="",
        before=None,
        cursor=data.cursor,
        partitions=[_change(each) for each in data.dynamic_partitions_requests],
        events=[encode(each).decode() for each in learned],
    )


def failed_answer(error: str, cursor: str | None) -> SensorAnswer:
    """The answer of an evaluation that failed so, after that cursor, which it leaves."""
    return SensorAnswer(
        requests=[],
        skip="",
        error=error,
        logs="",
        before=cursor,
        cursor=cursor,
        partitions=[],
        events=[],
    )


def _spoken(error: BaseException) -> str:
    return scrub(f"{type(error).__name__}: {error}")


def _plain(sensor: SensorDefinition, request: RunRequest) -> AskedRun:
    assets = request.asset_selection
    checks = check_names(request, f"an evaluation of the sensor `{sensor.name}`")
    key_tag = {} if request.run_key is None else {RUN_KEY_TAG: request.run_key}
    job = request.job_name or sensor.job_name or ""
    # as JSON has it, so that what the process sends is what was meant
    config: dict[str, Any] = json.loads(json.dumps(config_to_send(request.run_config)))
    return AskedRun(
        run_key=request.run_key,
        job=job,
        selection="" if job else target_text(sensor.targets),
        assets=None if assets is None else [str(each) for each in assets],
        partition=request.partition_key,
        config=config,
        tags={**request.tags, **key_tag},
        stale_only=request.stale_assets_only,
        checks=checks,
    )


def _change(request: DynamicPartitionsRequest) -> dict[str, Any]:
    keys = list(request.partition_keys)
    adds = isinstance(request, AddDynamicPartitionsRequest)
    return {
        "name": request.partitions_def_name,
        "added": keys if adds else [],
        "deleted": [] if adds else keys,
    }
