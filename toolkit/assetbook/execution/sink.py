"""Where a step's output goes: one sink a step, found by the context in which it is made."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Literal

from assetbook.clock import Clock
from assetbook.definitions.secret import scrub, scrub_json
from assetbook.errors import StoreError
from assetbook.events.records import LogRecord

_FLUSH_AFTER = 0.2  # seconds between two deliveries of printed text
_LONGEST_PIECE = 8_192  # characters
_MOST_KEPT = 5_000_000  # characters of one step


class Sink:
    """Gathers what one step prints, logs and displays, and delivers it in order.

    ``deliver`` takes records; it is called about five times a second at most for printed text,
    which waits no longer than that, so that whoever looks on from elsewhere sees it.
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
        self._timer: threading.Timer | None = None
        self._over = False

    @property
    def over(self) -> bool:
        """Whether it is closed: what a thread that outlives its step prints is dropped."""
        return self._over

    def write(self, stream: Literal["stdout", "stderr"], text: str) -> None:
        """Takes printed text."""
        with self._lock:
            if not self._over:
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
        elif self._timer is None:
            self._timer = threading.Timer(_FLUSH_AFTER, self._flush_late)
            self._timer.daemon = True
            self._timer.start()

    def _flush_late(self) -> None:
        with self._lock:
            if self._timer is not None:  # else it was closed meanwhile
                self._timer = None
                # what cannot be written is still queued; the next commit tells why
                with suppress(StoreError):
                    self.flush()

    def log(self, level: str, text: str) -> None:
        """Takes one log line."""
        with self._lock:
            if self._over:
                return
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
            if self._over:
                return
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
        with self._lock:
            self._over = True
            timer, self._timer = self._timer, None
            self.flush()
        if timer is not None:
            timer.cancel()
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


current_sink: ContextVar[Sink | None] = ContextVar("assetbook_sink", default=None)
"""The sink of this context; None outside steps, and while what is shown is kept already."""


@contextmanager
def into(sink: Sink) -> Iterator[None]:
    """Sends what this context prints, logs and displays to ``sink`` too."""
    token = current_sink.set(sink)
    try:
        yield
    finally:
        current_sink.reset(token)
        sink.close()


def _as_text(value: Any) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
