"""Calling one op's function: its inputs, the call, and its outputs in the form they are kept in.

This part needs nothing of the run but what it is given, so that it may happen in another process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin

import msgspec
from msgspec import structs

from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.ports import DEFAULT_IO_MANAGER, OutputPort
from assetbook.definitions.results import NO_VALUE
from assetbook.errors import ConfigError
from assetbook.events.parts import ValueRef
from assetbook.events.run_events import StepOutput
from assetbook.execution.asset_call import Keeper, Kept, observed, result_of
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.held_form import AnyForm, MemoryForm
from assetbook.execution.name_reads import SeenNames, observe_names
from assetbook.execution.notebook_keeping import keeping_of
from assetbook.execution.op_context import OpExecutionContext
from assetbook.execution.op_returned import OpProduced, op_produced
from assetbook.execution.op_values import HeldOutput, output_context
from assetbook.execution.ops_of_run import OpsOfRun
from assetbook.execution.partition_inputs import partitions_of
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.returned import Produced, Told
from assetbook.execution.type_checks import TypeChecker
from assetbook.execution.values import RunValues
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.io.built_in import built_in_form, manager_for
from assetbook.metadata.wired import wired_metadata
from assetbook.planning.op_steps import ListOf, OpStep
from assetbook.planning.steps import Step
from assetbook.types.resolution import Nothing, annotated_type


class OpCalled(msgspec.Struct):
    """What an op's function gave, and what it was seen to read."""

    outputs: list[HeldOutput]
    versions: list[Kept]
    """Those of its outputs that are versions of assets."""
    files: tuple[str, ...]
    """What it read of the world outside."""
    names: SeenNames
    told: list[Told]
    """What it told of assets that others make."""


def call_op(
    environment: RunEnvironment,
    run_id: str,
    step: Step,
    op: OpDefinition,
    values: RunValues,
    resources: ResourceScope,
    ports: Mapping[str, OutputPort],
) -> OpCalled:
    """Calls the function; its outputs are in their stored form, or with a manager of one's own.

    ``ports`` are the assets that its outputs are, by output. Whatever the function raises passes.
    """
    call = _Call(environment, run_id, step, op, values, resources)
    arguments = call.arguments()
    with observed(environment) as seen, observe_names() as names:
        returned = result_of(op.compute(**arguments))
        produced, told = call.checked_all(op_produced(op, step.name, returned))
    outputs: list[HeldOutput] = []
    versions: list[Kept] = []
    for each in produced:
        port = ports.get(each.port.name)
        if port is None:
            outputs.append(call.kept(each))
        else:
            outputs.append(_of_asset(step, each))
            versions.append(call.version(each, port))
    return OpCalled(outputs, versions, seen.names, names, told)


