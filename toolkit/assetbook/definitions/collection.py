"""``Definitions``: what a notebook or module defines, gathered explicitly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.logger_definition import LoggerDefinition, only_loggers
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.definitions.spec import AssetSpec, Frozen
from assetbook.errors import DefinitionError, with_article
from assetbook.named_arguments import named_arguments

Definition = AssetsDefinition | AssetSpec | AssetChecksDefinition
"""One asset or check that a cell or module can define."""
Job = JobDefinition | UnresolvedAssetJobDefinition
"""One job that a cell or module can define; its name is unique there."""
Defined = Definition | Job | ScheduleDefinition | SensorDefinition
"""Anything that a cell or module can define."""
Noun = Literal["job", "schedule", "sensor"]
"""What has a name of its own beside assets and checks."""
NOUNS: tuple[Noun, ...] = ("job", "schedule", "sensor")


@named_arguments
class Definitions(Frozen):
    """Assets, external assets, checks, jobs, schedules, sensors and resources, explicitly gathered.

    ``assets`` takes definitions and specs (external assets), ``asset_checks`` checks, ``jobs``
    jobs, ``schedules`` schedules, ``sensors`` sensors, ``resources`` any objects by the names
    under which parameters ask for them; the key ``io_manager`` is the default I/O manager.
    ``executor`` runs the steps; None runs them one by one. ``loggers`` are those that runs may
    configure, by name. Raises DefinitionError for things of another kind; whether they fit
    together is seen when they are used.
    """

    __slots__ = (
        "__weakref__",
        "asset_checks",
        "assets",
        "executor",
        "jobs",
        "loggers",
        "resources",
        "schedules",
        "sensors",
    )

    assets: tuple[AssetsDefinition | AssetSpec, ...]
    asset_checks: tuple[AssetChecksDefinition, ...]
    jobs: tuple[Job, ...]
    schedules: tuple[ScheduleDefinition, ...]
    sensors: tuple[SensorDefinition, ...]
    resources: Mapping[str, object]
    executor: Any
    """An executor (see ``assetbook.execution.executor``), or None."""
    loggers: Mapping[str, LoggerDefinition]
    """Those that runs may configure, by name."""

    def __init__(
        self,
        assets: Iterable[AssetsDefinition | AssetSpec] = (),
        asset_checks: Iterable[AssetChecksDefinition] = (),
        resources: Mapping[str, object] | None = None,
        *,
        jobs: Iterable[Job] = (),
        schedules: Iterable[ScheduleDefinition] = (),
        sensors: Iterable[SensorDefinition] = (),
        executor: object | None = None,
        loggers: Mapping[str, LoggerDefinition] | None = None,
    ) -> None:
        put = object.__setattr__
        given = {
            "assets": tuple(assets),
            "asset_checks": tuple(asset_checks),
            "jobs": tuple(jobs),
            "schedules": tuple(schedules),
            "sensors": tuple(sensors),
        }
        _refuse_other_kinds(given)
        for name, each in given.items():
            put(self, name, each)
        put(self, "resources", MappingProxyType(dict(resources or {})))
        put(self, "executor", _an_executor(executor))
        put(self, "loggers", MappingProxyType(only_loggers("Definitions", loggers)))

    @classmethod
    def merge(cls, *several: Definitions) -> Definitions:
        """All that ``several`` hold, in one.

        Raises DefinitionError that names both for two assets or checks of one key, for two jobs,
        schedules, sensors or resources of one name, and for two executors; the same object twice
        is one.
        """
        assets = [*dict.fromkeys(each for one in several for each in one.assets)]
        checks = [*dict.fromkeys(each for one in several for each in one.asset_checks)]
        jobs = [*dict.fromkeys(each for one in several for each in one.jobs)]
        schedules = [*dict.fromkeys(each for one in several for each in one.schedules)]
        sensors = [*dict.fromkeys(each for one in several for each in one.sensors)]
        _refuse_twice([*assets, *checks, *jobs, *schedules, *sensors])
        resources = _merged("resource", [one.resources for one in several])
        loggers = _merged("logger", [one.loggers for one in several])
        executors = [*dict.fromkeys(each.executor for each in several if each.executor)]
        if len(executors) > 1:
            raise DefinitionError(
                "Definitions.merge",
                f"there are two executors: {executors[0]!r}, and {executors[1]!r}",
                "Give both the same object, or leave one out.",
            )
        return cls(
            assets=assets,
            asset_checks=checks,
            resources=resources,
            jobs=jobs,
            schedules=schedules,
            sensors=sensors,
            executor=next(iter(executors), None),
            loggers=loggers,
        )

    def __iter__(self) -> Iterator[Definition]:
        """Its assets and checks; ``jobs``, ``schedules`` and ``sensors`` hold the others."""
        yield from self.assets
        yield from self.asset_checks

    def __repr__(self) -> str:
        jobs = f", {len(self.jobs)} jobs" if self.jobs else ""
        schedules = f", {len(self.schedules)} schedules" if self.schedules else ""
        sensors = f", {len(self.sensors)} sensors" if self.sensors else ""
        more = f"{jobs}{schedules}{sensors}"
        return f"<Definitions: {len(self.assets)} assets, {len(self.asset_checks)} checks{more}>"


def _merged(what: str, several: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in several:
        for name, value in one.items():
            known = found.setdefault(name, value)
            if known is not value:
                raise DefinitionError(
                    "Definitions.merge",
                    f"the {what} `{name}` is {known!r} in one, and {value!r} in another",
                    "Give one of them another name, or both the same object.",
                )
    return found


def _refuse_twice(definitions: Iterable[Defined]) -> None:
    seen: dict[str, Defined] = {}
    for each in definitions:
        for identity in _identities(each):
            first = seen.setdefault(identity, each)
            if first is not each:
                raise DefinitionError(
                    "Definitions.merge",
                    f"{identity} is defined twice: {_placed(first)}, and {_placed(each)}",
                    "Give one of them another name, or leave it out.",
                )


def _identities(definition: Defined) -> list[str]:
    if isinstance(definition, Job):
        return [f"the job `{definition.name}`"]
    if isinstance(definition, ScheduleDefinition):
        return [f"the schedule `{definition.name}`"]
    if isinstance(definition, SensorDefinition):
        return [f"the sensor `{definition.name}`"]
    if isinstance(definition, AssetChecksDefinition):
        return [f"the check `{key}`" for key in definition.check_keys]
    keys = definition.keys if isinstance(definition, AssetsDefinition) else (definition.key,)
    return [f"the asset `{key}`" for key in keys]


def _placed(definition: Defined) -> str:
    return "an AssetSpec" if isinstance(definition, AssetSpec) else str(definition.place)


def _an_executor(given: object | None) -> object | None:
    if given is None or callable(getattr(given, "start", None)):
        return given
    raise DefinitionError(
        "Definitions(executor=...)",
        f"it is {given!r}, {with_article(type(given).__name__)}",
        "It takes an executor, as ThreadExecutor(workers=4).",
    )


_KINDS: Mapping[str, tuple[type, ...]] = {
    "assets": (AssetsDefinition, AssetSpec),
    "asset_checks": (AssetChecksDefinition,),
    "jobs": (JobDefinition, UnresolvedAssetJobDefinition),
    "schedules": (ScheduleDefinition,),
    "sensors": (SensorDefinition,),
}


def _refuse_other_kinds(given: Mapping[str, tuple[object, ...]]) -> None:
    wrong = [
        (name, each)
        for name, things in given.items()
        for each in things
        if not isinstance(each, _KINDS[name])
    ]
    if not wrong:
        return
    said = [f"holds {each!r}, {with_article(type(each).__name__)}" for _, each in wrong]
    takes = {name: " and ".join(kind.__name__ for kind in _KINDS[name]) for name, _ in wrong}
    if len(wrong) == 1:
        [(name, _)] = wrong
        raise DefinitionError(
            f"Definitions({name}=...)", f"it {said[0]}", f"It takes {takes[name]}."
        )
    listed = [f"  {n}. {name}= {said[n - 1]}" for n, (name, _) in enumerate(wrong, 1)]
    raise DefinitionError(
        "Definitions(...)",
        f"{len(wrong)} things are wrong",
        "\n".join([*listed, *(f"{name}= takes {kinds}." for name, kinds in takes.items())]),
    )
