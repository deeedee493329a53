"""The code of the functions that schedules, sensors and conditions call, as their records keep it.

Views compare it with what runs, as they do the code of assets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.automation.node import CUSTOM, Node
from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.digest import text_digest
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.execution.recording import add_texts
from assetbook.instance.provenance import Tracked


class FunctionCode(msgspec.Struct, frozen=True):
    """The code of some functions together."""

    digest: str = ""
    """Another one for other code; empty if there is no function."""
    manifests: tuple[str, ...] = ()
    """The digests of what each reaches; none where nobody keeps texts."""


class FunctionCodes(msgspec.Struct, frozen=True):
    """Takes the code of functions as they are now."""

    provenance: Tracked
    texts: dict[str, str] | None = None
    """Where the texts of their code are added; None for digests alone."""

    def of_schedule(self, schedule: ScheduleDefinition) -> FunctionCode:
        """The code by which a schedule says what runs at a tick."""
        made = schedule.execution_fn
        said = (schedule.run_config_fn, schedule.tags_fn, schedule.should_execute)
        own = [made.compute if made is not None else None, *said]
        return self._of([*own, *_of_config(schedule.target)])

    def of_sensor(self, sensor: SensorDefinition) -> FunctionCode:
        """The code by which a sensor says what runs."""
        return self._of([sensor.execution_fn.compute, getattr(sensor, "run_config_fn", None)])

    def of_conditions(self, conditions: Iterable[tuple[str, Node]]) -> FunctionCode:
        """What some conditions say, each given with what it is of, and the code of those that are
        the author's own."""
        every = sorted(conditions, key=lambda each: each[0])
        if not every:
            return FunctionCode()
        own = (type(node) for _, each in every for node in each.walk() if node.kind == CUSTOM)
        code = self._of(dict.fromkeys(own))
        said = [f"{name} {each.digest}" for name, each in every]
        return FunctionCode(text_digest("\n".join([*said, code.digest])), code.manifests)

    def _of(self, functions: Iterable[Callable[..., Any] | None]) -> FunctionCode:
        own = [each for each in functions if each is not None and _is_authors(each)]
        codes = [self.provenance.code_of_function(each) for each in own]
        if not codes:
            return FunctionCode()
        digest = text_digest("\n".join(each.digest for each in codes))
        if self.texts is None:
            return FunctionCode(digest)
        return FunctionCode(digest, tuple(add_texts(each, self.texts) for each in codes))


def _of_config(target: object) -> Iterator[Callable[..., Any] | None]:
    """The functions by which a job is configured for a partition, where a schedule asks them."""
    jobs = JobDefinition | UnresolvedAssetJobDefinition
    config = target.config if isinstance(target, jobs) else None
    if isinstance(config, PartitionedConfig):
        yield config.decorated_fn or config.run_config_for_partition_key_fn
        yield config.tags_for_partition_key_fn


def _is_authors(function: Callable[..., Any]) -> bool:
    """Whether it is somebody's own, not one of assetbook's, as that of a sensor on files is."""
    module = getattr(function, "__module__", None) or ""
    return module.partition(".")[0] != __name__.partition(".")[0]
