"""Calling one asset's function: its inputs, the call, and its values in the form they are kept in.

This part needs nothing of the run but what it is given, so that it may happen in another process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import AsyncGeneratorType, CoroutineType
from typing import Any

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.ports import OutputPort
from assetbook.definitions.resource_parameter import IN_CONTEXT
from assetbook.definitions.results import NO_VALUE, AssetCheckResult
from assetbook.events.parts import ValueRef
from assetbook.execution.context import AssetExecutionContext
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.file_reads import SeenReads, observe_reads
from assetbook.execution.held_form import AnyForm, MemoryForm
from assetbook.execution.name_reads import SeenNames, observe_names
from assetbook.execution.notebook_keeping import keeping_of
from assetbook.execution.partition_inputs import (
    partitions_by_input,
    partitions_of,
    ports_of,
)
from assetbook.execution.partition_outputs import by_partition
from assetbook.execution.recorded_runs import StoredRuns
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.returned import Produced, Told, produced_by
from assetbook.execution.type_checks import TypeChecker
from assetbook.execution.values import RunValues
from assetbook.execution.written_at_once import AtOnce, AtOnceWriter
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.built_in import built_in_form, manager_for
from assetbook.io.contexts import OutputContext
from assetbook.keys import AssetKey
from assetbook.planning.steps import Step


class Kept(msgspec.Struct):
    """One output as it is kept: a form that is to be written, or where it is already."""

    port: OutputPort
    reference: ValueRef | None
    """None if the value is not written yet, and for an asset without one."""
    form: AnyForm | None
    """What consumers get from memory; None without any."""
    data_version: str
    """Empty if it is not known yet."""
    authored: bool
    metadata: Mapping[str, Any]
    tags: Mapping[str, str]
    key: AssetKey
    """What it is a version of: the asset, or one partition of it."""


class Called(msgspec.Struct):
    """What an asset's function gave, and what it was seen to read."""

    kept: list[Kept]
    checks: list[AssetCheckResult]
    files: tuple[str, ...]
    """What it read of the world outside."""
    names: SeenNames
    told: list[Told] = []
    """What it told of assets that others make."""


def call_asset(
    environment: RunEnvironment,
    run_id: str,
    step: Step,
    definition: AssetsDefinition,
    values: RunValues,
    resources: ResourceScope,
    timing: Timing,
    code_version: str | None,
) -> Called:
    """Calls the function; its values are in their stored form, and written only where that cannot
    wait. Whatever the function raises passes through."""
    checker = TypeChecker(definition, resources, run_id)
    context, arguments = _arguments(
        environment, run_id, step, definition, values, resources, checker, code_version
    )
    available = resources.ready
    with observed(environment) as seen, observe_names() as named:
        returned = result_of(definition.compute(**arguments))
        given, results, told = produced_by(definition, step.assets, returned)
        given = by_partition(step, given, definition.backfill_policy)
        at_once = AtOnceWriter(environment, run_id, available, seen, timing, step.retry + 1)
        produced = [
            at_once.kept(each)
            if each.port.dagster_type is None
            else checker.output(each, at_once.kept(each), returned)
            for each in given
        ]
    keeper = Keeper(environment, run_id, step, context, available)
    told += context.told if context is not None else ()
    kept = [keeper.kept(each) for each in produced]
    return Called(kept, results, seen.names, named, told)


def _arguments(
    environment: RunEnvironment,
    run_id: str,
    step: Step,
    definition: AssetsDefinition,
    values: RunValues,
    resources: ResourceScope,
    checker: TypeChecker,
    code_version: str | None,
) -> tuple[AssetExecutionContext | None, dict[str, object]]:
    available = resources.ready
    arguments: dict[str, object] = {}
    for port in ports_of(environment.graph, step):
        value = arguments[port.name] = values.load(port, available)
        if port.dagster_type is not None:
            checker.input(port, value)
    if definition.can_subset:
        for port in definition.inputs:  # those that no selected output needs
            if not port.optional:
                arguments.setdefault(port.name, None)
    given: dict[str, object] = {}
    for name, annotation in definition.resource_names:
        given[name] = resources.get(name, definition.resources, definition.name)
        if annotation is not IN_CONTEXT:
            arguments[name] = given[name]
    config = None
    variables: Mapping[str, str] = {}
    if definition.config_type is not None:
        config, variables = config_for(environment, definition)
        arguments["config"] = config
    context = None
    if definition.context_name is not None:
        context = AssetExecutionContext(
            run_id=run_id,
            job_name=environment.job_name,
            definition=definition,
            selected=step.assets,
            partitions=partitions_of(environment.graph, step.keys),
            partitions_read=partitions_by_input(environment.graph, step),
            resources=given,
            config=config,
            code_version=code_version,
            recorded=environment.recorded,
            retry_number=step.retry,
            notebook=keeping_of(environment, run_id, step, variables),
        )
        arguments[definition.context_name] = context
    return context, arguments


