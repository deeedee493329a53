"""``@schedule``: a schedule whose function says at each tick what is to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.parameters import own_name
from assetbook.definitions.schedule_definition import (
    DefaultScheduleStatus,
    OnMissed,
    ScheduleDefinition,
)
from assetbook.errors import DefinitionError
from assetbook.named_arguments import named_options


@named_options
def schedule(
    cron_schedule: str | Sequence[str],
    *,
    job: JobDefinition | UnresolvedAssetJobDefinition | None = None,
    target: object = None,
    name: str | None = None,
    tags: Mapping[str, str] | None = None,
    tags_fn: Callable[..., Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    should_execute: Callable[..., Any] | None = None,
    execution_timezone: str | None = None,
    description: str | None = None,
    default_status: DefaultScheduleStatus = DefaultScheduleStatus.STOPPED,
    required_resource_keys: Iterable[str] | None = None,
    owners: Sequence[str] | None = None,
    on_missed: OnMissed = "last",
) -> Callable[[Callable[..., Any]], ScheduleDefinition]:
    """The schedule that asks the decorated function at each tick; nothing runs.

    The function takes the context, if it takes anything, and resources. It returns a RunRequest or
    a list of them (each with a ``run_key``), a SkipReason, a run's configuration as a dict, or
    nothing, which skips; or it yields. The parameters are as for :class:`ScheduleDefinition`; the
    name is the function's unless one is given. Raises DefinitionError as that does.
    """
    if callable(cron_schedule):
        raise DefinitionError(
            "@schedule",
            "it says neither when nor what",
            'Write @schedule("0 6 * * *", target=...).',
        )

    def decorate(fn: Callable[..., Any]) -> ScheduleDefinition:
        return ScheduleDefinition(
            name or own_name(fn),
            cron_schedule=cron_schedule,
            job=job,
            target=target,
            tags=tags,
            tags_fn=tags_fn,
            metadata=metadata,
            should_execute=should_execute,
            execution_timezone=execution_timezone,
            execution_fn=fn,
            description=description or fn.__doc__,
            default_status=default_status,
            required_resource_keys=required_resource_keys,
            owners=owners,
            on_missed=on_missed,
        )

    return decorate
