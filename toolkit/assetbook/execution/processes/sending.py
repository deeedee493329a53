"""What goes to a worker: a run's setup, a step's request."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec import structs

from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.invocations import FromInput
from assetbook.definitions.op_ports import OpOutput
from assetbook.definitions.ports import InputPort
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import Recorded
from assetbook.errors import AssetbookError, DefinitionError
from assetbook.execution.asset_step import AssetStep
from assetbook.execution.check_step import CheckStep
from assetbook.execution.failure import cell_names_known
from assetbook.execution.observation_step import ObservationStep
from assetbook.execution.op_step import BegunOp
from assetbook.execution.partition_inputs import partitions_of
from assetbook.execution.processes.messages import (
    OpRequest,
    RunSetup,
    SharedInput,
    StepRequest,
    Version,
)
from assetbook.execution.processes.pickling import to_bytes
from assetbook.execution.run_loggers import RunLoggers
from assetbook.execution.step_runner import Begun, StepRunner
from assetbook.io.shared_table import SharedTable
from assetbook.keys import AssetKey
from assetbook.planning.op_steps import FromAsset, FromStored, singles_of
from assetbook.planning.steps import Step, names_read

_SET_UP_THERE = (
    "Make it a ConfigurableResource, which each process sets up for itself, or run "
    "with threads: --executor threads."
)


def setup_of(runner: StepRunner) -> RunSetup:
    """What all steps of the run have in common, as it is now."""
    environment = runner.environment
    assert environment.values is not None, "a run in memory has no workers"
    resources, unsendable = _pickled(environment.resources)
    return RunSetup(
        runner.run_id,
        environment.values,
        environment.op_files,
        environment.others,
        tuple(map(str, environment.unwatched or ())),
        resources,
        unsendable,
        to_bytes(dict(environment.config)),
        _loggers(environment.loggers),
        environment.force,
        dict(os.environ),
        str(Path.cwd()),
        tuple(sys.path),
        environment.job_name,
        cell_names_known(environment.where),
        environment.notebook_files,
        environment.reexecution,
    )


def _loggers(loggers: RunLoggers) -> bytes:
    try:
        return to_bytes(loggers)
    except Exception as error:  # noqa: BLE001 - any object of the author's: told
        raise DefinitionError(
            "the loggers of this run",
            f"one cannot be sent to another process: {said_of(error)}",
            "Make what it needs inside its function, or run with threads: --executor threads.",
        ) from None


def _pickled(
    resources: Mapping[str, object],
) -> tuple[dict[str, bytes], dict[str, tuple[str, str]]]:
    pickled: dict[str, bytes] = {}
    unsendable: dict[str, tuple[str, str]] = {}
    for name, resource in resources.items():
        try:
            pickled[name] = to_bytes(resource)
        except Exception as error:  # noqa: BLE001 - any object; said if a step asks for it
            remedy = error.remedy if isinstance(error, AssetbookError) else _SET_UP_THERE
            unsendable[name] = said_of(error), remedy
    return pickled, unsendable


def ports_read(graph: AssetGraph, step: Step) -> Mapping[AssetKey, tuple[InputPort, ...]]:
    """What a step reads, by the asset that it makes or checks."""
    if step.check is None:
        return {each: tuple(graph.inputs.get(each, ())) for each in step.keys}
    key = step.check.asset_key
    return {key: next(node.inputs for node in graph.check_nodes(key) if node.key == step.check)}


def waits_for(runner: StepRunner, step: Step, *, shares: bool) -> Collection[str]:
    """The steps of this run that made what ``step`` reads, and that must be committed first.

    ``shares`` reads tables in shared memory from there.
    """
    if step.op is not None:
        return names_read(step)
    ports = ports_read(runner.environment.graph, step).values()
    keys = (key for each in ports for port in each for key in port.keys)
    read = [runner.values.made_here(key) for key in keys]
    return [
        held.event.step
        for held in read
        if held is not None
        and held.event.step
        and not (shares and isinstance(held.form, SharedTable))
    ]


def request_for(
    runner: StepRunner, begun: Begun, data: bytes, room: int | None
) -> tuple[StepRequest, tuple[int, ...]]:
    """The request for a step whose definition has these bytes, and the descriptors that go along.

    ``room`` is how many bytes of memory the tables that it makes may take; None shares none with
    it. Raises SelectionError and CheckFailedError for inputs that cannot be read.
    """
    graph = runner.environment.graph
    if isinstance(begun, BegunOp):
        return _op_request(runner, begun, data), ()
    inputs = ports_read(graph, begun.step)
    tables: dict[AssetKey, SharedTable] = {}
    versions: dict[Any, Version] = {}
    for port in (port for ports in inputs.values() for port in ports):
        checking = isinstance(begun, CheckStep) and port.key.asset in begun.definition.asset_keys
        for key in port.keys:
            held = runner.values.read_of(key, port, checking=checking)
            versions[key] = Version(held.event, held.number, held.store)
            if room is not None and isinstance(held.form, SharedTable):
                tables[key] = held.form
    told_of = versions.keys() | {each for each in begun.step.keys if each.partition is not None}
    return StepRequest(
        begun.step,
        _digest(data),
        data,
        inputs,
        versions,
        {each: graph.specs[each] for each in told_of if each in graph.specs},
        begun.step.check,
        *_told_of(runner, begun),
        shared=tuple(SharedInput(key, form.kind) for key, form in tables.items()),
        room=room,
    ), tuple(form.descriptor for form in tables.values())


def _version(runner: StepRunner, port: InputPort, *, checking: bool = False) -> Version:
    held = runner.values.read_by(port, checking=checking)
    return Version(held.event, held.number, held.store)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def _op_request(runner: StepRunner, begun: BegunOp, data: bytes) -> StepRequest:
    """The request for an op: of the values that it takes only their places travel."""
    step, environment = begun.step, runner.environment
    assert step.op is not None
    sources = [each for source in step.op.inputs.values() for each in singles_of(source)]
    outputs, keys = (
        [],
        {key for each in sources if isinstance(each, FromAsset) for key in each.keys},
    )
    for source in sources:
        held = runner.values.ops.held(source)
        if held is not None and held.asset is not None:
            keys.add(held.asset)
        if held is not None:
            outputs.append(structs.replace(held, form=None, port=without_type(held.port)))
    versions = {key: _version(runner, InputPort(key.parts[-1], key)) for key in keys}
    paths = [step.op.path, *(each.path for each in sources if isinstance(each, Unfed))]
    paths += [each.configured.path for each in sources if isinstance(each, FromStored)]
    inputs = [each.name for each in sources if isinstance(each, FromInput)]
    run = environment.ops
    told = structs.replace(
        run,
        ops={},
        partitions=run.partitions or partitions_of(environment.graph, step.op.part_of),
        stored={},
        configs={each: run.configs[each] for each in ("", *paths) if each in run.configs},
        inputs={each: run.inputs[each] for each in inputs if each in run.inputs},
    )
    # hooks are called here, and the definition knows its outputs
    bare = replace(step, op=replace(step.op, hooks=frozenset(), outputs=(), retry_policy=None))
    return StepRequest(
        bare,
        _digest(data),
        data,
        {},
        versions,
        {
            each: environment.graph.specs[each]
            for each in versions
            if each in environment.graph.specs
        },
        op=OpRequest(told, tuple(outputs), begun.ports),
    )


def without_type(port: OpOutput) -> OpOutput:
    """The output of another op as far as a manager is told of it: its type may not travel."""
    return port._replace(dagster_type=None)


def _told_of(
    runner: StepRunner, begun: AssetStep | CheckStep | ObservationStep
) -> tuple[str | None, Mapping[AssetKey, Recorded]]:
    """What an asset's step is told of what it makes: its code version, and the versions before."""
    if isinstance(begun, CheckStep):
        return None, {}
    code = None if isinstance(begun, ObservationStep) else begun.code_version
    recorded = runner.environment.recorded
    before = {each: recorded[each] for each in begun.step.keys if each in recorded}
    return code, before


def said_of(error: Exception) -> str:
    """What an error says, in one line."""
    if isinstance(error, AssetbookError):
        return f"{error.asked}: {error.found}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
