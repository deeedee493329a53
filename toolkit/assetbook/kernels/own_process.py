"""A process of a location's own, with the interpreter of its kernel, without a kernel."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assetbook.errors import RunFailedError
from assetbook.execution.processes.quick_start import command_of
from assetbook.kernels.kernel_spec import interpreter_of
from assetbook.notebook.document import read_document
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.notebook_path import DEFINE_ONLY, VARIABLE

LOCATION_PROCESS = "assetbook.surfaces.location_process"
"""The program that loads a location and calls a verb."""


def call_in_process(
    source: LocationSource,
    module: str,
    asked: Mapping[str, Any],
    begun: Callable[[int], object] = lambda pid: None,
) -> Any:
    """What ``module``, run as a program for the location ``source``, answers to ``asked``.

    It inherits this process's streams, and its folder is the location's. ``begun`` is told its
    process id. If it dies, the answer is
    the error that it had left for that, if any. Raises NotLoadedError if there is no such notebook
    or interpreter, RunFailedError if the process dies and left none.
    """
    notebook = source.module is None
    interpreter = interpreter_of(read_document(source.path)) if notebook else sys.executable
    with TemporaryDirectory(prefix="assetbook") as folder:
        answer = Path(folder) / "answer.json"
        given = json.dumps({**asked, "source": source.to_json()})
        command = command_of(interpreter, module, given, str(answer))
        environment = {**os.environ, **location_environment(source)}
        process = subprocess.Popen(command, env=environment, cwd=source.folder)
        begun(process.pid)
        return answer_left(answer, source, waited_for(process.wait), interpreter)


def answer_left(answer: Path, source: LocationSource, code: int, interpreter: str) -> Any:
    """What a process that ended with ``code`` left in the file ``answer``; raises RunFailedError
    if that is nothing."""
    answered = json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else None
    if answered is None or (code != 0 and "error" not in answered):
        raise RunFailedError(f"the location {source}", *_ended(code, interpreter))
    return answered


def _ended(code: int, interpreter: str) -> tuple[str, str]:
    """What became of a process that did not answer, and what to do."""
    if code < 0:
        return f"{signal.Signals(-code).name} ended its process", "Was there memory enough?"
    found = f"its process ended with {code} and without an answer"
    if code == 1:  # also when Python finds no such module
        return found, f"Is assetbook installed for {interpreter}?"
    return found, "Does its code end the process?"


def location_environment(source: LocationSource) -> dict[str, str]:
    """The variables of a location's process, beside those of who starts it."""
    # figures are shown as in a kernel
    backend = os.environ.get("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    return {
        VARIABLE: str(source.path),
        DEFINE_ONLY: "1",
        "MPLBACKEND": backend,
    }


def waited_for(wait: Callable[[], int]) -> int:
    """The exit code; an interrupt reaches the process by itself, and it ends what it does."""
    while True:
        try:
            return wait()
        except KeyboardInterrupt:
            continue
