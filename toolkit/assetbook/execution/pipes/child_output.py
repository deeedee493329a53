"""What a child process prints, read while it runs and shown where its step runs."""

from __future__ import annotations

import codecs
import contextvars
import os
import select
import sys
import threading
import time
from typing import IO, Literal

_PIECE = 1 << 16  # bytes
_LOOK = 0.1  # seconds between two looks at whether the process has ended
_AFTERWARDS = 5.0  # seconds for which others that have its output go on being read
_LAST = 8_192  # characters of the end that are kept


class ChildOutput:
    """Reads one stream of a child on a thread of its own, so that the child never waits.

    What it reads is written to ``sys.stdout`` or ``sys.stderr`` if ``shown``, and the end is kept.
    """

    def __init__(self, pipe: IO[bytes], stream: Literal["stdout", "stderr"], shown: bool) -> None:
        self._pipe = pipe
        self._stream = stream
        self._shown = shown
        self._end = ""
        self._held = ""
        """What is read and not yet shown."""
        self._over: float | None = None
        self._failure: BaseException | None = None
        context = contextvars.copy_context()  # so that it stays with the step, and in its cell
        self._thread = threading.Thread(
            target=context.run, args=(self._read,), name=f"assetbook pipes {stream}", daemon=True
        )
        self._thread.start()

    def hide(self) -> None:
        """From now on reads only, and shows nothing."""
        self._shown = False

    def finish(self) -> str:
        """The end of what was printed, once all of it is read; call it when the child has ended.

        Processes that the child left behind are not waited for. Raises what showing it raised.
        """
        self._over = time.monotonic() + _AFTERWARDS
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._end

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        with self._pipe:
            while (piece := self._piece(poll)) is not None:
                self._take(decoder.decode(piece))
        self._take(decoder.decode(b"", final=True))
        self._show(len(self._held))

    def _piece(self, poll: select.poll) -> bytes | None:
        """The next bytes, none for a moment without any; None if there will be no more."""
        over = self._over  # before looking: what was printed until then is read
        ready = poll.poll(_LOOK * 1_000)
        if ready and (over is None or time.monotonic() < over):
            return os.read(self._pipe.fileno(), _PIECE) or None
        return None if over is not None else b""

    def _take(self, text: str) -> None:
        """Shows whole lines, which do not mix with those of the other stream; others when nothing
        follows for a moment."""
        self._end = (self._end + text)[-_LAST:]
        self._held += text
        waits = text and len(self._held) < _PIECE
        self._show(self._held.rfind("\n") + 1 if waits else len(self._held))

    def _show(self, count: int) -> None:
        text, self._held = self._held[:count], self._held[count:]
        if not self._shown or not text or self._failure is not None:
            return
        try:
            (sys.stdout if self._stream == "stdout" else sys.stderr).write(text)
        except BaseException as error:  # noqa: BLE001 - raised by finish(); the child goes on
            self._failure = error
