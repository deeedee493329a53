"""A sensor as it was defined: how often it is asked, and what it may run."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assetbook.definitions.secret_literals import masked
from assetbook.definitions.sensor_definition import DefaultSensorStatus, SensorDefinition
from assetbook.instance.job_record import target_text


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

    @property
    def target(self) -> str:
        """What runs, for people; empty for nothing."""
        return self.selection or ", ".join(f"job {each}" for each in self.jobs)


def sensor_records(sensors: Iterable[tuple[SensorDefinition, str]]) -> tuple[SensorRecord, ...]:
    """The sensors, each given with its cell, as they are now."""
    return tuple(_record(sensor, cell) for sensor, cell in sensors)


def _record(sensor: SensorDefinition, cell: str) -> SensorRecord:
    assets = sensor.targets if not sensor.jobs else ()
    return SensorRecord(
        name=sensor.name,
        seconds=sensor.minimum_interval_seconds,
        selection=target_text(assets) if assets else "",
        jobs=tuple(each.name for each in sensor.jobs),
        on=sensor.default_status is DefaultSensorStatus.RUNNING,
        description=masked(sensor.description or ""),
        cell=cell,
    )
