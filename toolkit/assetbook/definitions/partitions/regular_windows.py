"""Partitions that are hours, days, weeks or months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assetbook.definitions.partitions.time_windows import DATE, HOUR, TimeWindowPartitionsDefinition
from assetbook.named_arguments import named_arguments


@named_arguments
class HourlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """One partition an hour, from ``start_date`` on; keys as ``2026-01-31-06:00``."""

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        super().__init__(
            start_date,
            fmt or HOUR,
            cron_schedule=f"{minute_offset} * * * *",
            end=end_date,
            timezone=timezone,
            end_offset=end_offset,
            exclusions=exclusions,
        )


@named_arguments
class DailyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """One partition a day, from ``start_date`` on; keys as ``2026-01-31``."""

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        super().__init__(
            start_date,
            fmt or DATE,
            cron_schedule=f"{minute_offset} {hour_offset} * * *",
            end=end_date,
            timezone=timezone,
            end_offset=end_offset,
            exclusions=exclusions,
        )


@named_arguments
class WeeklyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """One partition a week, from ``start_date`` on; ``day_offset`` 0 begins them on Sundays."""

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        super().__init__(
            start_date,
            fmt or DATE,
            cron_schedule=f"{minute_offset} {hour_offset} * * {day_offset}",
            end=end_date,
            timezone=timezone,
            end_offset=end_offset,
            exclusions=exclusions,
        )


@named_arguments
class MonthlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """One partition a month, from ``start_date`` on; ``day_offset`` is the day it begins on."""

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 1,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[datetime | str] | None = None,
    ) -> None:
        super().__init__(
            start_date,
            fmt or DATE,
            cron_schedule=f"{minute_offset} {hour_offset} {day_offset} * *",
            end=end_date,
            timezone=timezone,
            end_offset=end_offset,
            exclusions=exclusions,
        )
