"""``Definitions`` with Dagster's parameters and questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assetbook.dagster.outside import with_outside
from assetbook.dagster.resolved_job import ResolvedAssetJob
from assetbook.dagster.stored_instance import DagsterInstance, own_instance
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definitions as OwnDefinitions
from assetbook.definitions.collection import Job
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.logger_definition import LoggerDefinition
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.definitions.spec import AssetSpec, fields_of, key_of, restored
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import DefinitionError, SelectionError, did_you_mean
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.named_arguments import named_arguments


@named_arguments
class Definitions(OwnDefinitions):
    """Assets, checks, jobs, schedules, sensors and resources, by Dagster's parameters in order.

    Raises DefinitionError for components.
    """

    __slots__ = ("metadata",)

    metadata: Mapping[str, Any]

    def __init__(
        self,
        assets: Iterable[Any] | None = None,
        schedules: Iterable[ScheduleDefinition] | None = None,
        sensors: Iterable[SensorDefinition] | None = None,
        jobs: Iterable[Job] | None = None,
        resources: Mapping[str, object] | None = None,
        executor: object | None = None,
        loggers: Mapping[str, LoggerDefinition] | None = None,
        asset_checks: Iterable[AssetChecksDefinition] | None = None,
        metadata: Mapping[str, Any] | None = None,
        component_tree: object | None = None,
    ) -> None:
        if component_tree is not None:
            raise DefinitionError(
                "Definitions(component_tree=...)",
                "assetbook has no such option",
                "Define assets in a notebook or module.",
            )
        both = [*(assets or ())]
        checks = [each for each in both if isinstance(each, AssetChecksDefinition)]
        super().__init__(
            [each for each in both if not isinstance(each, AssetChecksDefinition)],
            [*checks, *(asset_checks or ())],
            resources,
            jobs=jobs or (),
            schedules=schedules or (),
            sensors=sensors or (),
            executor=executor,
            loggers=loggers,
        )
        object.__setattr__(self, "metadata", dict(metadata or {}))

    @staticmethod
    def validate_loadable(defs: OwnDefinitions) -> None:
        """Raises DefinitionError for what does not fit together; nothing is stored."""
        _graph(defs)

    def resolve_asset_graph(self) -> AssetGraph:
        """The graph of its assets."""
        return _graph(self)

    def resolve_all_asset_keys(self) -> list[Any]:
        """The keys of its assets, external ones too, in order."""
        return [each.key for each in self.resolve_all_asset_specs()]

    def resolve_all_asset_specs(self) -> list[AssetSpec]:
        """The specs of its assets, external ones too, in order."""
        return [
            spec
            for each in self.assets
            for spec in ((each,) if isinstance(each, AssetSpec) else each.specs)
        ]

    def resolve_assets_def(self, key: object) -> AssetsDefinition:
        """The definition that makes an asset; raises SelectionError if there is none."""
        asked = key_of(key)
        made = [each for each in self.assets if isinstance(each, AssetsDefinition)]
        makers = {own: each for each in made for own in each.keys}
        if asked not in makers:
            raise SelectionError(
                f"the definition of `{asked}`",
                "nothing here makes it",
                did_you_mean(str(asked), map(str, makers)),
            )
        return makers[asked]

    def resolve_job_def(self, name: str) -> JobDefinition | ResolvedAssetJob:
        """The job of that name, which can be run; raises SelectionError if there is none."""
        jobs = {each.name: each for each in self.jobs}
        if name not in jobs:
            raise SelectionError(
                f"the job `{name}`", "there is none of that name", did_you_mean(name, jobs)
            )
        found = jobs[name]
        if not isinstance(found, JobDefinition):
            return ResolvedAssetJob(self, found)
        if found.logger_defs or not self.loggers:
            return found
        fields = {**fields_of(found), "logger_defs": self.loggers}
        with_loggers: JobDefinition = restored(type(found), fields)
        return with_loggers

    def load_asset_value(
        self,
        asset_key: object,
        *,
        python_type: object = None,
        instance: Instance | DagsterInstance | None = None,
        partition_key: str | None = None,
    ) -> Any:
        """The stored value of an asset, or of a partition of it, from ``instance`` or the
        project's store."""
        store = own_instance(instance) if instance is not None else Instance.get()
        return store.value(
            key_of(asset_key),
            as_type=python_type,
            resources=self.resources,
            partition=partition_key,
        )

    def map_asset_specs(self, *, func: Callable[[AssetSpec], AssetSpec]) -> Definitions:
        """The same with each asset's spec as ``func`` gives it; the keys stay."""
        return Definitions(
            map_asset_specs(func, self.assets),
            jobs=self.jobs,
            schedules=self.schedules,
            sensors=self.sensors,
            resources=self.resources,
            executor=self.executor,
            asset_checks=self.asset_checks,
            metadata=self.metadata,
        )


@named_arguments
def map_asset_specs(func: Callable[[AssetSpec], AssetSpec], iterable: Iterable[Any]) -> list[Any]:
    """The definitions and specs with each asset's spec as ``func`` gives it.

    Raises DefinitionError if it gives another key.
    """
    return [
        _mapped(func, each) if isinstance(each, AssetSpec) else _with_specs(func, each)
        for each in iterable
    ]


def _with_specs(func: Callable[[AssetSpec], AssetSpec], made: AssetsDefinition) -> AssetsDefinition:
    outputs = tuple(port._replace(spec=_mapped(func, port.spec)) for port in made.outputs)
    return made.replace(outputs=outputs)


def _mapped(func: Callable[[AssetSpec], AssetSpec], spec: AssetSpec) -> AssetSpec:
    found = func(spec)
    if found.key is not spec.key:
        raise DefinitionError(
            f"map_asset_specs of `{spec.key}`",
            f"the function gives the key `{found.key}`",
            "Give the definition itself another key.",
        )
    return found


def _graph(defs: OwnDefinitions) -> AssetGraph:
    instance = Instance.ephemeral()
    try:
        return load(with_outside([*defs]), instance).graph
    finally:
        instance.close()