class _Call:
    """One call of an op's function."""

    def __init__(
        self,
        environment: RunEnvironment,
        run_id: str,
        step: Step,
        op: OpDefinition,
        values: RunValues,
        resources: ResourceScope,
    ) -> None:
        assert step.op is not None
        self._environment = environment
        self._run_id = run_id
        self._step = step
        self._plan: OpStep = step.op
        self._op = op
        self._values = values
        self._resources = resources
        self._checker = TypeChecker(op, resources, run_id)
        self._context: OpExecutionContext | None = None

    @property
    def logged(self) -> tuple[Told, ...]:
        """What was told by the context's ``log_event``."""
        return self._context.told if self._context is not None else ()

    def arguments(self) -> dict[str, object]:
        """What the function is called with."""
        op = self._op
        found = {
            port.name: self._input(port)
            for port in op.inputs
            if port.name not in self._plan.nothing
        }
        given: dict[str, object] = {}
        for name, _ in op.resource_names:
            given[name] = found[name] = self._resource(name)
        unread = refuse_unfit_config(self._environment.ops, self._plan.path, op)
        config, variables = _read_config(unread, self._plan.path, op)
        if op.config_type is not None:
            found["config"] = config
        if op.context_name is not None:
            given |= {name: self._resource(name) for name in op.required_resource_keys}
            found[op.context_name] = self._context = OpExecutionContext(
                op=op,
                step_key=self._step.name,
                run_id=self._run_id,
                job_name=self._environment.ops.job_name,
                mapping_key=self._plan.mapping_key,
                retry_number=self._step.retry,
                resources=given,
                config=config,
                run_tags=self._environment.ops.tags,
                partitions=self._partitions,
                notebook=keeping_of(self._environment, self._run_id, self._step, variables),
            )
        return found

    @property
    def _partitions(self) -> AssetPartitions | None:
        """Of the job, or of the asset that the op's graph makes."""
        own = self._environment.ops.partitions
        return own or partitions_of(self._environment.graph, self._plan.part_of)

    def _resource(self, name: str) -> object:
        return self._resources.get(name, self._op.resources, f"the op `{self._plan.path}`")

    def _input(self, port: Any) -> object:
        source = self._plan.inputs[port.name]
        value = self._values.ops.load(self._plan.path, source, port, self._resources.ready)
        wanted = annotated_type(port.dagster_type)
        listed = isinstance(source, ListOf) and get_origin(port.dagster_type) is not list
        if wanted is not None and not (listed and not _takes_lists(port.dagster_type)):
            asked = f"the input `{port.name}` of the op `{self._step.name}`"
            remedy = "Give another value, or change the input's type."
            self._checker.check(wanted, value, asked, remedy)
        return value

    def checked_all(
        self, items: Iterable[OpProduced | Told]
    ) -> tuple[list[OpProduced], list[Told]]:
        """The outputs, each checked as it comes, and what is told beside them."""
        produced: list[OpProduced] = []
        told: list[Told] = []
        for each in items:
            if isinstance(each, OpProduced):
                produced.append(self.checked(each))
            else:
                told.append(each)
        return produced, [*told, *(self._context.told if self._context is not None else ())]

    def checked(self, produced: OpProduced) -> OpProduced:
        """The output, with the metadata that the check of its type found."""
        wanted = annotated_type(produced.port.dagster_type)
        if wanted is None:
            return produced
        asked = f"the output `{produced.port.name}` of the op `{self._step.name}`"
        remedy = "Give another value, or change the type."
        found = self._checker.check(wanted, produced.value, asked, remedy)
        if not found:
            return produced
        return structs.replace(produced, metadata={**found, **produced.metadata})

    def kept(self, produced: OpProduced) -> HeldOutput:
        """The output as later steps take it; a manager of one's own stores it here and now."""
        metadata = self._metadata(produced)
        record = StepOutput(
            name=produced.port.name,
            mapping_key=produced.mapping_key,
            metadata=wired_metadata(metadata) if metadata else {},
        )
        held = HeldOutput(self._step.name, produced.port, record, partitions=self._partitions)
        if produced.port.dagster_type is Nothing:
            return held
        name = produced.port.io_manager_key
        manager = manager_for(name, self._resources.ready)
        if manager is not None:
            context = output_context(held, self._run_id, self._resources.ready)
            manager.handle_output(context, produced.value)
            reference = ValueRef(io_manager=name, kind="custom", versioned=False)
            more = wired_metadata(context.output_metadata)
            held.record = structs.replace(record, value=reference, metadata=more)
            return held
        held.form = self._form(produced)
        return held

    def _form(self, produced: OpProduced) -> AnyForm:
        if self._environment.op_files is None:
            return MemoryForm(produced.value)
        asked = f"the output `{produced.port.name}` of the op `{self._step.name}`"
        return built_in_form(produced.port.io_manager_key, produced.value, asked=asked)

    def version(self, produced: OpProduced, port: OutputPort) -> Kept:
        """The output as the new version of an asset."""
        if port.io_manager_key == DEFAULT_IO_MANAGER:
            port = port._replace(io_manager_key=produced.port.io_manager_key)
        nothing = produced.port.dagster_type is Nothing or produced.value is None
        value = NO_VALUE if nothing else produced.value
        given = Produced(
            port,
            value,
            self._metadata(produced),
            produced.data_version,
            produced.tags,
            self._plan.materializes[produced.port.name].partition,
        )
        keeper = Keeper(self._environment, self._run_id, self._step, None, self._resources.ready)
        return keeper.kept(given)

    def _metadata(self, produced: OpProduced) -> dict[str, Any]:
        added: dict[str, Any] = {}
        if self._context is not None:
            added = self._context.metadata_of(produced.port.name, produced.mapping_key)
        return {**added, **produced.metadata}


def _of_asset(step: Step, produced: OpProduced) -> HeldOutput:
    """The output for later steps of its graph, which take it as the asset's version."""
    assert step.op is not None
    record = StepOutput(name=produced.port.name)
    made = step.op.materializes[produced.port.name]
    return HeldOutput(step.name, produced.port, record, asset=made)


def _takes_lists(annotation: object) -> bool:
    """Whether a union of types has a list among them."""
    return any(get_origin(each) is list or each is list for each in get_args(annotation))


def op_config(environment: RunEnvironment, path: str, op: OpDefinition) -> Any:
    """The configuration of the op at ``path`` in this run, as its function gets it."""
    return _read_config(refuse_unfit_config(environment.ops, path, op), path, op)[0]


def _read_config(unread: Any, path: str, op: OpDefinition) -> tuple[Any, dict[str, str]]:
    """The configuration with its environment variables read, and the names of these by field.

    What is given to an op without a Config class, as it is given; None for nothing.
    """
    if op.config_type is None:
        return unread, {}
    from assetbook.definitions.config import resolve_config, variables_in

    return resolve_config(unread, where=f"the config of `{path}`"), variables_in(unread)


def refuse_unfit_config(run: OpsOfRun, path: str, op: OpDefinition) -> Any:
    """The configuration of the op at ``path`` in this run, the run's over the author's or defaults,
    before environment variables are read; raises ConfigError for what does not fit."""
    node = run.configs.get(path)
    given = node.config if node is not None else None
    if op.config_type is None:
        if given is not None and op.context_name is None:
            raise ConfigError(
                f"the config of `{path}`",
                "the op takes neither `config` nor `context`",
                "Give its function a parameter `config`, annotated with a Config class.",
            )
        return given
    from assetbook.definitions.overlay import overlaid

    own: Any = op.config
    kind: Any = op.config_type
    return overlaid(kind, own, given, where=f"the config of `{path}`")
