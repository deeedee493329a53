"""One run as a worker sees it: its place and resources, and the call of each step."""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import structs
from tblib import pickling_support

from assetbook.clock import SystemClock
from assetbook.dependencies.asset_graph import AssetGraph, CheckNode
from assetbook.dependencies.dag import Dag
from assetbook.errors import ConfigError
from assetbook.events.log_record import LogRecord
from assetbook.events.parts import Origin, RunRequest
from assetbook.events.records import Event
from assetbook.execution.asset_call import Kept, call_asset
from assetbook.execution.check_step import call_checks
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.figures import own_figures
from assetbook.execution.held_form import is_stored
from assetbook.execution.live_runs import counted_as_live
from assetbook.execution.observation_step import call_observation
from assetbook.execution.op_call import OpCalled, call_op
from assetbook.execution.ops_of_run import NO_OPS
from assetbook.execution.processes.death import with_memory_said
from assetbook.execution.processes.messages import (
    Happened,
    Progressed,
    Question,
    RunSetup,
    SharedOutput,
    StepReply,
    StepRequest,
    Told,
)
from assetbook.execution.processes.pickling import from_bytes, to_bytes
from assetbook.execution.processes.sending import without_type
from assetbook.execution.processes.worker_line import Line
from assetbook.execution.reporter import Silent
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.run_loggers import RunLoggers
from assetbook.execution.sink import Sink, into
from assetbook.execution.step_runner import Answer
from assetbook.execution.untracked import Untracked
from assetbook.execution.values import Held, RunValues
from assetbook.io.shared_table import SharedTable, shared_file
from assetbook.io.stored_value import StoredForm
from assetbook.keys import AssetKey
from assetbook.notebook.local_modules import local_file
from assetbook.planning.steps import Step


class WorkerRun:
    """A run in a worker. It takes over the run's environment, folder and import path, and forgets
    the project's modules: they are imported as they are now."""

    def __init__(self, setup: RunSetup, line: Line) -> None:
        self._setup = setup
        self._line = line
        self._known: dict[str, bytes] = {}
        os.environ.clear()
        os.environ.update(setup.environment)
        if "inline" in os.environ.setdefault("MPLBACKEND", "inline"):  # which needs a kernel
            os.environ["MPLBACKEND"] = "agg"
        os.chdir(setup.folder)
        sys.path[:] = setup.path
        for name in [each for each in [*sys.modules] if local_file(each) is not None]:
            del sys.modules[name]
        linecache.checkcache()
        self._resources_given = _Resources(setup)
        self._config: Mapping[str, object] = from_bytes(setup.config)
        self._loggers: RunLoggers = from_bytes(setup.loggers)
        self._resources = ResourceScope(self._resources_given, setup.run_id)

    def close(self) -> None:
        """Tears the run's resources down, and closes its loggers."""
        self._resources.__exit__(None, None, None)
        self._loggers.close()

    def reply(
        self, request: StepRequest, descriptors: Sequence[int] = ()
    ) -> tuple[StepReply, list[int]]:
        """What the call of a step gave or raised; its values are durable, or in shared memory.

        ``descriptors`` are those of the tables that it shares; those that it made come back.
        """
        tables = _SharedTables(request, descriptors, self._setup.values.root)
        try:
            called = to_bytes(self._called(request, tables))
        except BaseException as error:  # noqa: BLE001 - told where the run is
            tables.close()
            return _raised(error), []
        return StepReply(called=called, shared=tuple(tables.made)), tables.descriptors

    def _called(self, request: StepRequest, tables: _SharedTables) -> Answer:
        if request.definition is not None:
            self._known[request.digest] = request.definition
        definition = from_bytes(self._known[request.digest])  # fresh, whatever the last one did
        environment = self._environment(request, definition)
        values = RunValues(environment, self._setup.run_id)
        for key, version in request.versions.items():
            form = tables.given.pop(key, None)
            values.put(key, Held(version.event, version.number, version.store, form))
        timing = Timing.start(environment.clock)
        step, run_id = request.step, self._setup.run_id
        keep = environment.store.later
        sink = Sink(
            *(run_id, step.name, environment.clock, keep),
            loggers=self._loggers,
            cell_name=lambda filename: self._setup.cells.get(filename, filename),
        )
        with into(sink), own_figures(), counted_as_live(run_id):
            if request.op is not None:
                for held in request.op.outputs:
                    values.ops.put(held)
                call = values, self._resources, request.op.ports
                return self._stored(call_op(environment, run_id, step, definition, *call), step)
            if request.check is not None:
                ports = next(iter(request.inputs.values()))
                return call_checks(
                    environment, run_id, step, ports, definition, values, self._resources
                )
            if step.kind == "observe":
                return call_observation(environment, run_id, definition, self._resources)
            called = call_asset(
                environment,
                run_id,
                step,
                definition,
                values,
                self._resources,
                timing,
                request.code_version,
            )
        self._write(called.kept, step, tables)
        return called

    def _stored(self, called: OpCalled, step: Step) -> OpCalled:
        """The same with every value written, and without types: neither travels."""
        self._write(called.versions, step)
        assert self._setup.op_files is not None
        for held in called.outputs:
            form, held.form, held.port = held.form, None, without_type(held.port)
            if form is not None and is_stored(form):
                reference = self._setup.op_files.write(
                    form,
                    key=AssetKey([self._setup.run_id, held.step, held.record.name]),
                    partition=held.record.mapping_key,
                    run_id=self._setup.run_id,
                    attempt=step.retry + 1,
                    io_manager=held.port.io_manager_key,
                )
                held.record = structs.replace(held.record, value=reference)
        return called

    def _write(self, kept: list[Kept], step: Step, tables: _SharedTables | None = None) -> None:
        """Writes every value, in memory that is shared at least: forms do not travel."""
        for place, each in enumerate(kept):
            form, each.form = each.form, None
            if form is None or not is_stored(form) or each.reference is not None:
                continue
            if tables is not None and tables.take(place, form):
                continue
            each.reference = self._setup.values.write(
                form,
                key=each.key,
                partition=each.key.partition,
                run_id=self._setup.run_id,
                attempt=step.retry + 1,
                io_manager=each.port.io_manager_key,
            )
            each.data_version = each.data_version or form.data_version()

    def _environment(self, request: StepRequest, definition: Any) -> RunEnvironment:
        ignored = tuple(Path(each) for each in self._setup.ignored)
        return RunEnvironment(
            graph=_graph(request, definition),
            store=_RunsStore(self._line),
            values=self._setup.values,
            clock=SystemClock(),
            origin=Origin(kind="python"),
            reporter=_Progress(self._line),
            provenance=Untracked(),
            where=lambda filename, line: f"{filename}, line {line}",
            resources=self._resources_given,
            recorded=request.recorded,
            config=self._config,
            force=self._setup.force,
            unwatched=ignored,
            others=self._setup.others,
            request=RunRequest(asset_job=self._setup.job_name or ""),
            ops=request.op.run if request.op is not None else NO_OPS,
            op_files=self._setup.op_files,
            notebook_files=self._setup.notebook_files,
            reexecution=self._setup.reexecution,
        )