def config_for(environment: RunEnvironment, definition: Any) -> tuple[Any, dict[str, str]]:
    """The configuration of a definition in this run, the run's over the author's or defaults, and
    the names of the environment variables that it was given, by field."""
    from assetbook.definitions.config import resolve_config, variables_in
    from assetbook.definitions.overlay import overlaid

    given = environment.config.get(definition.name)
    own = getattr(definition, "config", None)
    where = f"the config of `{definition.name}`"
    unread = overlaid(definition.config_type, own, given, where=where)
    return resolve_config(unread, where=where), variables_in(unread)


@contextmanager
def observed(environment: RunEnvironment) -> Iterator[SeenReads]:
    """Watches what the author's code reads of the world outside."""
    if environment.unwatched is None:
        yield SeenReads(())
        return
    with observe_reads(environment.unwatched) as seen:
        yield seen


def result_of(returned: object) -> object:
    """What a function returned; a coroutine is run to its end, and an async generator to the last
    of what it yields."""
    if not isinstance(returned, CoroutineType | AsyncGeneratorType):
        return returned
    from assetbook.execution.awaiting import gathered, run_coroutine  # asyncio takes a while

    if isinstance(returned, CoroutineType):
        return run_coroutine(returned)
    return (each for each in run_coroutine(gathered(returned)))


class Keeper(msgspec.Struct, frozen=True):
    """Brings what one step produced into the form in which it is kept."""

    environment: RunEnvironment
    run_id: str
    step: Step
    context: AssetExecutionContext | None
    resources: Mapping[str, object]

    def kept(self, produced: Produced) -> Kept:
        """One output; a user's own I/O manager stores it here and now."""
        metadata: dict[str, Any] = {}
        reference, form, told = self._form(produced, metadata)
        if self.context is not None:
            metadata.update(self.context.metadata_of(produced.port.name))
        metadata.update(produced.metadata)
        authored = produced.data_version
        return Kept(
            produced.port,
            reference,
            form,
            (authored.value if authored is not None else "") or told,
            authored is not None,
            metadata,
            produced.tags,
            produced.key,
        )

    def _form(
        self, produced: Produced, metadata: dict[str, Any]
    ) -> tuple[ValueRef | None, AnyForm | None, str]:
        """Where the value is, the form that consumers get, and the data version, where known."""
        key = produced.key
        if produced.value is NO_VALUE:
            return None, None, ""
        if isinstance(produced.value, AtOnce):
            metadata.update(produced.value.metadata)
            return produced.value.reference, produced.value.form, produced.value.data_version
        if self.environment.values is None:
            return None, MemoryForm(_whole(produced.value)), ""
        name = produced.port.io_manager_key
        manager = manager_for(name, self.resources)
        if manager is None:
            form = built_in_form(name, produced.value, asked=f"the value of `{key}`")
            metadata.update(form.describe())
            return None, form, ""
        context = OutputContext(
            name=produced.port.name,
            step_key=self.step.name,
            asset_key=key.asset,
            partitions=partitions_of(self.environment.graph, [key]),
            run_id=self.run_id,
            definition_metadata=produced.port.spec.metadata,
            resources=self.resources,
            recorded=StoredRuns.of(self.environment.store, key),
        )
        streams = getattr(manager, "takes_streams", False)
        manager.handle_output(context, produced.value if streams else _whole(produced.value))
        metadata.update(context.output_metadata)
        versioned = bool(getattr(manager, "versioned", False))
        reference = ValueRef(io_manager=name, kind="custom", versioned=versioned)
        return reference, None, context.data_version


def _whole(value: object) -> object:
    """The value; rows that can be read but once, as a table."""
    return value.read_all() if isinstance(value, ArrowStream) else value
