"""The messages of a process outside: one closed set, each read from a line of JSON and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, Literal

import msgspec

from assetbook.execution.pipes.wire_format import VERSION_FIELD

DEEPEST = 100
"""Levels of lists and dicts inside each other; deeper messages are refused."""


_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"')
_BRACKETS = re.compile(r"[\[\]{}]")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}


class MessageError(Exception):
    """Why a line or message cannot be used, in a few words."""


class PipesException(msgspec.Struct, frozen=True):
    """An exception of the other side, with the one that led to it."""

    message: str
    stack: list[str] = []
    name: str | None = None
    cause: PipesException | None = None
    context: PipesException | None = None


class Opened(msgspec.Struct, frozen=True):
    """The process has begun to talk."""

    extras: dict[str, Any] = {}


class Closed(msgspec.Struct, frozen=True):
    """The process has said all that it will."""

    exception: PipesException | None = None


class Log(msgspec.Struct, frozen=True):
    """A line for the step's log."""

    message: str
    level: str | int = "INFO"


class Materialization(msgspec.Struct, frozen=True):
    """An asset was materialized."""

    asset_key: str
    metadata: dict[str, Any] | None = None
    data_version: str | None = None


class Check(msgspec.Struct, frozen=True):
    """A check was made."""

    asset_key: str
    check_name: str
    passed: bool
    severity: Literal["WARN", "ERROR"] = "ERROR"
    metadata: dict[str, Any] | None = None


class Custom(msgspec.Struct, frozen=True):
    """Whatever the author of both sides means by it."""

    payload: Any = None


class ExternalStream(msgspec.Struct, frozen=True):
    """Printed text that travels with the messages."""

    stream: Literal["stdout", "stderr"]
    text: str
    extras: dict[str, Any] | None = None


Message = Opened | Closed | Log | Materialization | Check | Custom | ExternalStream

METHODS: Mapping[str, type[Message]] = {
    "opened": Opened,
    "closed": Closed,
    "log": Log,
    "report_asset_materialization": Materialization,
    "report_asset_check": Check,
    "report_custom_message": Custom,
    "log_external_stream": ExternalStream,
}
"""By the name on the wire, what the message holds."""


class Envelope(msgspec.Struct, frozen=True):
    """What is around every message."""

    method: str
    params: dict[str, Any] | None = None
    version: str = msgspec.field(default="", name=VERSION_FIELD)


def read_line(line: bytes | str) -> Mapping[str, Any]:
    """The message in one line, not yet checked; raises MessageError if it is no JSON object."""
    try:
        text = line if isinstance(line, str) else line.decode()
        if _opens_deeper(text, DEEPEST):
            raise MessageError(f"it is nested more than {DEEPEST} levels deep")
        found = json.loads(text)
    except ValueError as error:  # also of bytes that are no text
        raise MessageError(f"it is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise MessageError("it is no JSON object")
    return found


def read_envelope(message: object) -> Envelope:
    """The envelope of a message; raises MessageError that says what is wrong with it."""
    if _is_deeper(message, DEEPEST):
        raise MessageError(f"it is nested more than {DEEPEST} levels deep")
    try:
        return msgspec.convert(message, Envelope)
    except msgspec.ValidationError as error:
        raise MessageError(str(error)) from None


def read_params(envelope: Envelope) -> Message:
    """The checked message in an envelope of a known method; raises MessageError."""
    try:
        return msgspec.convert(envelope.params or {}, METHODS[envelope.method])
    except msgspec.ValidationError as error:
        raise MessageError(str(error)) from None


def _opens_deeper(text: str, levels: int) -> bool:
    """Asked ahead: at the end of the stack, what the reader frees could not clean up either."""
    if text.count("[") + text.count("{") <= levels:
        return False
    depths = accumulate(_STEP[bracket] for bracket in _BRACKETS.findall(_STRING.sub("", text)))
    return any(depth > levels for depth in depths)


def _is_deeper(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_is_deeper(each, levels - 1) for each in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_is_deeper(each, levels - 1) for each in value)
    return False
