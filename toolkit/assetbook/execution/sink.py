"""Where a step's output goes: one sink a step, found by the context in which it is made."""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Literal

from msgspec import structs

from assetbook.clock import Clock
from assetbook.definitions.secret import known_secrets, scrub, scrub_json
from assetbook.errors import StoreError
from assetbook.events.log_record import LogRecord
from assetbook.execution.run_loggers import NO_LOGGERS, RunLoggers

_FLUSH_AFTER = 0.2  # seconds between two deliveries
_MOST_WAITING = 1 << 16  # characters that wait for a delivery
_MOST_RECORDS = 1000
_PRINTED: tuple[Literal["stdout", "stderr"], ...] = ("stdout", "stderr")


class Sink:
    """Gathers what one step prints, logs and displays, and delivers it in order, without secrets.

    ``deliver`` takes records; it is called about five times a second at most, unless there is very
    much: nothing waits longer than that, so that whoever looks on from elsewhere sees it.
    ``end`` is called when the last of them is delivered. ``cell_name`` says what people call the
    code that is compiled under a file's name.
    """

    def __init__(
        self,
        run_id: str,
        step: str,
        clock: Clock,
        deliver: Callable[[Sequence[LogRecord]], None],
        end: Callable[[], None] = lambda: None,
        loggers: RunLoggers = NO_LOGGERS,
        cell_name: Callable[[str], str] = str,
    ) -> None:
        self.cell_name = cell_name
        self._run_id = run_id
        self._step = step
        self._clock = clock
        self._deliver = deliver
        self._end = end
        self._loggers = loggers
        self._stream: Literal["stdout", "stderr"] = "stdout"
        self._pieces: list[str] = []  # of that stream
        self._held = {"stdout": "", "stderr": ""}  # may begin a secret
        self._records: list[LogRecord] = []
        self._waiting = 0
        self._flushed_at = time.monotonic()
        self._lock = threading.RLock()  # a step's own threads print too
        self._timer: threading.Timer | None = None
        self._over = False

    def send(self, record: logging.LogRecord) -> bool:
        """Sends a line of ``context.log`` to the loggers that the run configures; whether there
        are any, which show it."""
        if not self._loggers:
            return False
        self._loggers.send(record, self._run_id)
        return True

    @property
    def over(self) -> bool:
        """Whether it is closed: what a thread that outlives its step prints is dropped."""
        return self._over

    def write(self, stream: Literal["stdout", "stderr"], text: str) -> None:
        """Takes printed text."""
        with self._lock:
            if self._over:
                return
            if stream != self._stream:
                self._seal()
                self._stream = stream
            self._pieces.append(text)
            self._came(len(text))

    def log(
        self, level: str, text: str, logger: str = "", extra: dict[str, Any] | None = None
    ) -> None:
        """Takes one log line."""
        with self._lock:
            if self._over:
                return
            self._seal()
            extra = scrub_json(extra)
            self._put("log", scrub(text), level=level, logger=logger, extra=extra)
            self._came(len(text))

    def display(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        display_id: str = "",
        update: bool = False,
    ) -> None:
        """Takes a display's mime bundle, and what is said of it beside that; an ``update`` is
        delivered to be shown alone."""
        bundle = {kind: _as_text(value) for kind, value in data.items()}
        more = {"metadata": scrub_json(metadata or None), "display_id": display_id}
        with self._lock:
            if self._over:
                return
            self._seal()
            text = scrub(str(data.get("text/plain", "")))
            self._put("display", text, bundle=scrub_json(bundle), update=update, **more)
            self.flush()

    def clear(self, *, wait: bool) -> None:
        """Has what the cell shows cleared, with ``wait`` when something else is shown; what came
        so far is kept all the same."""
        with self._lock:
            if self._over:
                return
            self._seal()
            self._put("display", "", clears="later" if wait else "now")
            self.flush()

    def take(self, records: Sequence[LogRecord]) -> None:
        """Takes what the step logged and displayed in another process, but for updates."""
        with self._lock:
            if self._over:
                return
            self._seal()
            kept = [each for each in records if not (each.update or each.clears)]
            self._records += [_scrubbed(each) for each in kept]
            self._came(sum(len(each.text) for each in records))

    def flush(self) -> None:
        """Delivers what came so far."""
        with self._lock:
            self._flushed_at = time.monotonic()
            self._seal()
            self._waiting = 0
            records, self._records = self._records, []
            if records:
                # what cannot be written is still queued; the next commit tells why
                with suppress(StoreError):
                    self._deliver(records)

    def close(self) -> None:
        """Delivers the rest."""
        with self._lock:
            self._over = True
            timer, self._timer = self._timer, None
            self._seal(whole=True)
            for stream in _PRINTED:
                self._stream = stream
                self._seal(whole=True)
            self.flush()
            with suppress(StoreError):
                self._end()
        if timer is not None:
            timer.cancel()

    def _came(self, size: int) -> None:
        """Delivers what waits if it is much or has waited long; else sees to it that it will be."""
        self._waiting += size
        full = self._waiting > _MOST_WAITING or len(self._records) > _MOST_RECORDS
        if full or time.monotonic() - self._flushed_at > _FLUSH_AFTER:
            self.flush()
        elif self._timer is None:
            self._timer = threading.Timer(_FLUSH_AFTER, self._flush_late)
            self._timer.daemon = True
            self._timer.start()

    def _flush_late(self) -> None:
        with self._lock:
            if self._timer is not None:  # else it was closed meanwhile
                self._timer = None
                self.flush()

    def _seal(self, *, whole: bool = False) -> None:
        """Makes a record of what was printed last, but for what may be half of a secret.

        ``whole`` says that nothing follows.
        """
        if not self._pieces and not whole:
            return
        text = self._held[self._stream] + "".join(self._pieces)
        self._pieces.clear()
        settled = len(text) if whole else known_secrets.settled(text)
        self._held[self._stream] = text[settled:]
        if settled:
            self._put(self._stream, scrub(text[:settled]))

    def _put(self, stream: Any, text: str, **more: Any) -> None:
        self._records.append(
            LogRecord(
                run_id=self._run_id,
                step=self._step,
                at=self._clock.now(),
                stream=stream,
                text=text,
                **more,
            )
        )


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


def _scrubbed(record: LogRecord) -> LogRecord:
    if not known_secrets:
        return record
    return structs.replace(
        record,
        text=scrub(record.text),
        bundle=scrub_json(record.bundle),
        metadata=scrub_json(record.metadata),
        extra=scrub_json(record.extra),
    )


def _as_text(value: Any) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
