"""A schedule as it was defined: when, what, and whether functions of its author take part."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from assetbook.cron import Cron
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.run_config import sections
from assetbook.definitions.schedule_definition import (
    DefaultScheduleStatus,
    OnMissed,
    ScheduleDefinition,
)
from assetbook.definitions.secret_literals import masked
from assetbook.instance.automation_code import FunctionCode
from assetbook.instance.job_record import target_text

PARTITION = "assetbook/partition"
STALE_ONLY = "assetbook/stale_only"
"""Metadata of a schedule that says which partition its runs make, and that they leave sources as
they are."""


class ScheduleRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One schedule."""

    name: str
    cron: tuple[str, ...]
    timezone: str = "UTC"
    selection: str = ""
    """What its runs select; empty for those of a job."""
    job: str = ""
    tags: dict[str, str] = {}
    on: bool = False
    """Whether it is on where nobody turned it on or off."""
    on_missed: OnMissed = "last"
    calls: bool = False
    """Whether functions of its author say what runs, or it has a configuration."""
    partition: str = ""
    """Which partition its runs make of what has some: ``last``; empty for none."""
    stale_only: bool = False
    """Whether its runs read the world outside only where that is stale."""
    description: str = ""
    cell: str = ""
    code: str = ""
    """What its functions and all that they reach are, as a digest; empty without functions."""
    manifests: tuple[str, ...] = ()
    """The digests of the manifests of that code."""

    @property
    def ticks(self) -> Cron:
        """When it is due."""
        return Cron(self.cron, self.timezone)

    @property
    def target(self) -> str:
        """What runs, for people."""
        return f"job {self.job}" if self.job else self.selection


def schedule_records(
    schedules: Iterable[tuple[ScheduleDefinition, str]],
    code_of: Callable[[ScheduleDefinition], FunctionCode] = lambda schedule: FunctionCode(),
) -> tuple[ScheduleRecord, ...]:
    """The schedules, each given with its cell, as they are now; ``code_of`` gives the code of their
    functions, where that is to be kept."""
    return tuple(_record(schedule, cell, code_of(schedule)) for schedule, cell in schedules)


def _record(schedule: ScheduleDefinition, cell: str, code: FunctionCode) -> ScheduleRecord:
    functions = (schedule.run_config_fn, schedule.tags_fn, schedule.should_execute)
    calls = schedule.execution_fn is not None or any(each is not None for each in functions)
    job = isinstance(schedule.target, JobDefinition | UnresolvedAssetJobDefinition)
    return ScheduleRecord(
        name=schedule.name,
        cron=schedule.cron.lines,
        timezone=schedule.cron.timezone,
        selection="" if job else target_text(schedule.target),
        job=(schedule.job_name or "") if job else "",
        tags={name: masked(text, name) for name, text in schedule.tags.items()},
        on=schedule.default_status is DefaultScheduleStatus.RUNNING,
        on_missed=schedule.on_missed,
        calls=calls or bool(sections("run_config", schedule.run_config)),
        partition=str(schedule.metadata.get(PARTITION, "")),
        stale_only=bool(schedule.metadata.get(STALE_ONLY, False)),
        description=masked(schedule.description or ""),
        cell=cell,
        code=code.digest,
        manifests=code.manifests,
    )


def schedule_id(location: str, name: str) -> str:
    """What the store calls a schedule of a location."""
    return f"{location}:{name}"
