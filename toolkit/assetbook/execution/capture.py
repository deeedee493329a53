"""What a step prints, logs and displays stays with that step, and still shows where it runs.

While a run is on, ``sys.stdout``, ``sys.stderr``, all loggers and IPython's display publisher are
watched. What arrives is passed on as always, and a copy goes to the sink of the context (a
context variable) in which it was made, so that concurrent steps do not mix.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from assetbook.execution.log_lines import watch_records
from assetbook.execution.sink import Sink, current_sink, into

__all__ = ["Sink", "into", "running_shell", "show_figures", "step_log", "watched"]
step_log = logging.getLogger("assetbook.step")
"""The logger behind ``context.log``."""


class _Tee:
    """A stream that passes everything on, and copies text to the context's sink."""

    def __init__(self, stream: Any, name: Literal["stdout", "stderr"]) -> None:
        self._stream = stream
        self._name = name

    def write(self, text: str) -> int:
        sink = current_sink.get()
        if sink is not None:
            sink.write(self._name, text)
        self._stream.write(text)
        return len(text)

    def writelines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Shown(logging.Handler):
    """Shows the lines of ``context.log`` where the step runs."""

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        stream = sys.stderr
        plain = stream._stream if isinstance(stream, _Tee) else stream
        plain.write(f"{record.levelname} {text}\n")


def show_step_log() -> Callable[[], None]:
    """Shows the lines of ``context.log`` where the step runs; gives back what ends it."""
    shown = _Shown(logging.INFO)
    level, propagate = step_log.level, step_log.propagate
    step_log.setLevel(logging.DEBUG)
    step_log.propagate = False
    step_log.addHandler(shown)

    def restore() -> None:
        step_log.removeHandler(shown)
        step_log.setLevel(level)
        step_log.propagate = propagate

    return restore


@contextmanager
def watched() -> Iterator[None]:
    """Watches streams, logs and displays until the end of the block; may be nested."""
    if isinstance(sys.stdout, _Tee):
        yield
        return
    out, err = sys.stdout, sys.stderr
    tee_out, tee_err = _Tee(out, "stdout"), _Tee(err, "stderr")
    sys.stdout, sys.stderr = tee_out, tee_err
    restore_step_log = show_step_log()
    restore_records = watch_records()
    restore_displays = _watch_displays()
    try:
        yield
    finally:
        restore_displays()
        restore_records()
        restore_step_log()
        if sys.stdout is tee_out:
            sys.stdout = out
        if sys.stderr is tee_err:
            sys.stderr = err


def _watch_displays() -> Callable[[], None]:
    """Watches IPython's displays, if there is a shell; gives back what ends it."""
    shell = running_shell()
    if shell is None:
        return lambda: None
    publisher = shell.display_pub
    publish = publisher.publish
    replaced = publisher.__dict__.get("publish")  # by another library, on this very object

    def publish_and_keep(data: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        sink = current_sink.get()
        if sink is None:
            return publish(data, *args, **kwargs)
        if not kwargs.get("update"):
            sink.display(data)
        token = current_sink.set(None)  # a terminal prints its displays: they are kept already
        try:
            return publish(data, *args, **kwargs)
        finally:
            current_sink.reset(token)

    publisher.publish = publish_and_keep

    def restore() -> None:
        if replaced is None:
            del publisher.publish
        else:
            publisher.publish = replaced

    return restore


def show_figures() -> None:
    """Displays the open figures of matplotlib's inline backend, and closes them.

    Without this they would appear at the end of the cell, with the wrong step.
    """
    backend = sys.modules.get("matplotlib_inline.backend_inline")
    if backend is not None and "matplotlib.pyplot" in sys.modules and running_shell() is not None:
        backend.flush_figures()


def running_shell() -> Any | None:
    """The IPython shell of this process; None outside IPython."""
    module = sys.modules.get("IPython.core.interactiveshell")
    if module is None or not module.InteractiveShell.initialized():
        return None
    return module.InteractiveShell.instance()
