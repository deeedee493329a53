"""The columns of two tables side by side, and how cells of two types can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from assetbook.io.pandas_metadata import index_names
from assetbook.types.logical_types import is_text, logical_type

if TYPE_CHECKING:
    import pyarrow as pa

_DIGITS = 38  # of a decimal in 128 bits
_INTEGER_DIGITS = 20


class Column(msgspec.Struct, frozen=True):
    """A column of one or both tables; ``old`` and ``new`` are its places there."""

    name: str
    old: int | None
    new: int | None
    type_before: str | None
    type_after: str | None
    kind: pa.DataType
    """Its Arrow type, in the newer table if it is there."""
    index: bool
    """Whether it holds a level of a pandas index, in both tables where it is in both."""
    as_old: str | None = None
    """The SQL that makes its cells comparable, with ``{}`` for the cell; None if nothing can."""
    as_new: str | None = None

    @property
    def compared(self) -> bool:
        """Whether its cells can be compared."""
        return self.as_old is not None


def columns_of(before: pa.Schema, after: pa.Schema) -> tuple[Column, ...]:
    """Every column of either table, in the order of the newer one; those that went come last."""
    old_index, new_index = index_names(before), index_names(after)
    found = []
    for name in dict.fromkeys([*after.names, *before.names]):
        old, new = before.get_field_index(name), after.get_field_index(name)
        was = before.field(old).type if old >= 0 else None
        now = after.field(new).type if new >= 0 else None
        casts = _casts(was, now) if was is not None and now is not None else None
        is_index = name in old_index or name in new_index
        shown = new_index.get(name, old_index.get(name, "")) or "index" if is_index else name
        found.append(
            Column(
                shown if shown == name or _free(shown, before, after) else name,
                None if was is None else old,
                None if now is None else new,
                None if was is None else logical_type(was),
                None if now is None else logical_type(now),
                was if now is None else now,
                (name in old_index or was is None) and (name in new_index or now is None),
                *(casts or (None, None)),
            )
        )
    return tuple(found)


def _free(shown: str, *schemas: pa.Schema) -> bool:
    return all(shown not in schema.names for schema in schemas)


def _casts(was: pa.DataType, now: pa.DataType) -> tuple[str, str] | None:
    """How cells of the two types are made comparable, exactly where that can be."""
    was, now = _plain(was), _plain(now)
    if logical_type(was) == logical_type(now):
        return "{}", "{}"
    common = _number_type(was, now)
    if common is not None:
        return f"CAST({{}} AS {common})", f"CAST({{}} AS {common})"
    if _is_instant(was) and _is_instant(now) and _zoned(was) == _zoned(now):
        return _nanoseconds(was), _nanoseconds(now)
    return None


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of a category's value, which is what Parquet keeps; other types as they are."""
    from pyarrow import types

    return kind.value_type if types.is_dictionary(kind) else kind


def _number_type(was: pa.DataType, now: pa.DataType) -> str | None:
    from pyarrow import types

    both: Sequence[pa.DataType] = (was, now)
    if all(types.is_integer(each) for each in both):
        return "HUGEINT"
    if not all(is_number(each) for each in both):
        return None
    if any(types.is_floating(each) for each in both):
        return "DOUBLE"
    scale = max(_scale(each) for each in both)
    whole = max(_whole_digits(each) for each in both)
    return f"DECIMAL({_DIGITS}, {scale})" if whole + scale <= _DIGITS else "DOUBLE"


def is_number(kind: pa.DataType) -> bool:
    """Whether values of a type can be added up."""
    from pyarrow import types

    exact = types.is_integer(kind) or types.is_decimal(kind)
    return bool(exact or types.is_floating(kind))


def _scale(kind: pa.DataType) -> int:
    from pyarrow import types

    return int(kind.scale) if types.is_decimal(kind) else 0


def _whole_digits(kind: pa.DataType) -> int:
    from pyarrow import types

    return int(kind.precision - kind.scale) if types.is_decimal(kind) else _INTEGER_DIGITS


def _is_instant(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_timestamp(kind) or types.is_date(kind))


def _zoned(kind: pa.DataType) -> bool:
    return getattr(kind, "tz", None) is not None


def _nanoseconds(kind: pa.DataType) -> str:
    """Nanoseconds since 1970 as a number that no date overflows."""
    if getattr(kind, "unit", "") == "ns":
        return "CAST(epoch_ns({}) AS HUGEINT)"
    target = "TIMESTAMPTZ" if _zoned(kind) else "TIMESTAMP"
    return f"CAST(epoch_us(CAST({{}} AS {target})) AS HUGEINT) * 1000"


def can_be_key(kind: pa.DataType) -> bool:
    """Whether values of a type identify rows: no floats, which measure, and nothing nested."""
    from pyarrow import types

    plain = _plain(kind)
    return not (types.is_floating(plain) or types.is_null(plain) or bool(plain.num_fields))


def likeliest_first(columns: Sequence[Column]) -> list[Column]:
    """Those that can identify rows, those that most likely do first."""
    usable = [each for each in columns if each.compared and can_be_key(each.kind)]
    return sorted(usable, key=_rank)


def _rank(column: Column) -> int:
    from pyarrow import types

    kind = _plain(column.kind)
    if column.index:
        return 0
    last = column.name.lower().replace("-", "_").replace(" ", "_").rsplit("_", 1)[-1]
    if last in ("id", "ids", "key", "uuid", "code", "nr", "no", "number"):
        return 1
    if is_text(kind):
        return 2
    if _is_instant(kind):
        return 3
    return 4 if types.is_integer(kind) else 5
