"""The configuration of a job's run by the window of time that it is of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from assetbook.definitions.run_config import RunConfig
from assetbook.named_arguments import named_options

ConfigOfWindow: TypeAlias = Callable[[datetime, datetime], RunConfig | Mapping[str, Any]]
TagsOfWindow: TypeAlias = Callable[[datetime, datetime], Mapping[str, str]]
_Decorator: TypeAlias = Callable[[ConfigOfWindow], PartitionedConfig]


@named_options
def hourly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOfWindow | None = None,
    exclusions: Sequence[datetime | str] | None = None,
) -> _Decorator:
    """The configuration that the decorated function gives for each hour, by its start and end."""
    hours = HourlyPartitionsDefinition(
        start_date, None, minute_offset, timezone, fmt, end_offset, exclusions
    )
    return _by_window(hours, tags_for_partition_fn)


@named_options
def daily_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOfWindow | None = None,
    exclusions: Sequence[datetime | str] | None = None,
) -> _Decorator:
    """The configuration that the decorated function gives for each day, by its start and end."""
    days = DailyPartitionsDefinition(
        start_date, None, minute_offset, hour_offset, timezone, fmt, end_offset, exclusions
    )
    return _by_window(days, tags_for_partition_fn)


@named_options
def weekly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOfWindow | None = None,
    exclusions: Sequence[datetime | str] | None = None,
) -> _Decorator:
    """The configuration that the decorated function gives for each week, by its start and end."""
    offsets = minute_offset, hour_offset, day_offset
    weeks = WeeklyPartitionsDefinition(
        start_date, None, *offsets, timezone, fmt, end_offset, exclusions
    )
    return _by_window(weeks, tags_for_partition_fn)


@named_options
def monthly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 1,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOfWindow | None = None,
    exclusions: Sequence[datetime | str] | None = None,
) -> _Decorator:
    """The configuration that the decorated function gives for each month, by its start and end."""
    offsets = minute_offset, hour_offset, day_offset
    months = MonthlyPartitionsDefinition(
        start_date, None, *offsets, timezone, fmt, end_offset, exclusions
    )
    return _by_window(months, tags_for_partition_fn)


def _by_window(windows: TimeWindowPartitionsDefinition, tags_fn: TagsOfWindow | None) -> _Decorator:
    def tags(key: str) -> Mapping[str, str]:
        window = windows.time_window_for_partition_key(key)
        return tags_fn(window.start, window.end) if tags_fn is not None else {}

    def decorate(fn: ConfigOfWindow) -> PartitionedConfig:
        def config(key: str) -> RunConfig | Mapping[str, Any]:
            window = windows.time_window_for_partition_key(key)
            return fn(window.start, window.end)

        return PartitionedConfig(windows, config, tags, fn)

    return decorate
