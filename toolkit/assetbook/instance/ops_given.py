"""What a run gives to its ops: definitions, configuration, inputs; checked before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assetbook.definitions.flat_graph import FlatOp, Unfed
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.invocations import FromInput
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.run_config import (
    NodeConfig,
    RunConfig,
    carried_out,
    job_configs,
    sections,
)
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import ConfigError, SelectionError, did_you_mean
from assetbook.execution.op_call import refuse_unfit_config
from assetbook.execution.ops_of_run import NO_OPS, OpsOfRun, StoredOutputs
from assetbook.execution.resource_scope import check_resources
from assetbook.instance.graph_asset_config import ops_of_graph
from assetbook.planning.op_steps import FromStored, singles_of
from assetbook.planning.steps import Plan

GivenConfig = RunConfig | Mapping[str, Any] | None


def ops_of_job(
    job: JobDefinition,
    plan: Plan,
    config: Mapping[str, Any],
    *,
    input_values: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    stored: StoredOutputs | None = None,
) -> OpsOfRun:
    """What a run of ``plan`` gives to the ops of ``job``; ``config`` is as ``job_config`` gives it.

    Raises ConfigError for a configuration that does not fit, and for an input that nothing gives;
    SelectionError for values of inputs that the job does not have.
    """
    where = f"the configuration of the job `{job.name}`"
    configs = job_configs(job.graph, where, config.get("ops"))
    if config.get("inputs"):
        configs[""] = NodeConfig("", None, config["inputs"])
    inputs = {**job.input_values, **(input_values or {})}
    _refuse_unknown_inputs(job, inputs)
    ops = {path: flat.op for path, flat in job.ops.items()}
    given = OpsOfRun(
        job.name,
        ops,
        configs,
        inputs,
        tags={**job.run_tags, **(tags or {})},
        stored=stored or {},
    )
    _refuse_unfit(job.ops, given, plan)
    return given


def job_config(job: JobDefinition, given: GivenConfig) -> dict[str, Any]:
    """The sections of a run's configuration: what is given, else the job's own.

    A job's config mapping is carried out. Raises ConfigError for sections that there are not.
    """
    where = f"the configuration of the job `{job.name}`"
    if isinstance(job.config, ConfigMapping):
        whole = given.to_dict() if isinstance(given, RunConfig) else given
        found = carried_out(job.config, where, whole)
        found = found if "ops" in found else {"ops": found}
    else:
        found = sections(where, job.config if given is None else given)
    return dict(found)


def ops_of_graphs(graph: AssetGraph, plan: Plan, config: Mapping[str, object]) -> OpsOfRun:
    """What a run of ``plan`` gives to the ops of the graphs that make its assets.

    ``config`` is the run's, by definition's name.
    """
    keys = dict.fromkeys(key for step in plan for key in step.keys if step.kind != "check")
    makers = {graph.makers[key].name: graph.makers[key] for key in keys if key in graph.makers}
    runs = [
        ops_of_graph(maker, config.get(name))
        for name, maker in makers.items()
        if maker.graph is not None
    ]
    if not runs:
        return NO_OPS
    return OpsOfRun(
        ops={path: op for run in runs for path, op in run.ops.items()},
        configs={path: node for run in runs for path, node in run.configs.items()},
        makers={path: key for run in runs for path, key in run.makers.items()},
    )


def refuse_missing_resources(
    ops: Mapping[str, OpDefinition], paths: Iterable[str], given: Mapping[str, object]
) -> None:
    """Raises one ConfigError that names every resource that ops ask for and that is not given."""
    names: dict[str, str] = {}
    for path in paths:
        op = ops[path]
        asked = [*(name for name, _ in op.resource_names), *op.required_resource_keys]
        names |= {name: f"the op `{path}`" for name in asked if name not in op.resources}
    check_resources(names, given)


def _refuse_unknown_inputs(job: JobDefinition, inputs: Mapping[str, Any]) -> None:
    names = [each.name for each in job.graph.inputs]
    for each in inputs:
        if each not in names:
            raise SelectionError(
                f"input_values of the job `{job.name}`",
                f"it has no input `{each}`",
                did_you_mean(each, names) or f"Its inputs are {', '.join(names) or 'none'}.",
            )


def _refuse_unfit(flat: Mapping[str, FlatOp], given: OpsOfRun, plan: Plan) -> None:
    """Raises ConfigError for configuration that does not fit, and for inputs without a value."""
    for step in plan:
        assert step.op is not None
        op = flat[step.op.path].op
        refuse_unfit_config(given, step.op.path, op)
        node = given.configs.get(step.op.path)
        names = [port.name for port in op.inputs]
        for name in node.inputs if node is not None else ():
            if name not in names:
                raise ConfigError(
                    f"the inputs of the op `{step.op.path}`",
                    f"it has no input `{name}`",
                    did_you_mean(name, names) or f"Its inputs are {', '.join(names) or 'none'}.",
                )
        for port in op.inputs:
            if port.has_default or port.is_nothing or port.manager_key is not None:
                continue
            for source in singles_of(step.op.inputs[port.name]):
                _refuse_unfed(given, step.op.path, port.name, source)


def _refuse_unfed(given: OpsOfRun, path: str, name: str, source: object) -> None:
    if isinstance(source, FromInput):
        if source.name in given.inputs:
            return
        source = Unfed("", source.name)
    if isinstance(source, FromStored):
        if (source.node, source.output, source.mapping_key) in given.stored:
            return
        found = f"`{source.node}` does not run, and no earlier run is continued"
        source = source.configured
    else:
        found = "nothing gives it"
    if not isinstance(source, Unfed):
        return
    node = given.configs.get(source.path)
    if node is None or source.input not in node.inputs:
        where = f"`{source.path}`, below `inputs`" if source.path else "`inputs`"
        raise ConfigError(
            f"the input `{name}` of the op `{path}`",
            found,
            f"Give `{source.input}` in the configuration of {where}"
            + ("." if source.path else ", or in input_values=."),
        )
