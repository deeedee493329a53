"""What a step prints, logs and displays stays with that step, and still shows where it runs.

While a run is on, ``sys.stdout``, ``sys.stderr``, the root logger and IPython's display publisher
are watched. What arrives is passed on as always, and a copy goes to the sink of the context (a
context variable) in which it was made, so that concurrent steps do not mix.
"""

from __future__ import annotations

import base64
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from assetbook.clock import Clock
from assetbook.definitions.secret import scrub, scrub_json
from assetbook.events.records import LogRecord

_FLUSH_AFTER = 0.2  # seconds between two deliveries of printed text
_LONGEST_PIECE = 8_192  # characters
_MOST_KEPT = 5_000_000  # characters of one step
step_log = logging.getLogger("assetbook.step")
"""The logger behind ``context.log``."""


class Sink:
    """Gathers what one step prints, logs and displays, and delivers it in order.

    ``deliver`` takes records; it is called about five times a second at most for printed text.
    Text beyond 5 million characters is dropped, and a last record says how much.
    """

    def __init__(
        self,
        run_id: str,
        step: str,
        clock: Clock,
        deliver: Callable[[Sequence[LogRecord]], None],
    ) -> None:
        self._run_id = run_id
        self._step = step
        self._clock = clock
        self._deliver = deliver
        self._stream: Literal["stdout", "stderr"] = "stdout"
        self._pieces: list[str] = []
        self._waiting = 0
        self._kept = 0
        self._dropped = 0
        self._flushed_at = time.monotonic()
        self._lock = threading.RLock()  # a step's own threads print too

    def write(self, stream: Literal["stdout", "stderr"], text: str) -> None:
        """Takes printed text."""
        with self._lock:
            self._write(stream, text)

    def _write(self, stream: Literal["stdout", "stderr"], text: str) -> None:
        if self._kept > _MOST_KEPT:
            self._dropped += len(text)
            return
        if stream != self._stream:
            self.flush()
            self._stream = stream
        self._pieces.append(text)
        self._waiting += len(text)
        self._kept += len(text)
        late = time.monotonic() - self._flushed_at > _FLUSH_AFTER
        if self._waiting > _LONGEST_PIECE or late:
            self.flush()

    def log(self, level: str, text: str) -> None:
        """Takes one log line."""
        with self._lock:
            self.flush()
            self._kept += len(text)
            if self._kept > _MOST_KEPT:
                self._dropped += len(text)
            else:
                self._put("log", scrub(text), level=level)

    def display(self, data: dict[str, Any]) -> None:
        """Takes a display's mime bundle."""
        bundle = {kind: _as_text(value) for kind, value in data.items()}
        with self._lock:
            self.flush()
            self._put("display", scrub(str(data.get("text/plain", ""))), bundle=scrub_json(bundle))

    def flush(self) -> None:
        """Delivers what was printed so far."""
        with self._lock:
            self._flushed_at = time.monotonic()
            if self._pieces:
                text = "".join(self._pieces)
                self._pieces.clear()
                self._waiting = 0
                self._put(self._stream, scrub(text))

    def close(self) -> None:
        """Delivers the rest, and says what was dropped."""
        self.flush()
        if self._dropped:
            self._put("log", f"dropped {self._dropped:,} characters", level="WARNING")
            self._dropped = 0

    def _put(self, stream: Any, text: str, **more: Any) -> None:
        record = LogRecord(
            run_id=self._run_id,
            step=self._step,
            at=self._clock.now(),
            stream=stream,
            text=text,
            **more,
        )
        self._deliver([record])


_sink: ContextVar[Sink | None] = ContextVar("assetbook_sink", default=None)


@contextmanager
def into(sink: Sink) -> Iterator[None]:
    """Sends what this context prints, logs and displays to ``sink`` too."""
    token = _sink.set(sink)
    try:
        yield
    finally:
        _sink.reset(token)
        sink.close()


class _Tee:
    """A stream that passes everything on, and copies text to the context's sink."""

    def __init__(self, stream: Any, name: Literal["stdout", "stderr"]) -> None:
        self._stream = stream
        self._name = name

    def write(self, text: str) -> int:
        sink = _sink.get()
        if sink is not None:
            sink.write(self._name, text)
        self._stream.write(text)
        return len(text)

    def writelines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _SinkHandler(logging.Handler):
    """Copies log records to the context's sink; shows them too where ``shown`` says so."""

    def __init__(self, shown: int) -> None:
        super().__init__()
        self._shown = shown

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        sink = _sink.get()
        if sink is not None:
            sink.log(record.levelname, text)
        if record.levelno >= self._shown:
            stream = sys.stderr
            plain = stream._stream if isinstance(stream, _Tee) else stream
            plain.write(f"{record.levelname} {text}\n")


_NEVER_SHOWN = 1_000


@contextmanager
def watched() -> Iterator[None]:
    """Watches streams, logs and displays until the end of the block; may be nested."""
    if isinstance(sys.stdout, _Tee):
        yield
        return
    out, err = sys.stdout, sys.stderr
    root = logging.getLogger()
    root_handler = _SinkHandler(_NEVER_SHOWN if root.handlers else logging.WARNING)
    own_handler = _SinkHandler(logging.INFO)
    level, propagate = step_log.level, step_log.propagate
    step_log.setLevel(logging.DEBUG)
    step_log.propagate = False
    tee_out, tee_err = _Tee(out, "stdout"), _Tee(err, "stderr")
    sys.stdout, sys.stderr = tee_out, tee_err
    root.addHandler(root_handler)
    step_log.addHandler(own_handler)
    restore_displays = _watch_displays()
    try:
        yield
    finally:
        restore_displays()
        step_log.removeHandler(own_handler)
        step_log.setLevel(level)
        step_log.propagate = propagate
        root.removeHandler(root_handler)
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
        sink = _sink.get()
        if sink is None:
            return publish(data, *args, **kwargs)
        if not kwargs.get("update"):
            sink.display(data)
        token = _sink.set(None)  # a terminal prints its displays: they are kept already
        try:
            return publish(data, *args, **kwargs)
        finally:
            _sink.reset(token)

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


def _as_text(value: Any) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
