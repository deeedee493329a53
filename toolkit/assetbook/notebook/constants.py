"""Constants by type and canonical bytes, never by ``==``.

1, True and 1.0 differ, 0.0 and -0.0 differ, NaN equals itself, a Decimal's scale counts, the order
of a dict counts, that of a set does not. Only exact types count as constants: an instance of a
subclass has a class, whose code counts too.
"""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import hashlib
import ipaddress
import pathlib
import re
import struct
import types
import uuid
import zoneinfo
from collections.abc import Callable, Iterable
from typing import Any

from assetbook.notebook.table_constants import LIBRARIES, encode_library_value

MOST_BYTES = 16 << 20
"""Plain values of more canonical bytes than this are no constants."""
_DEEPEST = 60

_PLAIN = frozenset({int, str, bool, bytes, float, type(None)})
IMMUTABLE = _PLAIN | {
    complex, type(...), type(NotImplemented), range, decimal.Decimal, fractions.Fraction, uuid.UUID,
    datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone,
    re.Pattern, zoneinfo.ZoneInfo, pathlib.PosixPath, pathlib.PurePosixPath,
}  # fmt: skip
"""Types whose values never change: the same object is the same constant."""


class NotConstantError(Exception):
    """Raised within the encoding of a value some part of which is no constant."""


class Encoding:
    """Canonical bytes as they are being made; each part is written with its length."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=16)
        self._size = 0
        self._depth = 0

    def put(self, tag: str, data: bytes = b"") -> None:
        """Adds a part of kind ``tag``; raises NotConstantError above ``MOST_BYTES`` in all."""
        self._size += len(data)
        if self._size > MOST_BYTES:
            raise NotConstantError
        self._hash.update(f"{tag}:{len(data)}:".encode())
        self._hash.update(data)

    def value(self, value: Any) -> None:
        """Adds a whole value; raises NotConstantError if any part of it is no constant."""
        kind = type(value)
        encode = _ENCODERS.get(kind)
        if encode is None:
            if str(kind.__module__).partition(".")[0] not in LIBRARIES:
                raise NotConstantError
            encode = encode_library_value
        self._depth += 1
        if self._depth > _DEEPEST:  # deep or cyclic
            raise NotConstantError
        encode(self, value)
        self._depth -= 1

    def values(self, tag: str, values: Iterable[Any]) -> None:
        """Adds values in their order."""
        self.put(tag)
        for each in values:
            self.value(each)
        self.put("end")

    def digest(self) -> bytes:
        """16 bytes that stand for all that was added."""
        return self._hash.digest()


def constant_digest(value: object) -> bytes | None:
    """16 bytes that stand for a constant's type and value; None if it is not a constant."""
    encoding = Encoding()
    try:
        encoding.value(value)
    except NotConstantError:
        return None
    return encoding.digest()


def _text(tag: str, of: Callable[[Any], object]) -> Callable[[Encoding, Any], None]:
    def encode(encoding: Encoding, value: Any) -> None:
        encoding.put(tag, str(of(value)).encode("utf-8", "surrogatepass"))

    return encode


def _float(encoding: Encoding, value: float) -> None:
    encoding.put("float", b"nan" if value != value else struct.pack(">d", value))


def _complex(encoding: Encoding, value: complex) -> None:
    encoding.put("complex")
    _float(encoding, value.real)
    _float(encoding, value.imag)


def _sequence(encoding: Encoding, value: Any) -> None:
    name = type(value).__name__
    if len(value) > 8 and _PLAIN.issuperset(map(type, value)):
        try:
            encoding.put(name + "*", repr(value).encode("utf-8", "surrogatepass"))
        except ValueError:  # an integer too long for repr
            encoding.values(name, value)
    else:
        encoding.values(name, value)


def _set(encoding: Encoding, value: Any) -> None:
    digests = [constant_digest(each) for each in value]
    if None in digests:
        raise NotConstantError
    encoding.put(type(value).__name__, b"".join(sorted(each for each in digests if each)))


def _mapping(encoding: Encoding, value: Any) -> None:
    encoding.values(type(value).__name__, (part for item in value.items() for part in item))


def _defaultdict(encoding: Encoding, value: Any) -> None:
    factory = value.default_factory
    if factory is not None and factory not in (int, float, str, list, dict, set, tuple, bool):
        raise NotConstantError
    encoding.put("factory", factory.__name__.encode() if factory else b"")
    _mapping(encoding, value)


def _deque(encoding: Encoding, value: Any) -> None:
    encoding.value(value.maxlen)
    encoding.values("deque", value)


def _time(encoding: Encoding, value: Any) -> None:
    encoding.put(type(value).__name__, f"{value.replace(tzinfo=None)!r} {value.fold}".encode())
    encoding.value(value.tzinfo)


def _zone(encoding: Encoding, value: zoneinfo.ZoneInfo) -> None:
    if value.key is None:
        raise NotConstantError
    encoding.put("ZoneInfo", value.key.encode())


def _pattern(encoding: Encoding, value: re.Pattern[Any]) -> None:
    encoding.values("Pattern", (value.pattern, value.flags))


def _slice(encoding: Encoding, value: slice) -> None:
    encoding.values("slice", (value.start, value.stop, value.step))


def _bytes(encoding: Encoding, value: Any) -> None:
    encoding.put(type(value).__name__, bytes(value))


def _memory(encoding: Encoding, value: memoryview) -> None:
    encoding.put("memoryview", f"{value.format} {value.shape}".encode())
    encoding.put("data", value.tobytes())


def _array(encoding: Encoding, value: array.array[Any]) -> None:
    encoding.put("array", value.typecode.encode())
    encoding.put("data", value.tobytes())


def _repr_of(*kinds: type) -> dict[type, Callable[[Encoding, Any], None]]:
    return {kind: _text(f"{kind.__module__}.{kind.__name__}", repr) for kind in kinds}


_ENCODERS: dict[type, Callable[[Encoding, Any], None]] = {
    int: _text("int", lambda value: f"{value:x}"),
    str: _text("str", lambda value: value),
    bytes: _bytes, bytearray: _bytes, memoryview: _memory, array.array: _array,
    float: _float, complex: _complex,
    list: _sequence, tuple: _sequence, set: _set, frozenset: _set,
    dict: _mapping, collections.OrderedDict: _mapping, collections.Counter: _mapping,
    types.MappingProxyType: _mapping, collections.defaultdict: _defaultdict,
    collections.deque: _deque, slice: _slice, re.Pattern: _pattern,
    datetime.datetime: _time, datetime.time: _time, zoneinfo.ZoneInfo: _zone,
    decimal.Decimal: _text("Decimal", lambda value: value.as_tuple()),
    uuid.UUID: _text("UUID", lambda value: value.hex),
    pathlib.PosixPath: _text("PosixPath", str),
    pathlib.PurePosixPath: _text("PurePosixPath", str),
    pathlib.PureWindowsPath: _text("PureWindowsPath", str),
    **_repr_of(
        bool, type(None), type(...), type(NotImplemented), range, fractions.Fraction,
        datetime.date, datetime.timedelta, datetime.timezone, struct.Struct,
        ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network,
        ipaddress.IPv6Network,
    ),
    struct.Struct: _text("Struct", lambda value: value.format),
}  # fmt: skip
