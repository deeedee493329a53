"""``build_schedule_from_partitioned_job``: a tick for each partition of a job, once it is over."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.partitions import (
    DynamicPartitionsDefinition,
    MultiPartitionsDefinition,
    PartitionsDefinition,
    StaticPartitionsDefinition,
    TimeWindowPartitionsDefinition,
)
from assetbook.definitions.partitions.key_tags import key_tags
from assetbook.definitions.partitions.tick_line import TickOffsets, tick_line
from assetbook.definitions.place import authors_frame, calling_place
from assetbook.definitions.run_request import RunRequest, SkipReason
from assetbook.definitions.schedule_context import ScheduleEvaluationContext
from assetbook.definitions.schedule_definition import (
    DefaultScheduleStatus,
    OnMissed,
    ScheduleDefinition,
)
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments

PartitionedJob: TypeAlias = JobDefinition | UnresolvedAssetJobDefinition
_Answer: TypeAlias = list[RunRequest] | SkipReason


@named_arguments
def build_schedule_from_partitioned_job(
    job: PartitionedJob,
    description: str | None = None,
    name: str | None = None,
    minute_of_hour: int | None = None,
    hour_of_day: int | None = None,
    day_of_week: int | None = None,
    day_of_month: int | None = None,
    default_status: DefaultScheduleStatus = DefaultScheduleStatus.STOPPED,
    tags: Mapping[str, str] | None = None,
    cron_schedule: str | Sequence[str] | None = None,
    execution_timezone: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
    on_missed: OnMissed = "all",
) -> ScheduleDefinition:
    """The schedule that runs the latest partition of ``job`` as soon as its window is over.

    ``minute_of_hour``, ``hour_of_day``, ``day_of_week`` (0 is Sunday) and ``day_of_month`` put the
    tick later than the end of the window. A job of several dimensions, of which one is time, runs
    all partitions of that window, one run each. One of static partitions runs all of them at the
    ticks of ``cron_schedule`` in ``execution_timezone``, which no other takes. Each partition is
    its run's key. A window that was missed while nobody was there is run later, unless
    ``on_missed`` says otherwise. Raises DefinitionError for a job without partitions or with
    others, for a job of assets that says nowhere but by their names what divides them, and for
    ticks that do not fit the windows.
    """
    where = f"build_schedule_from_partitioned_job of `{job.name}`"
    definition = _partitions_of(where, job)
    offsets = TickOffsets(minute_of_hour, hour_of_day, day_of_week, day_of_month)
    if isinstance(definition, StaticPartitionsDefinition):
        _refuse_offsets(where, offsets, cron_schedule)
        lines, zone, asking = cron_schedule or "", execution_timezone, _all_keys(definition)
    else:
        windows = _windows_of(where, definition)
        if cron_schedule or execution_timezone:
            raise DefinitionError(
                where,
                "its windows say when it is due, and cron_schedule= or execution_timezone= as well",
                "Leave them out; hour_of_day= and the like put the ticks later.",
            )
        lines, zone = tick_line(where, windows, offsets), windows.timezone
        asking = _last_window(definition, windows)

    def ask(context: ScheduleEvaluationContext) -> _Answer:
        found = asking(context)
        if isinstance(found, SkipReason):
            return found
        return [_request(job, definition, key, tags or {}) for key in found]

    made = ScheduleDefinition(
        name or f"{job.name}_schedule",
        cron_schedule=lines,
        job=job,
        metadata=metadata,
        execution_timezone=zone,
        execution_fn=ask,
        description=description,
        default_status=default_status,
        owners=owners,
        on_missed=on_missed,
    )
    object.__setattr__(made, "place", calling_place())  # not where the function above is
    return made


def _request(
    job: PartitionedJob, definition: PartitionsDefinition, key: str, tags: Mapping[str, str]
) -> RunRequest:
    if not isinstance(job.config, PartitionedConfig):
        return RunRequest(key, None, {**tags, **key_tags(definition, key)}, partition_key=key)
    config = job.config.get_run_config_for_partition_key(key)
    own = job.config.get_tags_for_partition_key(key)
    return RunRequest(key, config, {**tags, **own}, partition_key=key)


_Asking: TypeAlias = Callable[[ScheduleEvaluationContext], Sequence[str] | SkipReason]


def _all_keys(definition: StaticPartitionsDefinition) -> _Asking:
    return lambda context: definition.keys_at(context.scheduled_execution_time)


def _last_window(
    definition: PartitionsDefinition, windows: TimeWindowPartitionsDefinition
) -> _Asking:
    def asking(context: ScheduleEvaluationContext) -> Sequence[str] | SkipReason:
        now = context.scheduled_execution_time
        if windows.leaves_out_last(now):
            return SkipReason("the window that is over is one of the exclusions")
        keys = windows.keys_at(now)
        if not keys:
            return SkipReason("no window is over yet")
        if not isinstance(definition, MultiPartitionsDefinition):
            return keys[-1:]
        [dimension] = _time_dimensions(definition)
        dynamic = any(
            isinstance(each, DynamicPartitionsDefinition) for each in definition.dimensions.values()
        )
        every = definition.keys_at(now, context.instance if dynamic else None)
        return [
            key
            for key in every
            if definition.multi_key(key).keys_by_dimension[dimension] == keys[-1]
        ]

    return asking


def _partitions_of(where: str, job: PartitionedJob) -> PartitionsDefinition:
    if job.partitions_def is not None:
        return job.partitions_def
    if isinstance(job, JobDefinition):
        raise DefinitionError(
            where, "the job has no partitions", "Give it partitions_def=, or a PartitionedConfig."
        )
    specs = [spec for each in _definitions(job.selection) for spec in each.specs]
    found = dict.fromkeys(each.partitions_def for each in specs if each.partitions_def is not None)
    if len(found) == 1:
        return next(iter(found))
    said = "are divided differently" if found else "have no partitions that are known here"
    raise DefinitionError(
        where, f"its assets {said}", "Say it in define_asset_job(..., partitions_def=...)."
    )


def _definitions(selection: object) -> Iterator[AssetsDefinition]:
    """The definitions that are selected, also those that are selected by their keys and bound where
    the author wrote the schedule."""
    for each in selection if isinstance(selection, tuple) else (selection,):
        if isinstance(each, AssetsDefinition):
            yield each
        elif isinstance(each, str | AssetKey):
            key = each if isinstance(each, AssetKey) else AssetKey.from_user_string(each)
            yield from (found for found in _bound() if key in found.keys)


def _bound() -> list[AssetsDefinition]:
    """The definitions that names of the author's module or notebook lead to."""
    names = authors_frame(sys._getframe(1)).f_globals
    every = [each for each in list(names.values()) if isinstance(each, AssetsDefinition)]
    return list({id(each): each for each in every}.values())


def _windows_of(where: str, definition: PartitionsDefinition) -> TimeWindowPartitionsDefinition:
    """The windows that divide, by themselves or as the one dimension of time."""
    if isinstance(definition, TimeWindowPartitionsDefinition):
        return definition
    if isinstance(definition, MultiPartitionsDefinition):
        times = _time_dimensions(definition)
        if len(times) == 1:
            return next(iter(times.values()))
    raise DefinitionError(
        where,
        f"it is divided {definition.describe()}, which says no time",
        "Divide it by windows of time, by dimensions of which one is time, or by static keys; or "
        "write a @schedule that gives RunRequest(partition_key=...).",
    )


def _time_dimensions(
    definition: MultiPartitionsDefinition,
) -> dict[str, TimeWindowPartitionsDefinition]:
    return {
        name: each
        for name, each in definition.dimensions.items()
        if isinstance(each, TimeWindowPartitionsDefinition)
    }


def _refuse_offsets(where: str, offsets: TickOffsets, cron_schedule: object) -> None:
    if any(each is not None for each in offsets) or not cron_schedule:
        raise DefinitionError(
            where,
            "static partitions say no time",
            'Say when by cron_schedule= alone, as "0 6 * * *".',
        )
