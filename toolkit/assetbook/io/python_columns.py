"""Columns of Python values, as drivers give them, in Arrow: exactly, or not at all."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assetbook.errors import DefinitionError
from assetbook.io.zones_kept import zones_kept

if TYPE_CHECKING:
    import pyarrow as pa

_EXACT = 2**53
"""Whole numbers up to here are doubles too."""


def column(name: str, values: Sequence[Any], *, asked: str) -> pa.Array:
    """The values as the narrowest Arrow type that holds each exactly; all None gives null.

    Raises DefinitionError, naming the column, for values that have no type in common.
    """
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if decimal.Decimal in kinds and kinds <= {decimal.Decimal, int}:
        return _decimals(name, values, asked)
    if kinds == {int, float}:
        _refuse_large(name, values, asked)
        values = [None if value is None else float(value) for value in values]
    elif kinds and kinds <= {dict, list} and dict in kinds:
        values = [None if each is None else json.dumps(each, ensure_ascii=False) for each in values]
    elif kinds == {uuid.UUID}:
        values = [None if each is None else str(each) for each in values]
    elif kinds & {memoryview, bytearray}:
        values = [None if each is None else bytes(each) for each in values]
    elif dt.datetime in kinds:
        return _instants(name, values, kinds, asked)
    elif len(kinds) > 1:
        raise _refusal(name, kinds, asked)
    try:
        return pa.array(values, pa.float64() if kinds == {float} else None, from_pandas=False)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        if kinds == {int}:
            return _decimals(name, values, asked)
        raise _refusal(name, kinds, asked) from None


def common_type(name: str, one: pa.DataType, other: pa.DataType, *, asked: str) -> pa.DataType:
    """The type that holds the values of both, which ``column`` gave for parts of one column.

    Raises DefinitionError if there is none.
    """
    import pyarrow as pa

    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    numbers = {one, other}
    if numbers == {pa.int64(), pa.float64()}:
        return pa.float64()
    if all(pa.types.is_decimal(kind) or kind == pa.int64() for kind in numbers):
        return _decimal_for(name, *map(_digits, numbers), asked=asked)
    raise DefinitionError(asked, f"its column `{name}` holds {one} and {other}", _CAST)


def settled_type(kind: pa.DataType) -> pa.DataType:
    """The type of a whole column: decimals of all the digits that there are, whatever came."""
    import pyarrow as pa

    if not pa.types.is_decimal(kind):
        return kind
    small = pa.types.is_decimal128(kind)
    return pa.decimal128(38, kind.scale) if small else pa.decimal256(76, kind.scale)


def as_type(name: str, values: pa.Array, kind: pa.DataType, *, asked: str) -> pa.Array:
    """The values as their column's type, exactly; raises DefinitionError if they are not."""
    import pyarrow as pa

    try:
        return values.cast(kind)
    except pa.ArrowInvalid:
        raise DefinitionError(
            asked,
            f"its column `{name}` holds whole numbers that {kind} does not hold exactly",
            _CAST,
        ) from None


_CAST = "Say in SQL what it should be: `CAST(... AS ...)`."


def _decimals(name: str, values: Sequence[Any], asked: str) -> pa.Array:
    import pyarrow as pa

    whole = scale = 0
    for value in values:
        if value is None:
            continue
        _, digits, exponent = decimal.Decimal(value).as_tuple()
        if not isinstance(exponent, int):
            raise DefinitionError(asked, f"its column `{name}` holds {value}", _CAST)
        scale = max(scale, -exponent)
        whole = max(whole, len(digits) + exponent)
    kind = _decimal_for(name, (whole, scale), asked=asked)
    held = [None if value is None else decimal.Decimal(value) for value in values]
    return pa.array(held, kind)


def _digits(kind: pa.DataType) -> tuple[int, int]:
    """How many digits stand before and after the point."""
    scale = getattr(kind, "scale", None)
    return (19, 0) if scale is None else (kind.precision - scale, scale)


def _decimal_for(name: str, *digits: tuple[int, int], asked: str) -> pa.DataType:
    import pyarrow as pa

    whole, scale = (max(each) for each in zip(*digits, strict=True))
    if max(whole, 0) + scale > 76:
        raise DefinitionError(asked, f"its column `{name}` has more than 76 digits", _CAST)
    precision = max(whole, 0) + scale or 1
    return (pa.decimal128 if precision <= 38 else pa.decimal256)(precision, scale)


def _instants(name: str, values: Sequence[Any], kinds: set[type], asked: str) -> pa.Array:
    import pyarrow as pa

    zoned = {value.tzinfo is not None for value in values if isinstance(value, dt.datetime)}
    if len(kinds) > 1 or len(zoned) > 1:
        raise _refusal(name, kinds, asked)
    with zones_kept():
        return pa.array(values, pa.timestamp("us", "UTC" if True in zoned else None))


def _refuse_large(name: str, values: Sequence[Any], asked: str) -> None:
    if any(isinstance(value, int) and not -_EXACT <= value <= _EXACT for value in values):
        raise DefinitionError(
            asked, f"its column `{name}` holds fractions and very large whole numbers", _CAST
        )


def _refusal(name: str, kinds: set[type], asked: str) -> DefinitionError:
    said = " and ".join(sorted(kind.__name__ for kind in kinds))
    return DefinitionError(asked, f"its column `{name}` holds {said}", _CAST)
