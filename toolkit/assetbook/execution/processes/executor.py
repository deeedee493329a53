"""Steps in worker processes: for code that computes, or that must not take the kernel with it."""

from __future__ import annotations

import contextvars
import os
import sys
import time
import weakref
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from multiprocessing.connection import wait
from typing import Any

from assetbook.definitions.secret import known_secrets
from assetbook.errors import RunFailedError
from assetbook.events.log_record import LogRecord
from assetbook.execution.displays import show_kept
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.executor import StepEnd, Workers
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.processes.crew import Crew
from assetbook.execution.processes.death import death_of, kills_for_memory
from assetbook.execution.processes.elsewhere import failed, raised_by
from assetbook.execution.processes.messages import (
    Answered,
    Happened,
    Progressed,
    Question,
    SecretFound,
    Shown,
    StepBegun,
    StepReply,
    Told,
)
from assetbook.execution.processes.on_its_way import OnItsWay
from assetbook.execution.processes.output import StepOutput
from assetbook.execution.processes.pickling import from_bytes
from assetbook.execution.processes.preflight import definition_bytes, refuse_unsendable
from assetbook.execution.processes.sending import request_for, waits_for
from assetbook.execution.processes.worker_process import WorkerProcess
from assetbook.execution.sink import current_sink
from assetbook.execution.step_runner import Begun, StepRunner, step_limit
from assetbook.execution.time_limits import too_long
from assetbook.execution.values import LARGEST_KEPT
from assetbook.io.shared_table import SharedTable
from assetbook.named_arguments import named_arguments
from assetbook.planning.steps import Step

_QUESTIONS = frozenset({"latest", "versions", "runs"})
"""What a step may ask of the run's store."""
_LONGEST_GOODBYE = 5.0  # seconds
_MOST_LOST = 3
"""Workers that may die before they begin with a step; then it is taken for the reason."""
_LAST_WORDS = 0.2
"""Seconds for which a dead worker's output is waited for."""


@named_arguments
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

    def refuse_unsendable(self, environment: RunEnvironment, steps: Sequence[Step]) -> None:
        """Raises DefinitionError naming what the first of ``steps`` reads that cannot be sent."""
        refuse_unsendable(environment, steps)

    def __repr__(self) -> str:
        return f"ProcessExecutor(workers={self.workers})"


