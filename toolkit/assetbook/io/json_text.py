"""Plain values as JSON text: what goes in comes out, exactly.

The encoding is JSON in ASCII. What JSON has no word for is an object with one key that begins
with ``$``::

    {"$float": "nan"}            also "inf", "-inf"
    {"$tuple": [1, 2]}           {"$decimal": "1.50"}
    {"$date": "2013-01-01"}      {"$time": "06:00:00"}      {"$timedelta": [days, seconds, micros]}
    {"$datetime": "2013-01-01T06:00:00+00:00", "zone": "Europe/Paris", "fold": 0}
    {"$text": "<hex>"}           text with lone surrogates: UTF-8 with surrogates passed
    {"$int": "<hex>"}            integers beyond 64 bits
    {"$dict": [[key, value]]}    a dict whose keys JSON text cannot hold or that begin with ``$``
    {"$member": 0}               a value that is stored beside the text, by its number

Numpy scalars become Python's, and keys of partitions text. Other classes, subclasses too, are
refused: they would come back as something else.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from assetbook.definitions.partitions import MultiPartitionKey
from assetbook.errors import UnstorableValueError, with_article

_PLAIN: tuple[type, ...] = (bool, int, float, str, list, tuple, dict)
_PLAIN += (datetime, date, time, timedelta, Decimal, MultiPartitionKey)


def is_plain(value: object) -> bool:
    """Whether ``value`` is of a class that has a text (its parts may still have none)."""
    return type(value) in _PLAIN or _numpy_scalar(value) is not None


Apart = Callable[[object, str], int | None]
"""Takes a part that has no text, and its place, to be stored beside the text; gives its number, or
None if it cannot be stored either."""


def encode(
    value: object, *, asked: str, apart: Apart = lambda value, place: None
) -> tuple[str, tuple[str, ...]]:
    """The text of a value, and what the encoding changes, a sentence each.

    Raises UnstorableValueError naming the part that has no text and is not taken ``apart``.
    """
    encoder = _Encoder(asked, apart)
    try:
        text = json.dumps(encoder.encode(value, ""), separators=(",", ":"), allow_nan=False)
    except RecursionError as error:
        raise UnstorableValueError(
            asked,
            "it contains itself, or is nested too deeply",
            "Return lists and dicts that are trees of moderate depth.",
        ) from error
    return text, tuple(dict.fromkeys(encoder.notes))


def decode(text: str, member: Callable[[int], object] | None = None) -> object:
    """A new object from its text, with what ``member`` gives for the numbers of its members.

    Raises ValueError, KeyError or TypeError if it is none; LookupError for a number too many.
    """
    if member is None:
        return json.loads(text, object_hook=_untag)

    def untag(found: dict[str, Any]) -> object:
        return member(found["$member"]) if "$member" in found else _untag(found)

    return json.loads(text, object_hook=untag)


class _Encoder:
    """Turns plain values into what ``json.dumps`` writes; notes what changes on the way."""

    def __init__(self, asked: str, apart: Apart) -> None:
        self.asked = asked
        self.apart = apart
        self.notes: list[str] = []

    def encode(self, value: object, place: str) -> object:
        kind = type(value)
        if value is None or kind is bool:
            return value
        encode = _ENCODERS.get(kind)
        if encode is not None:
            return encode(value, place, self)
        plain = _numpy_scalar(value)
        if plain is None:
            number = self.apart(value, place)
            if number is not None:
                return {"$member": number}
            found = with_article(f"{kind.__module__}.{kind.__qualname__}")
            raise self.refusal(place, f"is {found}")
        self.notes.append(f"numpy {kind.__name__} becomes {type(plain).__name__}")
        return self.encode(plain, place)

    def refusal(self, place: str, found: str) -> UnstorableValueError:
        part = f"`value{place}`" if place else "it"
        return UnstorableValueError(
            self.asked,
            f"{part} {found}",
            "Plain values are numbers, text, booleans, lists, tuples, dicts with text keys, dates "
            "and times, and Decimals. Convert it, return a table, or store all of it by pickle: "
            '`--io pickle`, `@asset(io_manager_key="pickle")`.',
        )


def _encode_int(value: Any, place: str, encoder: _Encoder) -> object:
    return value if -(2**63) <= value < 2**64 else {"$int": hex(value)}


def _encode_float(value: Any, place: str, encoder: _Encoder) -> object:
    return value if math.isfinite(value) else {"$float": repr(value)}


def _encode_text(value: Any, place: str, encoder: _Encoder) -> object:
    if _has_surrogates(value):  # json would join a pair of them into one character
        return {"$text": value.encode("utf-8", "surrogatepass").hex()}
    return value


def _encode_list(value: Any, place: str, encoder: _Encoder) -> object:
    return [encoder.encode(each, f"{place}[{at}]") for at, each in enumerate(value)]


def _encode_tuple(value: Any, place: str, encoder: _Encoder) -> object:
    return {"$tuple": _encode_list(value, place, encoder)}


def _encode_dict(value: Any, place: str, encoder: _Encoder) -> object:
    for key in value:
        if type(key) not in (str, MultiPartitionKey):
            raise encoder.refusal(place, f"has the key {key!r}, which is no text")
    pairs = [(str(key), encoder.encode(each, f"{place}[{key!r}]")) for key, each in value.items()]
    if any(key.startswith("$") or _has_surrogates(key) for key in value):
        return {"$dict": [[_encode_text(key, place, encoder), each] for key, each in pairs]}
    return dict(pairs)


def _encode_datetime(value: Any, place: str, encoder: _Encoder) -> object:
    tagged: dict[str, object] = {"$datetime": value.isoformat()}
    if type(value.tzinfo) is ZoneInfo and value.tzinfo.key is not None:
        tagged["$datetime"] = value.replace(tzinfo=None).isoformat()
        tagged["zone"] = value.tzinfo.key
    else:
        _check_offset(value, place, encoder)
    return {**tagged, "fold": 1} if value.fold else tagged


def _encode_time(value: Any, place: str, encoder: _Encoder) -> object:
    _check_offset(value, place, encoder)
    tagged = {"$time": value.isoformat()}
    return {**tagged, "fold": 1} if value.fold else tagged


def _check_offset(value: Any, place: str, encoder: _Encoder) -> None:
    zone = value.tzinfo
    if zone is not None and (
        type(zone) is not timezone or repr(zone) != repr(timezone(zone.utcoffset(None)))
    ):
        raise encoder.refusal(place, f"has the time zone {zone!r}, which text cannot hold")


def _encode_timedelta(value: Any, place: str, encoder: _Encoder) -> object:
    return {"$timedelta": [value.days, value.seconds, value.microseconds]}


_ENCODERS: dict[type, Callable[[Any, str, _Encoder], object]] = {
    int: _encode_int,
    float: _encode_float,
    str: _encode_text,
    list: _encode_list,
    tuple: _encode_tuple,
    dict: _encode_dict,
    datetime: _encode_datetime,
    date: lambda value, place, encoder: {"$date": value.isoformat()},
    time: _encode_time,
    timedelta: _encode_timedelta,
    Decimal: lambda value, place, encoder: {"$decimal": str(value)},
    MultiPartitionKey: lambda value, place, encoder: _encode_text(str(value), place, encoder),
}


def _untag(found: dict[str, Any]) -> object:
    tag = next(iter(found), "")
    return _DECODERS[tag](found[tag], found) if tag.startswith("$") else found


def _decode_datetime(value: str, found: dict[str, Any]) -> datetime:
    moment = datetime.fromisoformat(value).replace(fold=found.get("fold", 0))
    return moment.replace(tzinfo=ZoneInfo(found["zone"])) if "zone" in found else moment


_DECODERS: dict[str, Callable[[Any, dict[str, Any]], object]] = {
    "$int": lambda value, found: int(value, 16),
    "$float": lambda value, found: float(value),
    "$text": lambda value, found: bytes.fromhex(value).decode("utf-8", "surrogatepass"),
    "$tuple": lambda value, found: tuple(value),
    "$dict": lambda value, found: dict(value),
    "$datetime": _decode_datetime,
    "$date": lambda value, found: date.fromisoformat(value),
    "$time": lambda value, found: time.fromisoformat(value).replace(fold=found.get("fold", 0)),
    "$timedelta": lambda value, found: timedelta(*value),
    "$decimal": lambda value, found: Decimal(value),
}


def _has_surrogates(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)


def _numpy_scalar(value: object) -> object:
    """The Python scalar for a numpy one; None for anything else."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(value, numpy.generic):
        return None
    plain = value.item()
    return plain if type(plain) in (bool, int, float, str) else None
