"""One step as bytes, for executors that have it called elsewhere: by a cluster, a batch service.

``encoded`` gives the bytes, ``call_step`` does what they say wherever the store's values and the
installed packages are, and ``end_of`` takes what that gave. Of values only their places in the
store travel. Run as a program, this module does it between the two files that are named.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloudpickle
import msgspec

from assetbook.definitions.secret import known_secrets
from assetbook.errors import RunFailedError, UsageError
from assetbook.events.log_record import LogRecord
from assetbook.events.records import Event
from assetbook.execution.capture import watched
from assetbook.execution.displays import displays_kept, show_kept
from assetbook.execution.executor import StepEnd
from assetbook.execution.processes.messages import (
    Answered,
    Happened,
    Question,
    SecretFound,
    StepReply,
    Told,
)
from assetbook.execution.processes.pickling import from_bytes
from assetbook.execution.processes.preflight import definition_bytes
from assetbook.execution.processes.sending import request_for, setup_of
from assetbook.execution.processes.worker_run import WorkerRun
from assetbook.execution.sink import current_sink
from assetbook.execution.step_runner import Begun, StepRunner
from assetbook.planning.steps import Step


class Encoded(msgspec.Struct, frozen=True):
    """A step that has begun, and the bytes by which it is called elsewhere."""

    begun: Begun
    data: bytes

    @property
    def step(self) -> Step:
        """The step."""
        return self.begun.step


def encoded(runner: StepRunner, step: Step) -> Encoded:
    """The step as it begins now.

    Raises DefinitionError naming what cannot be sent, and what keeps an input from being read.
    """
    begun = runner.begin(step)
    definition = definition_bytes(begun.definition, step.name, runner.environment.where)
    request, _ = request_for(runner, begun, definition, room=None)
    return Encoded(begun, cloudpickle.dumps((setup_of(runner), request)))


def call_step(data: bytes) -> bytes:
    """What the call of a step gave or raised, with what it printed and logged.

    Takes over the run's environment variables, working folder and import path: call it in a process
    that does nothing else meanwhile.
    """
    setup, request = pickle.loads(data)
    gathered = _Gathered()
    known_secrets.told = lambda value: gathered.tell(SecretFound(value))
    displays_over = displays_kept()
    try:
        with watched():
            run = WorkerRun(setup, gathered)
            reply, _ = run.reply(request)
            run.close()
    finally:
        displays_over()
        known_secrets.told = None
    return pickle.dumps((reply, gathered.records, gathered.events, gathered.secrets))


def end_of(runner: StepRunner, encoded: Encoded, reply: bytes) -> StepEnd:
    """How a step ended, by the bytes that its call gave; its output is kept and shown."""
    said, records, events, secrets = pickle.loads(reply)
    for value in secrets:
        known_secrets.add(value)
    sink = runner.sink(encoded.step)
    sink.take(records)
    sink.close()
    if events:
        runner.environment.store.later(events)
    _show(records)
    return end_by_reply(runner, encoded.begun, said)


def end_by_reply(runner: StepRunner, begun: Begun, reply: StepReply) -> StepEnd:
    """The end of a step whose values are in the store."""
    try:
        if reply.called:
            return StepEnd(begun.step, runner.end(begun, from_bytes(reply.called)))
        return failed(runner, begun, raised_by(begun.step, reply))
    except Exception as error:  # noqa: BLE001 - what it gave cannot be recorded: told
        return StepEnd(begun.step, error=error)


def failed(runner: StepRunner, begun: Begun, error: BaseException) -> StepEnd:
    """The end of a step that raised, or of whose call nothing was heard any more."""
    try:
        if isinstance(error, Exception):
            return StepEnd(begun.step, runner.failed(begun, error))
    except Exception as same:  # noqa: BLE001 - an asset's error passes
        return StepEnd(begun.step, error=same)
    return StepEnd(begun.step, error=error)


def raised_by(step: Step, reply: StepReply) -> BaseException:
    """What a step raised; where the exception itself could not travel, one that says the same."""
    if reply.error:
        error: BaseException = from_bytes(reply.error)
        return error
    return RunFailedError(f"the step `{step.name}`", f"it raised {reply.kind}", reply.text)


@dataclass(slots=True)
class _Gathered:
    """What a step says, until its end."""

    records: list[LogRecord] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def tell(self, message: Answered) -> None:
        if isinstance(message, Told):
            self.records += message.records
        elif isinstance(message, Happened):
            self.events += message.events
        elif isinstance(message, SecretFound):
            self.secrets.append(message.value)

    def show(self, records: Sequence[LogRecord]) -> None:
        self.records += records

    def answer_to(self, question: Question) -> Any:
        raise UsageError(
            f"asking the store for `{question.method}`",
            "the step is called elsewhere, from where nobody can be asked",
            "Run it with --executor processes, or here.",
        )


def _show(records: list[LogRecord]) -> None:
    token = current_sink.set(None)  # they are kept already
    try:
        for record in records:
            stream = sys.stdout if record.stream == "stdout" else sys.stderr
            if record.stream in ("stdout", "stderr"):
                stream.write(record.text)
            elif record.stream == "display":
                show_kept(record)
    finally:
        current_sink.reset(token)


def main() -> None:
    """Calls the step in the file that is named first; what that gave is in the second one then."""
    request, reply = map(Path, sys.argv[1:3])
    reply = reply.absolute()
    data = call_step(request.read_bytes())
    reply.with_suffix(".part").write_bytes(data)
    reply.with_suffix(".part").replace(reply)


if __name__ == "__main__":
    main()
