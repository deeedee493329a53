"""Running a job: its plan, what its ops are given, and the run that is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from msgspec import structs

from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.logger_definition import LoggerDefinition
from assetbook.definitions.run_config import RunConfig
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.dag import Dag
from assetbook.errors import ConfigError, did_you_mean
from assetbook.events.parts import Origin, Reexecution, RunRequest
from assetbook.execution.configured_executor import configured_executor
from assetbook.execution.console_loggers import default_loggers
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.executor import Executor
from assetbook.execution.failure import Where
from assetbook.execution.ops_of_run import OpsOfRun, StoredOutputs
from assetbook.execution.reporter import Reporter, Silent
from assetbook.execution.run_loggers import RunLoggers, run_loggers
from assetbook.execution.runner import run
from assetbook.execution.untracked import Untracked
from assetbook.instance.former_runs import FormerRun
from assetbook.instance.instance import Instance
from assetbook.instance.job_again import plan_job_re_execution
from assetbook.instance.job_partition import (
    config_of_partition,
    partition_of_run,
    tags_of_partition,
)
from assetbook.instance.job_result import JobResult
from assetbook.instance.ops_given import (
    GivenConfig,
    job_config,
    ops_of_job,
)
from assetbook.instance.resources_asked import refuse_missing_resources
from assetbook.instance.run_requests import executor_name, kept_config, or_none
from assetbook.instance.run_series import RunSeries
from assetbook.instance.run_sources import NO_SOURCES, RunSources
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.keys import RunId
from assetbook.planning.job_plan import plan_job
from assetbook.planning.run_retries import NO_RETRIES, RetryStrategy, RunRetries
from assetbook.planning.steps import Plan

_NOTHING = AssetGraph({}, {}, {}, {}, Dag({}))
PlannedOps: TypeAlias = tuple[Plan, StoredOutputs]
"""A plan of ops, and what they take of an earlier run."""


def _place(filename: str, line: int) -> str:
    return f"{filename}, line {line}"


class JobOptions(msgspec.Struct, frozen=True):
    """What one run of a job is given."""

    run_config: GivenConfig = None
    """None for the job's own."""
    op_selection: str | Sequence[str] | None = None
    """The ops that run; None for the job's own selection."""
    input_values: Mapping[str, Any] = msgspec.field(default_factory=dict)
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    resources: Mapping[str, object] = msgspec.field(default_factory=dict)
    """In the place of those of the job and of what is around it."""
    partition_key: str | None = None
    """The partition that it is of; None for none."""
    planning: Callable[[], PlannedOps] | None = None
    """What is left of the job to do, asked once more if the run has to wait for its turn; None for
    all that is selected."""
    run_id: RunId | None = None
    """None for a new one."""
    again: Reexecution | None = None
    """The run that it does again; None for one of its own."""

    executor: Executor | None = None
    """None for that of the configuration, of the job, or of what is around it."""
    retries: RunRetries = NO_RETRIES

    def request(self) -> RunRequest:
        """What the record of the run keeps of it."""
        given = self.run_config
        config, left_out = kept_config(given.to_dict() if isinstance(given, RunConfig) else given)
        name, workers = executor_name(self.executor)
        selection = self.op_selection
        clauses = (selection,) if isinstance(selection, str) else tuple(selection or ())
        return RunRequest(
            config={name: each for name, each in config.items() if each},
            config_not_kept=(*left_out, *(["inputs"] if self.input_values else [])),
            resources=tuple(sorted(self.resources)),
            executor=name,
            workers=workers,
            op_selection=clauses,
            max_retries=self.retries.max_retries,
            retry_strategy=self.retries.strategy,
            retry_on_asset_or_op_failure=self.retries.on_step_failure,
        )


def run_job(
    job: JobDefinition,
    instance: Instance,
    options: JobOptions,
    *,
    origin: Origin,
    around: Callable[[], Mapping[str, object]] = dict,
    where: Where = _place,
    reporter: Reporter | None = None,
    executor: Executor | None = None,
    in_memory: bool = False,
    sources: RunSources = NO_SOURCES,
    loggers: Mapping[str, LoggerDefinition] | None = None,
) -> JobResult:
    """Runs a job, records the run, and gives back how it ended; one that fails is run again as the
    options say, and the last one is given back.

    A run of a partition is configured and tagged by it, where nothing else is given. Raises
    UsageError and SelectionError for a partition that the job does not have.

    Steps run by the executor of the options, else by that of the configuration, of the job, or
    ``executor``, the one of the job's notebook; ``around`` gives the resources of that, and
    ``loggers`` are its loggers, which the configuration names as it does the job's own. With
    ``in_memory`` outputs go from op to op as they are, but for those with an I/O manager of one's
    own. Raises SelectionError and ConfigError before anything runs.
    """
    partition = partition_of_run(job, instance, options.partition_key)
    options = _of_partition(job, options)
    config = job_config(job, options.run_config)
    given = {**around(), **job.resource_defs, **options.resources}
    environment = RunEnvironment(
        graph=_NOTHING,
        store=instance.store,
        values=instance.values,
        clock=instance.clock,
        origin=origin,
        reporter=reporter or Silent(),
        provenance=Untracked(),
        where=where,
        resources=configured(given, config.get("resources") or {}),
        unwatched=(instance.values.root.parent, *instance.values.folders),
        snapshot=sources.snapshot,
        bundle=sources.bundle,
        limits=instance.limits,
        op_files=None if in_memory else instance.op_files,
        log_files=instance.log_files,
        notebook_files=instance.notebook_files,
        log_level=instance.log_settings.level,
        loggers=_configured_loggers(job, config, loggers),
        request=or_none(options.request()),
    )
    steps_by = options.executor or _executor(job, config, executor)
    series = _JobSeries(job, instance, options, config, environment, steps_by, partition)
    return series.run()


