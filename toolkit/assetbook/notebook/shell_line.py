"""Runs the ``!`` lines of an asset cell: as IPython does, but a line that fails is an error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from assetbook.errors import AssetbookError

_SHOWN_LINES = 5


class ShellLineError(AssetbookError):
    """A shell line ended with an error: mend the command, or let it fail with ``|| true``."""


class HasUserNamespace(Protocol):
    """What is needed of an IPython shell: the namespace that keeps ``_exit_code``."""

    user_ns: dict[str, object]


def shell_function(
    namespace: Mapping[str, object], shell: HasUserNamespace | None = None
) -> Callable[..., list[str] | None]:
    """The function that a cell's rewritten ``!`` lines call, expanding names from ``namespace``.

    The namespace is looked at when a line runs, so it may be the one the cell is running in.
    """

    def call(command: str, *, capture: bool) -> list[str] | None:
        return run_shell(command, capture=capture, namespace=namespace, shell=shell)

    return call


def run_shell(
    command: str,
    *,
    capture: bool,
    namespace: Mapping[str, object] | None = None,
    shell: HasUserNamespace | None = None,
) -> list[str] | None:
    """The output lines of ``command`` (IPython's SList) if ``capture``, else None.

    Without ``capture`` the output, standard error included, goes to ``sys.stdout`` as it comes.
    ``{expression}`` and ``$name`` are expanded from ``namespace``; where that fails the command
    runs as written, as in IPython. ``shell`` gets the exit code as ``_exit_code``. The shell is
    the one of ``$SHELL``. Raises ShellLineError if the command ends with a code other than 0 or
    would go on in the background.
    """
    if command.rstrip().endswith("&"):
        raise ShellLineError(
            f"run `!{command}`",
            "a shell line cannot go on in the background",
            "Start it outside the notebook, or with subprocess.Popen.",
        )
    lines: list[str] = []
    receive = lines.append if capture else _print_now
    code = _run(expanded(command, namespace or {}), receive)
    if shell is not None:
        shell.user_ns["_exit_code"] = code
    if code != 0:
        raise _failed(command, code, "".join(lines).splitlines())
    return _slist("".join(lines)) if capture else None


def expanded(command: str, namespace: Mapping[str, object]) -> str:
    """``command`` with ``{expression}`` and ``$name`` filled in, or as it is if one cannot be."""
    from IPython.utils.text import DollarFormatter

    try:
        text: str = DollarFormatter().vformat(command, args=[], kwargs=dict(namespace))
    except (LookupError, NameError, SyntaxError, AttributeError, TypeError, ValueError):
        return command  # ``awk '{print $1}'`` is meant for the shell
    return text


def _run(command: str, receive: Callable[[str], None]) -> int:
    with subprocess.Popen(
        command,
        shell=True,
        executable=os.environ.get("SHELL"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        bufsize=1,
        start_new_session=True,
    ) as process:
        try:
            for line in process.stdout or ():
                receive(line)
        except BaseException:
            # An interrupt must not leave the command, or what it started, running.
            os.killpg(process.pid, signal.SIGTERM)
            raise
    return process.returncode


def _print_now(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def _slist(output: str) -> list[str]:
    from IPython.utils.text import SList

    lines: list[str] = SList(output.splitlines())
    return lines


def _failed(command: str, code: int, output: list[str]) -> ShellLineError:
    how = f"it was ended by signal {-code}" if code < 0 else f"it ended with exit code {code}"
    said = "\n".join(output[-_SHOWN_LINES:])
    return ShellLineError(
        f"run `!{command}`",
        f"{how}, and said:\n{said}" if said else how,
        f"Mend the command, or write `!{command} || true` to go on all the same.",
    )
