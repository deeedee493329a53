"""What a step prints, logs and displays stays with that step, and still shows where it runs.

While a run is on, ``sys.stdout``, ``sys.stderr``, all loggers and IPython's display publisher are
watched. What arrives is passed on as always, and a copy goes to the sink of the context (a
context variable) in which it was made, so that concurrent steps do not mix. Threads that a step
starts take its context along.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from assetbook.execution.displays import display_id_in
from assetbook.execution.figures import figures_apart
from assetbook.execution.log_lines import STEP_LOGGER, watch_records
from assetbook.execution.shell import running_shell
from assetbook.execution.sink import Sink, current_sink, into
from assetbook.execution.thread_context import carry_contexts
from assetbook.execution.warned_cells import name_warned_cells

__all__ = ["Sink", "into", "running_shell", "step_log", "watched"]
step_log = logging.getLogger(STEP_LOGGER)
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
    """Watches streams, logs and displays until the end of the block; may be nested, and used on
    several threads: what is watched stays so until the last of them ends."""
    _watch.begin()
    try:
        yield
    finally:
        _watch.end()


class _Watch:
    """What all who watch at a time have in common."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers = 0
        self._ends: list[Callable[[], None]] = []

    def begin(self) -> None:
        with self._lock:
            self._watchers += 1
            # somebody may have redirected the streams since they were watched first
            self._ends += [_tee(name) for name in ("stdout", "stderr")]
            if self._watchers == 1:
                self._ends += [
                    show_step_log(),
                    watch_records(),
                    carry_contexts(),
                    figures_apart(),
                    _watch_displays(),
                    name_warned_cells(),
                ]

    def end(self) -> None:
        with self._lock:
            self._watchers -= 1
            while not self._watchers and self._ends:
                self._ends.pop()()


_watch = _Watch()


def _tee(name: Literal["stdout", "stderr"]) -> Callable[[], None]:
    """Copies what ``sys.stdout`` or ``sys.stderr`` gets; gives back what ends it."""
    stream = getattr(sys, name)
    if isinstance(stream, _Tee):
        return lambda: None
    tee = _Tee(stream, name)
    setattr(sys, name, tee)

    def restore() -> None:
        if getattr(sys, name) is tee:
            setattr(sys, name, stream)

    return restore


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
            metadata = args[0] if args else kwargs.get("metadata")
            sink.display(data, metadata, display_id=display_id_in(kwargs))
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
