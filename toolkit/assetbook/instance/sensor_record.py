"""A sensor as it was defined: how often it is asked, and what it may run."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from assetbook.definitions.secret_literals import masked
from assetbook.definitions.sensor_definition import DefaultSensorStatus, SensorDefinition
from assetbook.instance.automation_code import FunctionCode
from assetbook.instance.job_record import target_text

CONDITIONS_SENSOR = "default_automation_condition_sensor"
"""Evaluates what no other sensor does: the conditions of a location. Dagster calls it so."""
_SECONDS = 30


class SensorRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One sensor."""

    name: str
    seconds: int
    """How long it rests at least between two evaluations."""
    selection: str = ""
    """What its runs select; empty if it runs jobs, or nothing."""
    jobs: tuple[str, ...] = ()
    on: bool = False
    """Whether it is on where nobody turned it on or off."""
    description: str = ""
    cell: str = ""
    code: str = ""
    """What its function and all that it reaches are, as a digest; what conditions say."""
    manifests: tuple[str, ...] = ()
    """The digests of the manifests of that code."""

    @property
    def target(self) -> str:
        """What runs, for people; empty for nothing."""
        return self.selection or ", ".join(f"job {each}" for each in self.jobs)


def sensor_id(location: str, name: str) -> str:
    """What the store calls a sensor of a location; never as it calls one of its schedules."""
    return f"{location}:sensor:{name}"


def sensor_records(
    sensors: Iterable[tuple[SensorDefinition, str]],
    code_of: Callable[[SensorDefinition], FunctionCode] = lambda sensor: FunctionCode(),
) -> tuple[SensorRecord, ...]:
    """The sensors, each given with its cell, as they are now; ``code_of`` gives the code of their
    functions, where that is to be kept."""
    return tuple(_record(sensor, cell, code_of(sensor)) for sensor, cell in sensors)


def _record(sensor: SensorDefinition, cell: str, code: FunctionCode) -> SensorRecord:
    assets = sensor.targets if not sensor.jobs else ()
    return SensorRecord(
        name=sensor.name,
        seconds=sensor.minimum_interval_seconds,
        selection=target_text(assets) if assets else "",
        jobs=tuple(each.name for each in sensor.jobs),
        on=sensor.default_status is DefaultSensorStatus.RUNNING,
        description=masked(sensor.description or ""),
        cell=cell,
        code=code.digest,
        manifests=code.manifests,
    )


def conditions_record(count: int, code: FunctionCode) -> tuple[SensorRecord, ...]:
    """The sensor that evaluates a location's conditions, of which there are so many; nothing for
    none."""
    if not count:
        return ()
    return (
        SensorRecord(
            name=CONDITIONS_SENSOR,
            seconds=_SECONDS,
            description=f"{count} automation condition{'' if count == 1 else 's'}",
            code=code.digest,
            manifests=code.manifests,
        ),
    )