class _Processes:
    def __init__(self, runner: StepRunner, workers: int) -> None:
        self._runner = runner
        self.slots = workers
        self._crew = Crew(runner)
        self._busy: list[OnItsWay] = []
        self._ended: deque[StepEnd] = deque()
        self._tables: weakref.WeakSet[SharedTable] = weakref.WeakSet()
        self._kills_before = kills_for_memory()
        self._interrupted = False

    def takes(self, step: Step) -> bool:
        return True

    def waits_for(self, step: Step) -> Collection[str]:
        return waits_for(self._runner, step, shares=True)

    def submit(self, step: Step) -> None:
        context = contextvars.copy_context()
        sink = self._runner.sink(step)
        context.run(current_sink.set, sink)
        begun: Begun | None = None
        try:
            begun = self._runner.begin(step)
            where = self._runner.environment.where
            data = context.run(definition_bytes, begun.definition, step.name, where)
            request, descriptors = request_for(self._runner, begun, data, self._room())
        except Exception as error:  # noqa: BLE001 - what keeps it from being called: told
            sink.close()
            self._ended.append(
                StepEnd(step, error=error) if begun is None else failed(self._runner, begun, error)
            )
            return
        limit = step_limit(self._runner.environment.graph, step)
        with interrupts_held():  # a worker must not get lost
            worker = self._crew.asked(request, descriptors)
            worker.out.begin()
            worker.err.begin()
            self._busy.append(OnItsWay(begun, request, worker, sink, context, limit=limit))

    def next(self, seconds: float | None = None) -> StepEnd | None:
        until = None if seconds is None else time.monotonic() + seconds
        while not self._ended:
            self._listen(None if until is None else max(until - time.monotonic(), 0.0))
            if not self._ended and until is not None and time.monotonic() > until:
                return None  # it has listened once, however short the time
        return self._ended.popleft()

    def interrupt(self) -> None:
        self._interrupted = True
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
        self._runner.values.let_go(SharedTable)
        wrong = self._crew.dismiss()
        if wrong:
            raise RunFailedError("the resources of this run", wrong[0], "See its log.")

    # -- sending

    def _room(self) -> int:
        """The bytes of memory that the tables of one more step may take."""
        return (LARGEST_KEPT - sum(table.size for table in self._tables)) // self.slots

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
        lives = {each.worker.sentinel: (each, each.worker) for each in talking.values()}
        ready = wait([*streams, *talking, *lives], self._patience(longest))
        with interrupts_held():  # half a message read would leave the other half to be read
            self._expire()
            self._take_all(ready, streams, talking, lives)
            self._take_ends()

    def _take_all(
        self,
        ready: Collection[object],
        streams: Mapping[int, tuple[OnItsWay, StepOutput]],
        talking: Mapping[Any, OnItsWay],
        lives: Mapping[int, tuple[OnItsWay, WorkerProcess]],
    ) -> None:
        # what is told of secrets comes before what may show them
        for connection in ready:
            if not isinstance(connection, int):
                self._take_messages(talking[connection])
        for descriptor in ready:
            if not isinstance(descriptor, int):
                continue
            if descriptor in lives:
                self._take_last_messages(*lives[descriptor])
            else:
                each, stream = streams[descriptor]
                if each in self._busy:
                    self._take_messages(each)
                # it has not turned out to be dead
                if each in self._busy and stream in (each.worker.out, each.worker.err):
                    self._show_waiting(each, stream)

    def _take_ends(self) -> None:
        for each in [each for each in self._busy if each.is_over]:
            self._let_go(each)
            self._busy.remove(each)
            self._crew.take_back(each.worker)
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

    def _take_messages(self, each: OnItsWay) -> None:
        if not self._hears(each):
            self._died(each)

    def _hears(self, each: OnItsWay) -> bool:
        """Takes what the worker has said; whether the worker is still there."""
        try:
            while each.reply is None and each.worker.connection.poll():
                self._take(each, each.worker.told())
        except (EOFError, ConnectionError):
            return False
        return True

    def _take_last_messages(self, each: OnItsWay, worker: WorkerProcess) -> None:
        """Its process has ended, though what it started may hold the connection open."""
        if each in self._busy and each.worker is worker:
            self._take_messages(each)
        if each in self._busy and each.worker is worker and each.reply is None:
            self._died(each)

    def _take(self, each: OnItsWay, message: Answered) -> None:
        if isinstance(message, StepReply):
            each.reply = message
        elif isinstance(message, StepBegun):
            each.heard = True
            if each.limit is not None:  # what a process takes to start is not the step's time
                each.until = time.monotonic() + each.limit
        elif isinstance(message, Told):
            each.sink.take(message.records)
        elif isinstance(message, Shown):
            each.context.run(_write_unkept, message)
        elif isinstance(message, SecretFound):
            known_secrets.add(message.value)
        elif isinstance(message, Happened):
            self._runner.environment.store.later(message.events)
        elif isinstance(message, Progressed):
            self._runner.environment.reporter.step_progress(each.begun.step, message.said)
        elif isinstance(message, Question) and message.method == "show":
            self._keep_and_show(each, *message.arguments)
            each.worker.answer(None)
        elif isinstance(message, Question) and message.method in _QUESTIONS:
            store = self._runner.environment.store
            answer = getattr(store, message.method)(*message.arguments, **message.named)
            each.worker.answer(answer)

    def _keep_and_show(self, each: OnItsWay, records: Sequence[LogRecord]) -> None:
        """Keeps what was logged and displayed, and shows the displays, after what was printed
        before."""
        for stream in (each.worker.out, each.worker.err):
            self._show_waiting(each, stream)
        each.sink.take(records)
        for record in records:
            if record.stream == "display":
                each.context.run(show_kept, record)

    def _show_waiting(self, each: OnItsWay, stream: StepOutput) -> None:
        """Shows what has come, if a display did not have it shown already; as much as a pipe holds,
        so that a step which prints all the time holds nobody up."""
        if not stream.step_over and wait([stream.descriptor], 0):
            self._show(each, stream)

    def _show(self, each: OnItsWay, stream: StepOutput) -> None:
        text = stream.read()
        if text:
            name = "stdout" if stream is each.worker.out else "stderr"
            each.context.run(getattr(sys, name).write, text)

    def _let_go(self, each: OnItsWay) -> None:
        each.context.run(each.sink.close)

    def _end_of(self, each: OnItsWay) -> StepEnd:
        """What the step made or raised, as its worker says."""
        reply = each.reply
        assert reply is not None
        if each.expired and each.limit is not None:
            for descriptor in each.worker.handed:
                os.close(descriptor)
            each.worker.handed = []
            step = each.begun.step
            error = too_long(f"the step `{step.name}`", each.limit)
            return failed(self._runner, each.begun, error)
        if not reply.called:
            return failed(self._runner, each.begun, raised_by(each.begun.step, reply))
        try:
            answer = self._with_tables(each, reply, from_bytes(reply.called))
            return StepEnd(each.begun.step, self._runner.end(each.begun, answer))
        except Exception as error:  # noqa: BLE001 - what it gave cannot be recorded: told
            return StepEnd(each.begun.step, error=error)

    def _with_tables(self, each: OnItsWay, reply: StepReply, answer: Any) -> Any:
        """The same with the tables that are in shared memory."""
        for shared, descriptor in zip(reply.shared, each.worker.handed, strict=True):
            kept = answer.kept[shared.place]
            asked = f"the value of `{kept.key}`"
            kept.form = SharedTable(shared.kind, descriptor, asked=asked)
            self._tables.add(kept.form)
        each.worker.handed = []
        return answer

    def _died(self, each: OnItsWay) -> None:
        """Its process is gone: the step fails with what is known of that.

        One that was never begun, as the process died between two steps, goes to another one.
        """
        each.worker.kill()
        if not (each.heard or each.expired or self._interrupted) and each.lost < _MOST_LOST:
            self._ask_again(each)
            return
        for stream in (each.worker.out, each.worker.err):
            # what it started may hold its output open, and live on in a session of its own
            while not stream.closed and wait([stream.descriptor], _LAST_WORDS):
                self._show(each, stream)
        self._let_go(each)
        self._busy.remove(each)
        step = each.begun.step
        error = self._death(step, each.worker)
        if each.expired and each.limit is not None:
            error = too_long(f"the step `{step.name}`", each.limit)
        self._ended.append(failed(self._runner, each.begun, error))

    def _ask_again(self, each: OnItsWay) -> None:
        each.worker.end()
        each.lost += 1
        data = each.request.definition
        assert data is not None
        try:
            each.request, given = request_for(self._runner, each.begun, data, self._room())
        except Exception as error:  # noqa: BLE001 - what it reads is gone meanwhile: told
            self._let_go(each)
            self._busy.remove(each)
            self._ended.append(failed(self._runner, each.begun, error))
            return
        each.worker = self._crew.asked(each.request, given)
        each.worker.out.begin()
        each.worker.err.begin()

    def _death(self, step: Step, worker: WorkerProcess) -> RunFailedError:
        return death_of(step.name, worker.end(), kills_for_memory() - self._kills_before)


def _write_unkept(shown: Shown) -> None:
    """Shows what is kept already."""
    token = current_sink.set(None)
    try:
        getattr(sys, shown.stream).write(shown.text)
    finally:
        current_sink.reset(token)
