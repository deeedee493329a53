"""Steps in worker processes: for code that computes, or that must not take the kernel with it."""

from __future__ import annotations

import contextvars
import os
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass, replace
from multiprocessing.connection import wait

from msgspec import structs

from assetbook.definitions.secret import known_secrets, scrub, scrub_json
from assetbook.errors import RunFailedError
from assetbook.events.records import LogRecord
from assetbook.execution.check_step import CheckStep
from assetbook.execution.executor import StepEnd, Workers
from assetbook.execution.processes.messages import (
    Answered,
    Question,
    RunOver,
    RunSetup,
    SecretFound,
    Shown,
    StepReply,
    StepRequest,
    Told,
)
from assetbook.execution.processes.output import StepOutput
from assetbook.execution.processes.pickling import from_bytes
from assetbook.execution.processes.pool import pool
from assetbook.execution.processes.sending import definition_bytes, request_for, setup_of
from assetbook.execution.processes.worker_process import WorkerProcess
from assetbook.execution.sink import Sink, current_sink
from assetbook.execution.step_runner import Begun, StepRunner, step_limit
from assetbook.execution.time_limits import too_long
from assetbook.planning.steps import Step

_QUESTIONS = frozenset({"latest", "versions", "runs"})
"""What a step may ask of the run's store."""
_LONGEST_GOODBYE = 5.0  # seconds