class _SharedTables:
    """The tables of one step that are in shared memory: those given, by key, and those made."""

    def __init__(self, request: StepRequest, descriptors: Sequence[int], folder: Path) -> None:
        self._room = request.room
        self._folder = folder
        self.given: dict[AssetKey, SharedTable] = {
            each.key: SharedTable(each.kind, descriptor, asked=f"the value of `{each.key}`")
            for each, descriptor in zip(request.shared, descriptors, strict=True)
        }
        self.made: list[SharedOutput] = []
        self.descriptors: list[int] = []

    def take(self, place: int, form: StoredForm) -> bool:
        """Whether the output at ``place`` is shared now."""
        if self._room is None:
            return False
        descriptor = shared_file(form, room=self._room, folder=self._folder)
        if descriptor is None:
            return False
        self._room -= form.size
        self.made.append(SharedOutput(place, form.kind))
        self.descriptors.append(descriptor)
        return True

    def close(self) -> None:
        """Lets go of what was made."""
        for descriptor in self.descriptors:
            os.close(descriptor)


class _Resources(Mapping[str, object]):
    """The run's resources, each unpickled when it is first taken."""

    def __init__(self, setup: RunSetup) -> None:
        self._setup = setup
        self._taken: dict[str, object] = {}

    def __getitem__(self, name: str) -> object:
        if name in self._setup.unsendable:
            why, remedy = self._setup.unsendable[name]
            found = f"it cannot be sent to another process: {why}"
            raise ConfigError(f"the resource `{name}`", found, remedy)
        if name not in self._taken:
            self._taken[name] = from_bytes(self._setup.resources[name])
        return self._taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._setup.resources, *self._setup.unsendable])

    def __len__(self) -> int:
        return len(self._setup.resources) + len(self._setup.unsendable)


class _Progress(Silent):
    """Tells the process that runs how far the step is."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def step_progress(self, step: Step, said: str) -> None:
        """Tells it."""
        self._line.tell(Progressed(said))


class _RunsStore:
    """The store of the run, as far as steps ask for it: questions go to the process that runs."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def later(self, records: Sequence[Event | LogRecord]) -> None:
        """Tells what was logged or has happened, or has shown what was displayed."""
        logged = [each for each in records if isinstance(each, LogRecord)]
        events = tuple(each for each in records if not isinstance(each, LogRecord))
        if events:
            self._line.tell(Happened(events))
        if any(each.stream == "display" for each in logged):
            self._line.show(logged)
        elif logged:
            self._line.tell(Told(tuple(logged)))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*arguments: Any, **named: Any) -> Any:
            return self._line.answer_to(Question(name, arguments, named))

        if name.startswith("_"):
            raise AttributeError(name)
        return ask


def _graph(request: StepRequest, definition: Any) -> AssetGraph:
    keys = request.inputs.keys()
    checks = {}
    if request.check is not None:
        ports = next(iter(request.inputs.values()))
        checks = {
            spec.asset_key: (CheckNode(spec, definition, ports),) for spec in definition.specs
        }
    makers = {} if request.check is not None else dict.fromkeys(keys, definition)
    in_partitions = any(key.partition is not None for key in (*keys, *request.specs))
    return AssetGraph(
        request.specs, makers, request.inputs, checks, Dag({}), in_partitions=in_partitions
    )


def _raised(error: BaseException) -> StepReply:
    """The exception, with its traceback, as far as it can travel."""
    error = with_memory_said(error)
    text = "".join(traceback.format_exception(error))
    try:
        pickling_support.install(error)
        data = to_bytes(error)
        from_bytes(data)
    except Exception:  # noqa: BLE001 - an exception of any class, with anything in it
        return StepReply(text=text, kind=type(error).__name__)
    return StepReply(error=data)