def _of_partition(job: JobDefinition, options: JobOptions) -> JobOptions:
    """With the configuration and the tags of the partition, where none are given."""
    key = options.partition_key
    return structs.replace(
        options,
        run_config=options.run_config or config_of_partition(job, key) or None,
        tags={**options.tags, **tags_of_partition(job, key)},
    )


class _JobSeries(msgspec.Struct, frozen=True):
    """A run of a job, and those that do it again by themselves."""

    job: JobDefinition
    instance: Instance
    options: JobOptions
    config: Mapping[str, Any]
    environment: RunEnvironment
    """What each of them has, whatever its plan."""
    executor: Executor | None
    partition: AssetPartitions | None

    def run(self) -> JobResult:
        """How the last of them ended."""
        options = self.options
        plan = options.planning or (lambda: (plan_job(self.job, options.op_selection), {}))
        series = RunSeries(
            self.instance, options.retries, self._planned_again, self._start, options.run_id
        )
        *earlier, last = series.run(plan(), options.again, replan=plan)
        last.earlier = tuple(earlier)
        return last

    def _planned_again(self, former: FormerRun, kind: RetryStrategy) -> PlannedOps:
        return plan_job_re_execution(self.instance, self.job, former, former.again(kind))

    def _start(
        self,
        run_id: RunId,
        planned: PlannedOps,
        replan: Callable[[], PlannedOps],
        again: Reexecution | None,
    ) -> JobResult:
        def prepared(planned: PlannedOps) -> tuple[Plan, RunEnvironment]:
            ops = self._ops(planned)
            environment = structs.replace(self.environment, run_id=run_id, reexecution=again)
            environment = structs.replace(environment, ops=ops, tags=dict(ops.tags))
            refuse_missing_resources(planned[0], environment)
            return planned[0], environment

        result = run(*prepared(planned), self.executor, lambda: prepared(replan()))
        return JobResult(self.job, result, self.instance, self.environment.resources)

    def _ops(self, planned: PlannedOps) -> OpsOfRun:
        """What a run of that plan gives to its ops; raises ConfigError if something is missing."""
        plan, stored = planned
        ops = ops_of_job(
            self.job,
            plan,
            self.config,
            input_values=self.options.input_values,
            tags=self.options.tags,
            stored=stored,
        )
        return structs.replace(ops, partitions=self.partition)


def _configured_loggers(
    job: JobDefinition, config: Mapping[str, Any], around: Mapping[str, LoggerDefinition] | None
) -> RunLoggers:
    where = f"the configuration of the job `{job.name}`"
    known = job.logger_defs or around or default_loggers()
    return run_loggers(where, known, config.get("loggers"), job)


def _executor(
    job: JobDefinition, config: Mapping[str, Any], around: Executor | None
) -> Executor | None:
    own: Any = job.executor_def or around
    return configured_executor(f"the job `{job.name}`", config.get("execution"), own)


def configured(resources: Mapping[str, object], config: Mapping[str, Any]) -> dict[str, object]:
    """The resources with the section ``resources`` of a configuration laid over them.

    Raises ConfigError for a name that is none of theirs, and for what does not fit.
    """
    found = dict(resources)
    for name, given in config.items():
        where = f"the configuration of the resource `{name}`"
        if name not in resources:
            raise ConfigError(
                where,
                "there is no resource of that name",
                did_you_mean(name, resources) or f"There are {', '.join(resources) or 'none'}.",
            )
        fields = given["config"] if isinstance(given, Mapping) and "config" in given else given
        found[name] = _configured(resources[name], fields, where)
    return found


def _configured(resource: Any, fields: Any, where: str) -> object:
    from assetbook.definitions.config import SettingsModel
    from assetbook.definitions.overlay import overlaid

    if not isinstance(resource, SettingsModel):
        raise ConfigError(
            where, "it takes none", "Make it a ConfigurableResource, with its settings as fields."
        )
    return overlaid(type(resource), resource, fields, where=where)