class ProcessExecutor:
    """Runs up to ``workers`` steps at a time, each in a process of its own that stays for the next.

    Values go from process to process by their files. A process that dies fails its step alone.
    None for ``workers`` is one for each processor.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or len(os.sched_getaffinity(0))

    def start(self, runner: StepRunner) -> Workers:
        """Workers for one run, whose values are kept in files."""
        return _Processes(runner, self.workers)

    def __repr__(self) -> str:
        return f"ProcessExecutor(workers={self.workers})"


@dataclass(slots=True)
class _OnItsWay:
    """A step that a worker calls."""

    begun: Begun
    worker: WorkerProcess
    sink: Sink
    context: contextvars.Context
    """Where its output is shown: the cell that runs."""
    reply: StepReply | None = None
    limit: float | None = None
    """The seconds that it may take."""
    until: float | None = None
    """When it is interrupted, and once it was, when its process is killed; None for never."""
    expired: bool = False

    @property
    def is_over(self) -> bool:
        return self.reply is not None and self.worker.out.step_over and self.worker.err.step_over


class _Processes:
    reads_files = True

    def __init__(self, runner: StepRunner, workers: int) -> None:
        self._runner = runner
        self.slots = workers
        self._setup: RunSetup | None = None
        self._free: list[WorkerProcess] = []
        self._busy: list[_OnItsWay] = []
        self._ended: deque[StepEnd] = deque()

    def submit(self, step: Step) -> None:
        context = contextvars.copy_context()
        sink = self._runner.sink(step)
        context.run(current_sink.set, sink)
        begun: Begun | None = None
        try:
            begun = self._runner.begin(step)
            request = request_for(self._runner, begun, context.run(definition_bytes, begun))
        except Exception as error:  # noqa: BLE001 - what keeps it from being called: told
            sink.close()
            self._ended.append(self._failed(step, begun, error))
            return
        worker = self._asked(request)
        worker.out.begin()
        worker.err.begin()
        limit = step_limit(self._runner.environment.graph, step)
        until = None if limit is None else time.monotonic() + limit
        self._busy.append(_OnItsWay(begun, worker, sink, context, limit=limit, until=until))

    def next(self) -> StepEnd:
        while not self._ended:
            self._listen()
        return self._ended.popleft()

    def interrupt(self) -> None:
        for each in self._busy:
            each.worker.interrupt()
        until = time.monotonic() + _LONGEST_GOODBYE
        while self._busy and time.monotonic() < until:
            self._listen(until - time.monotonic())
        for each in self._busy:
            self._let_go(each)
            each.worker.end()
        self._busy.clear()
        self._ended.clear()

    def close(self) -> None:
        failed = [text for worker in self._free if (text := _dismissed(worker))]
        self._free.clear()
        if failed:
            raise RunFailedError("the resources of this run", failed[0], "See its log.")

    # -- sending

    def _asked(self, request: StepRequest) -> WorkerProcess:
        """The worker that was asked, one that lives."""
        while True:
            worker = self._free.pop() if self._free else self._fresh()
            known = request.digest in worker.sent
            try:
                worker.ask(replace(request, definition=None) if known else request)
            except BrokenPipeError:  # it died between two steps
                worker.end()
                continue
            worker.sent.add(request.digest)
            return worker

    def _fresh(self) -> WorkerProcess:
        """A worker that knows the run."""
        if self._setup is None:
            self._setup = setup_of(self._runner)
        while True:
            worker = pool.take()
            try:
                worker.ask(self._setup)
            except BrokenPipeError:
                worker.end()
                continue
            worker.sent.clear()
            return worker

    # -- listening

    def _listen(self, longest: float | None = None) -> None:
        """Waits until a worker says something, and takes all that there is."""
        streams = {
            stream.descriptor: (each, stream)
            for each in self._busy
            for stream in (each.worker.out, each.worker.err)
            if not stream.step_over
        }
        talking = {each.worker.connection: each for each in self._busy if each.reply is None}
        ready = wait([*streams, *talking], self._patience(longest))
        self._expire()
        # what is told of secrets comes before what may show them
        for connection in ready:
            if not isinstance(connection, int):
                self._take_messages(talking[connection])  # type: ignore[index]
        for descriptor in ready:
            if isinstance(descriptor, int):
                each, stream = streams[descriptor]
                if each in self._busy:
                    self._take_messages(each)
                    self._show(each, stream)
        for each in [each for each in self._busy if each.is_over]:
            self._let_go(each)
            self._busy.remove(each)
            self._free.append(each.worker)
            self._ended.append(self._end_of(each))

    def _patience(self, longest: float | None) -> float | None:
        """Seconds until something has to be done though nobody says anything; None for ever."""
        now = time.monotonic()
        waits = [max(each.until - now, 0) for each in self._busy if each.until is not None]
        return min(waits if longest is None else [*waits, longest], default=None)

    def _expire(self) -> None:
        """Interrupts the steps that take too long, and kills those that did not react to that."""
        now = time.monotonic()
        for each in self._busy:
            if each.until is None or each.reply is not None or now < each.until:
                continue
            if each.expired:
                each.worker.kill()
            else:
                each.worker.interrupt()
            each.until = None if each.expired else now + _LONGEST_GOODBYE
            each.expired = True

    def _take_messages(self, each: _OnItsWay) -> None:
        try:
            while each.reply is None and each.worker.connection.poll():
                self._take(each, each.worker.told())
        except EOFError:
            self._died(each)

    def _take(self, each: _OnItsWay, message: Answered) -> None:
        if isinstance(message, StepReply):
            each.reply = message
        elif isinstance(message, Told):
            self._runner.environment.store.later([_scrubbed(one) for one in message.records])
        elif isinstance(message, Shown):
            each.context.run(_write_unkept, message)
        elif isinstance(message, SecretFound):
            known_secrets.add(message.value)
        elif isinstance(message, Question) and message.method in _QUESTIONS:
            store = self._runner.environment.store
            answer = getattr(store, message.method)(*message.arguments, **message.named)
            each.worker.answer(answer)

    def _show(self, each: _OnItsWay, stream: StepOutput) -> None:
        text = stream.read()
        if text:
            name = "stdout" if stream is each.worker.out else "stderr"
            each.context.run(getattr(sys, name).write, text)

    def _let_go(self, each: _OnItsWay) -> None:
        each.context.run(each.sink.close)

    def _end_of(self, each: _OnItsWay) -> StepEnd:
        """What the step made or raised, as its worker says."""
        reply, step = each.reply, each.begun.step
        assert reply is not None
        if each.expired and each.limit is not None:
            return self._failed(step, each.begun, too_long(f"the step `{step.name}`", each.limit))
        try:
            if reply.called:
                returned = self._runner.end(each.begun, from_bytes(reply.called))
                return StepEnd(step, returned)
            return self._failed(step, each.begun, _raised(step, reply))
        except Exception as error:  # noqa: BLE001 - what it gave cannot be recorded: told
            return StepEnd(step, error=error)

    def _failed(self, step: Step, begun: Begun | None, error: BaseException) -> StepEnd:
        if isinstance(begun, CheckStep) and isinstance(error, Exception):
            return StepEnd(step, self._runner.failed(begun, error))
        return StepEnd(step, error=error)

    def _died(self, each: _OnItsWay) -> None:
        """Its process is gone: the step fails with what is known of that."""
        each.worker.kill()
        for stream in (each.worker.out, each.worker.err):
            while not stream.closed:
                self._show(each, stream)
        self._let_go(each)
        self._busy.remove(each)
        step = each.begun.step
        error = _death(step, *each.worker.end())
        if each.expired and each.limit is not None:
            error = too_long(f"the step `{step.name}`", each.limit)
        self._ended.append(self._failed(step, each.begun, error))


def _raised(step: Step, reply: StepReply) -> BaseException:
    """What a step raised; where the exception itself could not travel, one that says the same."""
    if reply.error:
        error: BaseException = from_bytes(reply.error)
        return error
    return RunFailedError(f"the step `{step.name}`", f"it raised {reply.kind}", reply.text)


def _death(step: Step, code: int, peak: int) -> RunFailedError:
    if code >= 0:
        how = f"its process ended with exit code {code}"
    else:
        how = f"its process was ended by {signal.Signals(-code).name}"
    out_of_memory = code == -signal.SIGKILL
    return RunFailedError(
        f"the step `{step.name}`",
        f"{how}; it had used {peak / 1e6:,.0f} MB of memory at most",
        "Most often that is the computer's memory running out: give it less data at a time, or "
        "fewer workers." if out_of_memory else "Its output says what it did last.",
    )  # fmt: skip


def _dismissed(worker: WorkerProcess) -> str:
    """Lets a worker end its run, and keeps it for the next; what went wrong with its resources."""
    try:
        worker.ask(RunOver())
        while not isinstance(told := worker.told(), RunOver):
            if isinstance(told, Shown):
                getattr(sys, told.stream).write(told.text)
    except (EOFError, BrokenPipeError):
        worker.end()
        return ""
    pool.put_back(worker)
    return told.error


def _write_unkept(shown: Shown) -> None:
    """Shows what is kept already."""
    token = current_sink.set(None)
    try:
        getattr(sys, shown.stream).write(shown.text)
    finally:
        current_sink.reset(token)


def _scrubbed(record: LogRecord) -> LogRecord:
    """Without the secrets that this process knows and the worker did not."""
    return structs.replace(record, text=scrub(record.text), bundle=scrub_json(record.bundle))
