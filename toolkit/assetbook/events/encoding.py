"""The JSON form in which events and log records are stored."""

from __future__ import annotations

from typing import Any

import msgspec

from assetbook.events.log_record import LogRecord
from assetbook.events.records import Event


def as_text(value: Any) -> str:
    """The text alone of the key of a partition of several dimensions, and of other text that knows
    more than that: for msgspec, which asks this of what it does not know."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError  # msgspec says it of the value


_encoder = msgspec.json.Encoder(enc_hook=as_text)
_event_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_log_decoder = msgspec.json.Decoder(LogRecord)


def encode(record: Event | LogRecord) -> bytes:
    """The JSON form of an event or log record, as UTF-8; lone surrogates as ``\\udcff``."""
    try:
        return _encoder.encode(record)
    except UnicodeEncodeError:  # text that never was Unicode, as a file name or printed bytes
        return _encoder.encode(_speakable(msgspec.to_builtins(record, enc_hook=as_text)))


def _speakable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_speakable(key): _speakable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_speakable(each) for each in value]
    return value


def decode(data: bytes) -> Event:
    """The event whose JSON form ``data`` is; raises msgspec.DecodeError for anything else."""
    return _event_decoder.decode(data)


def decode_log(data: bytes) -> LogRecord:
    """The log record whose JSON form ``data`` is; raises msgspec.DecodeError otherwise."""
    return _log_decoder.decode(data)
