"""What becomes of the messages of a process outside: results, log lines, printed text."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

from assetbook.definitions.results import (
    AssetCheckResult,
    AssetCheckSeverity,
    DataVersion,
    MaterializeResult,
)
from assetbook.errors import AssetbookError, PipesError
from assetbook.execution.pipes.context_data import StepContext
from assetbook.execution.pipes.message_lines import LONGEST_LINE
from assetbook.execution.pipes.messages import (
    METHODS,
    Check,
    Closed,
    Custom,
    ExternalStream,
    Log,
    Materialization,
    MessageError,
    Opened,
    PipesException,
    read_envelope,
    read_line,
    read_params,
)
from assetbook.execution.pipes.reported_metadata import reported_metadata
from assetbook.execution.pipes.wire_format import PROTOCOL_VERSION, key_from_text

PipesExecutionResult = MaterializeResult[Any] | AssetCheckResult

MOST_HELD = 256 << 20
"""Bytes of lines whose results and custom messages are held."""
_LONGEST_SHOWN = 2_000  # characters of a message that cannot be used


class PipesMessageHandler:
    """Takes the messages of one session, from whatever thread reads them.

    What cannot be used is told in the step's log, and stops nothing.
    """

    def __init__(self, context: StepContext) -> None:
        self._log = context.log
        self._results: list[PipesExecutionResult] = []
        self._custom: list[Any] = []
        self._held = 0
        self._arrived = 0
        """Bytes of the line that is being handled."""
        self._told_version = False
        self.opened = False
        """Whether the process has begun to talk."""
        self.closed = False
        """Whether the process has said that it is done."""
        self.exception: PipesException | None = None
        """What the process was closed by."""

    def handle_line(self, line: bytes | str | int) -> None:
        """Takes one line of JSON, or the size of one that was too long to be kept."""
        if isinstance(line, int):
            self._log.error(
                "[pipes] a message of %s bytes is dropped: at most %s are read",
                f"{line:,}",
                f"{LONGEST_LINE:,}",
            )
            return
        self._arrived = len(line)
        try:
            message = read_line(line)
        except MessageError as error:
            text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
            self._unusable(text, error)
            return
        self.handle_message(message)

    def handle_message(self, message: Mapping[str, Any]) -> None:
        """Takes one message."""
        try:
            envelope = read_envelope(message)
            self._tell_version(envelope.version)
            if self.closed and envelope.method != "log_external_stream":  # buffered text comes late
                self._log.warning("[pipes] a message after the last one: %s", _shown(message))
            if envelope.method not in METHODS:
                self._log.warning(
                    "[pipes] a message of the unknown method %s: %s",
                    _shown(envelope.method),
                    _shown(message),
                )
                return
            read = read_params(envelope)
            _HANDLERS[type(read)](self, read)
        except (MessageError, AssetbookError) as error:
            self._unusable(_shown(message), error)

    @property
    def results(self) -> tuple[PipesExecutionResult, ...]:
        """What was reported so far; raises PipesError if it was more than can be held."""
        self._check_held()
        return tuple(self._results)

    @property
    def custom_messages(self) -> tuple[Any, ...]:
        """The custom messages so far; raises PipesError if there were more than can be held."""
        self._check_held()
        return tuple(self._custom)

    def _check_held(self) -> None:
        if self._held > MOST_HELD:
            raise PipesError(
                "the reports of the process",
                f"they are more than {MOST_HELD:,} bytes, and only the first of them were kept",
                "Write large data to files, and report where they are.",
            )

    def _hold(self, into: list[Any], each: object) -> None:
        self._held += self._arrived
        if self._held <= MOST_HELD:
            into.append(each)

    def _unusable(self, shown: str, error: Exception) -> None:
        said = str(error).partition("\n")[0]
        self._log.error("[pipes] a message cannot be used: %s: %s", _bounded(said), _bounded(shown))

    def _tell(self, said: str) -> None:
        self._log.warning("[pipes] %s", _bounded(said))

    def _tell_version(self, version: str) -> None:
        if version == PROTOCOL_VERSION or self._told_version:
            return
        self._told_version = True
        self._tell(
            f"the process speaks version {version!r} of the protocol; it is read as "
            f"{PROTOCOL_VERSION!r}"
        )

    def _opened(self, message: Opened) -> None:
        self.opened = True
        self._log.debug("[pipes] the process has opened its side")

    def _closed(self, message: Closed) -> None:
        self.closed = True
        self.exception = message.exception
        if message.exception is not None:
            self._log.error(
                "[pipes] the process was closed by an exception:\n%s",
                exception_text(message.exception),
            )

    def _line(self, message: Log) -> None:
        level, mark = _level(message.level)
        self._log.log(level, "%s%s", mark, clean(message.message))

    def _materialization(self, message: Materialization) -> None:
        version = message.data_version
        result = MaterializeResult[Any](
            asset_key=key_from_text(message.asset_key),
            metadata=reported_metadata(message.metadata, self._tell),
            data_version=None if version is None else DataVersion(clean(version)),
        )
        self._hold(self._results, result)

    def _check(self, message: Check) -> None:
        result = AssetCheckResult(
            passed=message.passed,
            asset_key=key_from_text(message.asset_key),
            check_name=message.check_name,
            metadata=reported_metadata(message.metadata, self._tell),
            severity=AssetCheckSeverity(message.severity.lower()),
        )
        self._hold(self._results, result)

    def _custom_message(self, message: Custom) -> None:
        self._hold(self._custom, message.payload)

    def _printed(self, message: ExternalStream) -> None:
        stream = sys.stdout if message.stream == "stdout" else sys.stderr
        stream.write(clean(message.text))


_HANDLERS: Mapping[type[Any], Callable[[PipesMessageHandler, Any], None]] = {
    Opened: PipesMessageHandler._opened,
    Closed: PipesMessageHandler._closed,
    Log: PipesMessageHandler._line,
    Materialization: PipesMessageHandler._materialization,
    Check: PipesMessageHandler._check,
    Custom: PipesMessageHandler._custom_message,
    ExternalStream: PipesMessageHandler._printed,
}


def exception_text(exception: PipesException) -> str:
    """The exception as Python shows one, its causes first; bounded."""
    led_by = exception.cause or exception.context
    before = f"{exception_text(led_by)}\nwhich led to\n" if led_by is not None else ""
    stack = "".join(exception.stack)
    return _bounded(clean(f"{before}{stack}{exception.message}".rstrip()), keep_end=True)


def clean(text: str) -> str:
    """The text with what no encoding can write (half surrogates) replaced."""
    return text.encode("utf-8", "replace").decode()


def _level(given: str | int) -> tuple[int, str]:
    """The number of a log level, and what to put before the line if its name is not known."""
    if isinstance(given, int):
        return given, ""
    name = given.upper().removeprefix("LEVEL ")
    known = logging.getLevelNamesMapping().get(name)
    if known is not None:
        return known, ""
    if name.isascii() and name.isdecimal() and len(name) < 4:
        return int(name), ""
    return logging.INFO, f"[{clean(given)}] "


def _shown(message: object) -> str:
    return message if isinstance(message, str) else repr(message)


def _bounded(text: str, keep_end: bool = False) -> str:
    if len(text) <= _LONGEST_SHOWN:
        return clean(text)
    cut = f"[{len(text) - _LONGEST_SHOWN:,} characters left out]"
    if keep_end:
        return f"{cut} ... {clean(text[-_LONGEST_SHOWN:])}"
    return f"{clean(text[:_LONGEST_SHOWN])} ... {cut}"
