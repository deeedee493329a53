"""The definition of a job: a graph with all that a run of it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, NoReturn, TypeAlias

from assetbook.definitions.config_by_partition import PartitionedConfig, partitions_of_job
from assetbook.definitions.flat_graph import FlatOp, flatten
from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.hooks import HookDefinition, checked_hooks
from assetbook.definitions.labels import validate_name, validate_owner, validate_tags
from assetbook.definitions.logger_definition import LoggerDefinition, only_loggers
from assetbook.definitions.op_selection import selected_ops
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.place import Place, note_made
from assetbook.definitions.retries import RetryPolicy, checked_policy
from assetbook.definitions.run_config import RunConfig, job_configs, sections
from assetbook.definitions.spec import Frozen
from assetbook.definitions.unfed_inputs import refuse_unfed
from assetbook.errors import DefinitionError, did_you_mean

GivenJobConfig: TypeAlias = ConfigMapping | PartitionedConfig | RunConfig | Mapping[str, Any] | None


class JobDefinition(Frozen):
    """What ``@job`` and ``graph.to_job`` make: ops to run together, under a name."""

    __slots__ = (
        "__weakref__",
        "config",
        "description",
        "executor_def",
        "graph",
        "hooks",
        "input_values",
        "logger_defs",
        "metadata",
        "name",
        "op_retry_policy",
        "op_selection",
        "ops",
        "owners",
        "partitions_def",
        "place",
        "resource_defs",
        "run_tags",
        "tags",
    )

    name: str
    graph: GraphBody
    ops: Mapping[str, FlatOp]
    """Its ops by path, each after what it needs."""
    description: str | None
    resource_defs: Mapping[str, object]
    """Resources of this job alone, by the names under which ops ask for them."""
    config: GivenJobConfig
    """Of a run that is given none; by its partition; or how a run's configuration becomes that of
    the ops."""
    tags: Mapping[str, str]
    run_tags: Mapping[str, str]
    """The tags of its runs: ``tags``, unless others were given."""
    metadata: Mapping[str, Any]
    logger_defs: Mapping[str, LoggerDefinition]
    executor_def: object | None
    hooks: frozenset[HookDefinition]
    op_retry_policy: RetryPolicy | None
    """For ops that have none of their own."""
    op_selection: tuple[str, ...]
    """The ops that it is limited to; empty for all."""
    input_values: Mapping[str, Any]
    """Values for inputs of its graph, by name."""
    owners: tuple[str, ...]
    partitions_def: PartitionsDefinition | None
    """What its runs are divided by, each being of one partition; None for nothing."""
    place: Place

    def __init__(
        self,
        name: str,
        graph: GraphBody,
        place: Place,
        *,
        description: str | None = None,
        resource_defs: Mapping[str, object] | None = None,
        config: GivenJobConfig = None,
        tags: Mapping[str, str] | None = None,
        run_tags: Mapping[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        logger_defs: Mapping[str, object] | None = None,
        executor_def: object | None = None,
        hooks: Iterable[HookDefinition] | None = None,
        op_retry_policy: RetryPolicy | None = None,
        op_selection: str | Sequence[str] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        input_values: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "name", validate_name(name, "a job"))
        put(self, "graph", graph)
        put(self, "place", place)
        put(self, "description", description)
        put(self, "resource_defs", MappingProxyType(dict(resource_defs or {})))
        put(self, "config", config)
        put(self, "tags", MappingProxyType(validate_tags(tags or {})))
        run = self.tags if run_tags is None else MappingProxyType(validate_tags(run_tags))
        put(self, "run_tags", run)
        put(self, "metadata", MappingProxyType(dict(metadata or {})))
        put(self, "logger_defs", MappingProxyType(only_loggers(f"the job `{name}`", logger_defs)))
        put(self, "executor_def", executor_def)
        put(self, "hooks", checked_hooks(f"the job `{name}`", hooks or ()))
        put(self, "op_retry_policy", checked_policy(f"the job `{name}`", op_retry_policy))
        clauses = (op_selection,) if isinstance(op_selection, str) else op_selection
        put(self, "op_selection", tuple(clauses or ()))
        put(self, "input_values", MappingProxyType(dict(input_values or {})))
        put(self, "owners", tuple(validate_owner(each) for each in owners or ()))
        put(self, "partitions_def", partitions_of_job(name, partitions_def, config))
        put(self, "ops", MappingProxyType(flatten(graph)))
        selected_ops(graph, self.ops, self.op_selection)  # raises for what names no op
        _check_inputs(self)
        _check_config(self)
        note_made(self)

    @property
    def compute(self) -> Callable[..., Any]:
        """The author's function that is the body of its graph."""
        return self.graph.compute

    def execute_in_process(self, run_config: Any = None, **options: Any) -> Any:
        """How a run of it ended, with what its ops gave; it runs on this thread.

        ``run_config``, ``instance`` (None records nothing), ``resources``, ``raise_on_error``,
        ``op_selection``, ``input_values``, ``tags`` and ``partition_key`` are as in Dagster; values
        stay in memory. Raises what the first op that failed raised, unless
        ``raise_on_error=False``.
        """
        __tracebackhide__ = True
        # what runs jobs lies above what defines them
        module = import_module("assetbook.instance.in_process")
        return module.execute_in_process(self, run_config, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises DefinitionError: a job is launched, not called."""
        raise DefinitionError(
            f"calling the job `{self.name}`",
            "a job is no function, and no part of a graph",
            "Launch it; or make it a @graph to use it inside another.",
        )

    def __repr__(self) -> str:
        return f"<job {self.name}: {len(self.ops)} ops>"

    def __reduce__(self) -> Any:
        raise TypeError(f"the definition {self.name} cannot be pickled: send its notebook instead")


def _check_inputs(job: JobDefinition) -> None:
    """Raises DefinitionError for values of no input, and for inputs that nothing can give."""
    names = [each.name for each in job.graph.inputs]
    for each in job.input_values:
        if each not in names:
            raise DefinitionError(
                f"input_values of the job `{job.name}`",
                f"it has no input `{each}`",
                did_you_mean(each, names) or f"Its inputs are {', '.join(names) or 'none'}.",
            )
    refuse_unfed(job.ops, f"the job `{job.name}`")


def _check_config(job: JobDefinition) -> None:
    """Raises ConfigError for a default configuration that names no op of the job."""
    if not isinstance(job.config, ConfigMapping | PartitionedConfig | None):
        where = f"config= of the job `{job.name}`"
        found = sections(where, job.config)
        job_configs(job.graph, where, found.get("ops"))
