"""The outputs of ops of one run, as later steps take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin
from weakref import WeakMethod

import msgspec

from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.invocations import FromInput, FromOutput
from assetbook.definitions.op_ports import OpInput, OpOutput
from assetbook.definitions.ports import InputPort
from assetbook.definitions.unfed_inputs import config_of_op
from assetbook.errors import ConfigError, SelectionError
from assetbook.events.run_events import StepOutput
from assetbook.execution.configured_input import made_of
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.held_form import AnyForm
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.io.built_in import input_manager_for, manager_for
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.keys import AssetKey
from assetbook.planning.op_steps import Element, FromAsset, FromStored, ListOf, StepSource
from assetbook.types.resolution import loaded_as


class HeldOutput(msgspec.Struct):
    """One output of a step, or one element of it."""

    step: str
    port: OpOutput
    record: StepOutput
    """As it is recorded, or until then without its place."""
    form: AnyForm | None = None
    """None if it has to be read from its file or by its I/O manager, and without a value."""
    asset: AssetKey | None = None
    """The asset whose version it is."""
    run_id: str = ""
    """The run that gave it; empty for this one."""
    partitions: AssetPartitions | None = None
    """The partition that the step was of; None for none."""

    @property
    def where(self) -> tuple[str, str, str | None]:
        """By what later steps find it."""
        return self.step, self.port.name, self.record.mapping_key


class OpValues:
    """What the ops of one run gave."""

    def __init__(
        self,
        environment: RunEnvironment,
        run_id: str,
        load_asset: Callable[[InputPort, Mapping[str, object]], object],
    ) -> None:
        """``load_asset`` is a method of those whose part this is."""
        self._environment = environment
        self._run_id = run_id
        # a cycle of the two would keep large tables until somebody collects garbage
        self._asset_loader = WeakMethod(load_asset)
        self._held: dict[tuple[str, str, str | None], HeldOutput] = {}

    @property
    def _loader(self) -> Callable[[InputPort, Mapping[str, object]], object]:
        found = self._asset_loader()
        assert found is not None, "values outlive what ops gave"
        return found

    def put(self, held: HeldOutput) -> None:
        """Takes an output that a step has just given; the next step may read it."""
        self._held[held.where] = held

    def of(self, step: str) -> list[HeldOutput]:
        """What a step gave, in order."""
        return [each for where, each in self._held.items() if where[0] == step]

    def held(self, source: StepSource) -> HeldOutput | None:
        """What a single source stands for, if a step of this or an earlier run gave it."""
        if isinstance(source, FromOutput):
            return self._held.get((source.node, source.output, None))
        if isinstance(source, Element):
            return self._held.get((source.node, source.output, source.mapping_key))
        if isinstance(source, FromStored):
            where = source.node, source.output, source.mapping_key
            found = self._environment.ops.stored.get(where)
            if found is None:  # in a worker process, which is sent what it takes
                return self._held.get(where)
            run_id, record = found
            own = self._environment.ops.partitions
            port = OpOutput(source.output)
            return HeldOutput(source.node, port, record, run_id=run_id, partitions=own)
        return None

    def load(
        self, path: str, source: StepSource, port: OpInput, resources: Mapping[str, Any]
    ) -> Any:
        """The value for an input of the op at ``path``, isolated from every other consumer's.

        Raises ConfigError where nothing gives it, SelectionError where it is not stored.
        """
        if isinstance(source, ListOf):
            return [self.load(path, each, item_of(port), resources) for each in source.sources]
        if isinstance(source, FromAsset):
            return self._of_asset(source, port, resources)
        if isinstance(source, FromInput):
            return self._of_job(source.name, path, port, resources)
        if isinstance(source, Unfed):
            return self._configured(source, path, port, resources)
        held = self.held(source)
        if held is not None:
            return self.value(held, port, resources)
        if isinstance(source, FromStored):
            return self._configured(source.configured, path, port, resources)
        raise SelectionError(f"the input `{port.name}` of `{path}`", "no step of this run gave it")

    def value(self, held: HeldOutput, port: OpInput, resources: Mapping[str, Any]) -> Any:
        """The value of an output, for an input."""
        if held.asset is not None:
            return self._of_asset(FromAsset(held.asset), port, resources)
        wanted = loaded_as(port.dagster_type)
        reference, name = held.record.value, held.port.io_manager_key
        own = None
        if port.manager_key is not None:
            own = input_manager_for(port.manager_key, resources)
        elif reference is not None and reference.kind == "custom":
            own = manager_for(reference.io_manager, resources)
        if own is not None:
            return own.load_input(self._context(held, port, resources))
        if held.form is not None:
            return held.form.hand_over(wanted)
        files = self._environment.op_files
        if reference is None or files is None:
            raise SelectionError(
                f"the output `{name}` of `{held.step}`", "it was kept in memory alone"
            )
        return files.open(reference).hand_over(wanted)

    def _of_asset(self, source: FromAsset, port: OpInput, resources: Mapping[str, Any]) -> Any:
        asset_port = InputPort(
            port.name,
            source.key,
            loaded_as(port.dagster_type),
            port.metadata,
            manager_key=port.manager_key,
            partitions=source.partitions,
            absent=source.absent,
        )
        return self._loader(asset_port, resources)

    def _of_job(self, name: str, path: str, port: OpInput, resources: Mapping[str, Any]) -> Any:
        given = self._environment.ops.inputs
        if name in given:
            return given[name]
        return self._configured(Unfed("", name), path, port, resources)

    def _configured(
        self, source: Unfed, path: str, port: OpInput, resources: Mapping[str, Any]
    ) -> Any:
        """A value of the run's configuration, or the default."""
        config = self._environment.ops.configs.get(source.path)
        if config is not None and source.input in config.inputs:
            return made_of(config.inputs[source.input], source, path, port, resources)
        if port.has_default:
            return port.default
        if port.manager_key is not None:
            manager = input_manager_for(port.manager_key, resources)
            return manager.load_input(self._unwritten(port, resources))
        raise ConfigError(
            f"the input `{source.input}` of `{source.path or path}`",
            "nothing gives it in this run",
            f"Give it as {config_of_op(source.path, 'inputs', source.input)}.",
        )

    def _context(
        self, held: HeldOutput, port: OpInput, resources: Mapping[str, Any]
    ) -> InputContext:
        """What a manager is told that loads an output."""
        run_id = held.run_id or self._run_id
        written = output_context(held, run_id, resources)
        return InputContext(
            name=port.name,
            metadata=port.metadata,
            upstream_metadata=held.record.metadata,
            upstream_output=written,
            partitions=held.partitions,
            python_type=loaded_as(port.dagster_type),
            run_id=run_id,
            resources=resources,
        )

    def _unwritten(self, port: OpInput, resources: Mapping[str, Any]) -> InputContext:
        return InputContext(
            name=port.name,
            metadata=port.metadata,
            partitions=self._environment.ops.partitions,
            python_type=loaded_as(port.dagster_type),
            run_id=self._run_id,
            resources=resources,
        )


def output_context(held: HeldOutput, run_id: str, resources: Mapping[str, Any]) -> OutputContext:
    """What a manager is told that stores, or has stored, an output."""
    key = held.record.mapping_key
    return OutputContext(
        name=held.port.name,
        step_key=held.step,
        mapping_key=key,
        partitions=held.partitions,
        run_id=run_id,
        definition_metadata=held.port.metadata,
        output_metadata=held.record.metadata,
        python_type=loaded_as(held.port.dagster_type),
        resources=resources,
    )


def item_of(port: OpInput) -> OpInput:
    """The input for one of the values of a list."""
    args = get_args(port.dagster_type)
    inner = args[0] if get_origin(port.dagster_type) is list and args else None
    return port._replace(dagster_type=inner)
