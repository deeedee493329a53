"""``@sensor``: a function that is asked every so often whether something is to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from assetbook.definitions.sensor_definition import DefaultSensorStatus, SensorDefinition
from assetbook.definitions.sensor_targets import Job
from assetbook.errors import DefinitionError
from assetbook.named_arguments import named_options


@named_options
def sensor(
    name: str | None = None,
    *,
    job: Job | None = None,
    jobs: Iterable[Job] | None = None,
    target: object = None,
    minimum_interval_seconds: int | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    required_resource_keys: Iterable[str] | None = None,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
    description: str | None = None,
) -> Callable[[Callable[..., Any]], SensorDefinition]:
    """The sensor that asks the decorated function; nothing runs.

    The function takes the context, if it takes anything, and resources. It returns a RunRequest or
    a list of them, a SkipReason, a SensorResult, or nothing, which skips; or it yields. The
    parameters are as for :class:`SensorDefinition`; the name is the function's unless one is given.
    Raises DefinitionError as that does.
    """
    if callable(name):
        raise DefinitionError("@sensor", "it does not say what runs", "Write @sensor(target=...).")

    def decorate(fn: Callable[..., Any]) -> SensorDefinition:
        return SensorDefinition(
            name,
            evaluation_fn=fn,
            job=job,
            jobs=jobs,
            target=target,
            minimum_interval_seconds=minimum_interval_seconds,
            default_status=default_status,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
            owners=owners,
            description=description,
        )

    return decorate
