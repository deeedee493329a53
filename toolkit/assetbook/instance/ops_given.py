"""What a run gives to its ops: definitions, configuration, inputs; checked before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.invocations import FromInput
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_ports import OpInput
from assetbook.definitions.run_config import (
    NodeConfig,
    RunConfig,
    carried_out,
    job_configs,
    sections,
)
from assetbook.definitions.unfed_inputs import config_of_op
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import ConfigError, SelectionError, did_you_mean
from assetbook.execution.configured_input import refuse_unfit_input
from assetbook.execution.op_call import refuse_unfit_config
from assetbook.execution.op_values import item_of
from assetbook.execution.ops_of_run import NO_OPS, OpsOfRun, StoredOutputs
from assetbook.instance.graph_asset_config import configured_inputs, ops_of_graph
from assetbook.planning.op_steps import FromStored, ListOf, OneSource, singles_of
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
    _refuse_unknown_inputs(job, "input_values", inputs)
    _refuse_unknown_inputs(job, "the configured inputs", config.get("inputs") or ())
    ops = {path: flat.op for path, flat in job.ops.items()}
    given = OpsOfRun(
        job.name,
        ops,
        configs,
        inputs,
        tags={**job.run_tags, **(tags or {})},
        stored=stored or {},
    )
    _refuse_unfit(given, plan)
    return given


def job_config(job: JobDefinition, given: GivenConfig) -> dict[str, Any]:
    """The sections of a run's configuration: what is given, else the job's own.

    A job's config mapping is carried out; a PartitionedConfig says nothing of a run that is of no
    partition. Raises ConfigError for sections that there are not.
    """
    where = f"the configuration of the job `{job.name}`"
    if isinstance(job.config, ConfigMapping):
        whole = given.to_dict() if isinstance(given, RunConfig) else given
        found = carried_out(job.config, where, whole)
        found = found if "ops" in found else {"ops": found}
    elif isinstance(job.config, PartitionedConfig):
        found = sections(where, given)
    else:
        found = sections(where, job.config if given is None else given)
    return dict(found)


def ops_of_graphs(graph: AssetGraph, plan: Plan, config: Mapping[str, object]) -> OpsOfRun:
    """What a run of ``plan`` gives to the ops of the graphs that make its assets.

    The plan has the steps of ops; ``config`` is the run's, by definition's name. Raises ConfigError
    for a configuration that does not fit, and for an input that nothing gives.
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
    given = OpsOfRun(
        ops={path: op for run in runs for path, op in run.ops.items()},
        configs={path: node for run in runs for path, node in run.configs.items()},
    )
    _refuse_unfit(given, plan)
    return given


def _refuse_unknown_inputs(job: JobDefinition, what: str, inputs: Iterable[str]) -> None:
    names = [each.name for each in job.graph.inputs]
    for each in inputs:
        if each not in names:
            raise SelectionError(
                f"{what} of the job `{job.name}`",
                f"it has no input `{each}`",
                did_you_mean(each, names) or f"Its inputs are {', '.join(names) or 'none'}.",
            )


def _refuse_unfit(given: OpsOfRun, plan: Plan) -> None:
    """Raises ConfigError for configuration that does not fit, and for inputs without a value."""
    configured: set[str] = set()
    for step in plan:
        if step.op is None:
            continue
        path = step.op.path
        op = given.ops[path]
        if path not in configured:  # partitions and elements have the same
            configured.add(path)
            refuse_unfit_config(given, path, op)
            node = given.configs.get(path)
            configured_inputs(path, op, node.inputs if node is not None else {})
        for port in op.inputs:
            source = step.op.inputs[port.name]
            single = item_of(port) if isinstance(source, ListOf) else port
            for each in singles_of(source):
                _refuse_source(given, path, single, each)


def _refuse_source(given: OpsOfRun, path: str, port: OpInput, source: OneSource) -> None:
    unfed = _unfed(given, source)
    if unfed is None:
        return
    node = given.configs.get(unfed.path)
    if node is not None and unfed.input in node.inputs:
        refuse_unfit_input(unfed, path, port, node.inputs[unfed.input])
    elif not (port.has_default or port.is_nothing or port.manager_key is not None):
        raise _given_by_nothing(path, port, unfed, source)


def _unfed(given: OpsOfRun, source: OneSource) -> Unfed | None:
    """Where the configuration has to give the value; None where something else does."""
    if isinstance(source, FromInput):
        return None if source.name in given.inputs else Unfed("", source.name)
    if isinstance(source, FromStored):
        stored = (source.node, source.output, source.mapping_key) in given.stored
        return None if stored else source.configured
    return source if isinstance(source, Unfed) else None


def _given_by_nothing(path: str, port: OpInput, unfed: Unfed, source: OneSource) -> ConfigError:
    written = config_of_op(unfed.path, "inputs", unfed.input)
    return ConfigError(
        f"the input `{port.name}` of the op `{path}`",
        f"`{source.node}` does not run, and no earlier run is continued"
        if isinstance(source, FromStored)
        else "nothing gives it",
        f"Give it in the run's configuration, as {written}"
        + ("." if unfed.path else f", or as input_values={{{unfed.input!r}: ...}}."),
    )
