"""Running a command for a step: it is given the context, and what it reports is collected."""

from __future__ import annotations

import errno
import os
import shlex
import signal
from collections.abc import Mapping
from typing import Any

import pydantic

from assetbook.definitions.env_var import EnvVar, looks_secret
from assetbook.definitions.resource import ConfigurableResource
from assetbook.definitions.secret import Secret, scrub
from assetbook.errors import ConfigError, PipesError
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.pipes.child_process import ChildProcess, Command
from assetbook.execution.pipes.completed_invocation import PipesClientCompletedInvocation
from assetbook.execution.pipes.context_data import StepContext
from assetbook.execution.pipes.context_injectors import (
    PipesContextInjector,
    PipesTempFileContextInjector,
)
from assetbook.execution.pipes.message_handler import exception_text
from assetbook.execution.pipes.message_readers import (
    PipesMessageReader,
    PipesTempFileMessageReader,
)
from assetbook.execution.pipes.session import PipesSession, open_pipes_session
from assetbook.execution.pipes.wire_format import PipesExtras

_LONGEST_COMMAND = 200  # characters
_LAST_LINES = 20


class PipesSubprocessClient(ConfigurableResource):
    """A resource that runs commands in a process of their own, and talks with them by Pipes.

    ``env`` are variables beside those of this process, ``cwd`` the folder to run in. The context
    and the messages go through temporary files unless ``context_injector`` and ``message_reader``
    say otherwise. When the step is interrupted the process is too (``forward_termination``), and
    killed if it goes on for ``termination_timeout_seconds`` (the default is 20). What it prints
    shows with the step (``forward_stdio``).
    """

    env: Mapping[str, str | Secret] = pydantic.Field(default_factory=dict)
    cwd: str | None = None
    context_injector: PipesContextInjector | None = None
    message_reader: PipesMessageReader | None = None
    forward_termination: bool = True
    forward_stdio: bool = True
    termination_timeout_seconds: float = 20.0

    @pydantic.field_validator("env", mode="before")
    @classmethod
    def _hide_secrets(cls, given: Any) -> Any:
        """Makes a Secret of what is named like one, so that it shows nowhere."""
        if not isinstance(given, Mapping):
            return given or {}
        return {name: _hidden(name, each) for name, each in given.items()}

    def run(
        self,
        *,
        context: StepContext,
        command: Command,
        extras: PipesExtras | None = None,
        env: Mapping[str, str | Secret | EnvVar] | None = None,
        cwd: str | os.PathLike[str] | None = None,
    ) -> PipesClientCompletedInvocation:
        """What the process has reported, when it has ended well.

        ``command`` is a list of words, or the name of a program; no shell reads it. ``extras`` are
        plain values that the process finds in its context, ``env`` and ``cwd`` win over the
        client's own. Raises PipesError if the command cannot be started or ends with another code
        than 0, and KeyboardInterrupt after an interrupt, when the process is gone.
        """
        variables = {**os.environ, "PYTHONUNBUFFERED": "1", **_plain({**self.env, **(env or {})})}
        folder = os.fspath(cwd) if cwd is not None else self.cwd
        with open_pipes_session(
            context,
            self.context_injector or PipesTempFileContextInjector(),
            self.message_reader or PipesTempFileMessageReader(),
            extras,
        ) as session:
            code, last = self._run(command, {**variables, **session.env}, folder)
        if code != 0:
            raise _failed(command, code, last, session)
        return PipesClientCompletedInvocation(session)

    def _run(self, command: Command, env: Mapping[str, str], cwd: str | None) -> tuple[int, str]:
        """The command's exit code, and the end of what it wrote to stderr."""
        child: ChildProcess | None = None
        try:
            with interrupts_held():  # or a process could be there that nobody knows
                child = _started(
                    command, env, cwd, shown=self.forward_stdio, bound=self.forward_termination
                )
            return child.wait(), child.finish()
        except BaseException:
            if child is not None and self.forward_termination:
                child.stop(self.termination_timeout_seconds)
                child.finish()
            elif child is not None:
                child.leave()
            raise


def _started(
    command: Command, env: Mapping[str, str], cwd: str | None, *, shown: bool, bound: bool
) -> ChildProcess:
    try:
        return ChildProcess(command, env, cwd, shown=shown, bound=bound)
    except OSError as error:
        remedy = ""
        if error.errno == errno.E2BIG:
            remedy = "Give large extras by a file: context_injector=PipesTempFileContextInjector()."
        elif isinstance(command, str) and " " in command:
            remedy = f"No shell reads the command. Give a list: command={shlex.split(command)!r}."
        raise PipesError(
            f"the command {_shown(command)}",
            f"it cannot be started: {error.strerror}"
            + (f": {error.filename!r}" if error.filename is not None else ""),
            scrub(remedy),
        ) from None


def _failed(command: Command, code: int, last: str, session: PipesSession) -> PipesError:
    ended = f"it ended with exit code {code}" if code > 0 else f"it was ended by {_signal(-code)}"
    found = [ended]
    reported = session.exception
    if reported is not None:
        found.append(f"its own exception:\n{exception_text(reported)}")
    lines = last.strip("\n").splitlines()[-_LAST_LINES:]
    if lines and not (reported is not None and reported.message.strip().endswith(lines[-1])):
        found.append("the last lines that it wrote to stderr:\n" + "\n".join(lines))
    return PipesError(f"the command {_shown(command)}", scrub("\n".join(found)))


def _signal(number: int) -> str:
    try:
        return f"{signal.Signals(number).name} (signal {number})"
    except ValueError:
        return f"signal {number}"


def _shown(command: Command) -> str:
    words = [command] if isinstance(command, str) else [os.fspath(each) for each in command]
    text = scrub(shlex.join(words))
    return f"`{text if len(text) <= _LONGEST_COMMAND else f'{text[:_LONGEST_COMMAND]} ...'}`"


def _hidden(name: object, value: object) -> object:
    if type(value) is str and isinstance(name, str) and looks_secret(name):
        return Secret(value)
    return value


def _plain(variables: Mapping[str, object]) -> dict[str, str]:
    """The variables as the system takes them; those named like secrets are masked from now on."""
    return {name: _text(name, each) for name, each in variables.items()}


def _text(name: str, value: object) -> str:
    if type(value) is EnvVar:
        found = value.get_value()
        if found is None:
            raise ConfigError(
                f"env={{{name!r}: ...}}",
                f"the environment variable `{value.env_var_name}` is not set",
                "Set it before Jupyter starts, or in this kernel by %env NAME=value.",
            )
        value = Secret(found) if looks_secret(value.env_var_name) else found
    value = _hidden(name, value)
    if isinstance(value, Secret):
        return value.get_value()
    if not isinstance(value, str):
        raise ConfigError(
            f"env={{{name!r}: ...}}",
            f"its value is {type(value).__name__}",
            "The environment holds text: give text, a Secret or an EnvVar.",
        )
    return value
