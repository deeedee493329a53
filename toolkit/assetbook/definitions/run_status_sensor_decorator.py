"""``@run_status_sensor`` and ``@run_failure_sensor``: functions that are told of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, overload

from assetbook.definitions.run_status_sensor_definition import (
    Monitored,
    RunStatusSensorDefinition,
)
from assetbook.definitions.sensor_definition import DefaultSensorStatus
from assetbook.definitions.sensor_targets import Job
from assetbook.errors import DefinitionError
from assetbook.named_arguments import named_options


@named_options
def run_status_sensor(
    run_status: str,
    *,
    name: str | None = None,
    monitored_jobs: Iterable[Monitored] | None = None,
    monitor_all_code_locations: bool = False,
    request_job: Job | None = None,
    request_jobs: Iterable[Job] | None = None,
    target: object = None,
    minimum_interval_seconds: int | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
    description: str | None = None,
) -> Callable[[Callable[..., Any]], RunStatusSensorDefinition]:
    """The sensor that asks the decorated function once for each run that gets that status.

    The function takes a RunStatusSensorContext and resources, and may return what ``@sensor``'s
    may: what is to run is ``request_job``, one of ``request_jobs``, or ``target``. The others are
    as for :class:`RunStatusSensorDefinition`. Raises DefinitionError as that does.
    """
    if callable(run_status):
        raise DefinitionError(
            "@run_status_sensor",
            "it does not say which status",
            'Write @run_status_sensor(run_status="success").',
        )

    def decorate(fn: Callable[..., Any]) -> RunStatusSensorDefinition:
        return RunStatusSensorDefinition(
            name,
            run_status=run_status,
            evaluation_fn=fn,
            monitored_jobs=monitored_jobs,
            monitor_all_code_locations=monitor_all_code_locations,
            job=request_job,
            jobs=request_jobs,
            target=target,
            minimum_interval_seconds=minimum_interval_seconds,
            default_status=default_status,
            tags=tags,
            metadata=metadata,
            owners=owners,
            description=description,
        )

    return decorate


@overload
def run_failure_sensor(name: Callable[..., Any], /) -> RunStatusSensorDefinition: ...
@overload
def run_failure_sensor(
    name: str | None = None,
    *,
    monitored_jobs: Iterable[Monitored] | None = None,
    monitor_all_code_locations: bool = False,
    request_job: Job | None = None,
    request_jobs: Iterable[Job] | None = None,
    target: object = None,
    minimum_interval_seconds: int | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
    description: str | None = None,
) -> Callable[[Callable[..., Any]], RunStatusSensorDefinition]: ...
@named_options
def run_failure_sensor(
    name: Any = None,
    *,
    monitored_jobs: Iterable[Monitored] | None = None,
    monitor_all_code_locations: bool = False,
    request_job: Job | None = None,
    request_jobs: Iterable[Job] | None = None,
    target: object = None,
    minimum_interval_seconds: int | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
    description: str | None = None,
) -> Any:
    """The sensor that asks the decorated function once for each run that fails.

    The function takes a RunFailureSensorContext and resources; all else is as for
    ``run_status_sensor``. It may be written without parentheses.
    """
    fn, own_name = (name, None) if callable(name) else (None, name)
    decorate = run_status_sensor(
        "failed",
        name=own_name,
        monitored_jobs=monitored_jobs,
        monitor_all_code_locations=monitor_all_code_locations,
        request_job=request_job,
        request_jobs=request_jobs,
        target=target,
        minimum_interval_seconds=minimum_interval_seconds,
        default_status=default_status,
        tags=tags,
        metadata=metadata,
        owners=owners,
        description=description,
    )
    return decorate if fn is None else decorate(fn)
