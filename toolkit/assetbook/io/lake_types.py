"""Which types lake tables hold as they are; all others are refused, never changed.

Encodings of text, bytes and lists may differ in the table: they mean the same, and come back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from assetbook.errors import UnstorableValueError
from assetbook.types.logical_types import is_list, is_text, logical_type

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_DIGITS = 38


class LakeTypes(msgspec.Struct, frozen=True):
    """What one format holds."""

    lake: str
    """Its name, for people."""
    plain: frozenset[str]
    """Arrow's names of the types without parts that it holds."""
    bytes_of_one_length: bool
    same_letters: bool
    """Whether two columns may differ in upper and lower case alone."""
    keeps_order: bool
    """Whether rows that come in several batches keep their order."""

    structs_in_lists: bool
    """Whether lists and maps of structs that are null do not become empty ones."""

    def check(self, schema: pa.Schema, *, asked: str) -> None:
        """Raises UnstorableValueError, naming the column, for what this format cannot hold."""
        if not schema.names:
            raise UnstorableValueError(asked, "it has no column", "Give it one.")
        seen: dict[str, str] = {}
        for field in schema:
            self._check_name(field.name, seen, asked)
            for part in self._unheld(field.type):
                raise UnstorableValueError(
                    asked,
                    f"column `{field.name}` ({logical_type(field.type)}): {self.lake} has no type "
                    f"for {logical_type(part)}",
                    _remedy(part, field.name),
                )

    def _check_name(self, name: str, seen: dict[str, str], asked: str) -> None:
        if not name:
            raise UnstorableValueError(asked, "a column has no name", "Give each column a name.")
        other = seen.setdefault(name if self.same_letters else name.lower(), name)
        if other != name:
            raise UnstorableValueError(
                asked,
                f"columns `{other}` and `{name}` are one to {self.lake}, which looks at no case",
                "Rename one of them.",
            )

    def _unheld(self, kind: pa.DataType) -> Iterator[pa.DataType]:
        """The parts of a type that this format does not hold; the type itself if it has none."""
        from pyarrow import types

        if not self.structs_in_lists and _has_structs(kind):
            yield kind
        elif is_list(kind):
            yield from self._unheld(kind.value_type)
        elif types.is_map(kind):
            yield from self._unheld(kind.key_type)
            yield from self._unheld(kind.item_type)
        elif types.is_struct(kind):
            for field in kind:
                yield from self._unheld(field.type)
        elif not self._holds(kind):
            yield kind

    def _holds(self, kind: pa.DataType) -> bool:
        from pyarrow import types

        if types.is_decimal128(kind):
            return bool(kind.precision <= _MOST_DIGITS and 0 <= kind.scale <= kind.precision)
        if types.is_fixed_size_binary(kind):
            return self.bytes_of_one_length
        return is_text(kind) or logical_type(kind) in self.plain


_PLAIN = frozenset(
    {
        *("bool", "int32", "int64", "float", "double", "binary", "date32[day]"),
        *("timestamp[us]", "timestamp[us, tz=UTC]"),
    }
)
DELTA = LakeTypes(
    "Delta",
    _PLAIN | {"int8", "int16"},
    bytes_of_one_length=False,
    same_letters=False,
    keeps_order=False,
    structs_in_lists=True,
)
ICEBERG = LakeTypes(
    "Iceberg",
    _PLAIN | {"time64[us]"},
    bytes_of_one_length=True,
    same_letters=True,
    keeps_order=True,
    structs_in_lists=False,  # pyiceberg 0.12 reads those that are null as empty
)


def _has_structs(kind: pa.DataType) -> bool:
    """Whether a type is a list or map of structs."""
    from pyarrow import types

    if types.is_map(kind):
        return bool(types.is_struct(kind.item_type))
    return is_list(kind) and bool(types.is_struct(kind.value_type))


def _remedy(part: pa.DataType, name: str) -> str:
    for fits, remedy in _REMEDIES.items():
        if fits(part):
            return remedy.format(name=name)
    return "Convert the column, for instance to text or numbers, before returning the table."


def _fits(predicate: str) -> Callable[[pa.DataType], bool]:
    def asked(kind: pa.DataType) -> bool:
        from pyarrow import types

        return bool(getattr(types, predicate)(kind))

    return asked


_REMEDIES: Mapping[Callable[[pa.DataType], bool], str] = {
    _fits("is_dictionary"): "Return the categories' values: `df[{name!r}].astype(str)`.",
    _fits("is_unsigned_integer"): "Return signed numbers: `df[{name!r}].astype('int64')`.",
    _fits("is_integer"): "Return wider numbers: `df[{name!r}].astype('int32')`.",
    _fits("is_float16"): "Return wider numbers: `df[{name!r}].astype('float32')`.",
    _fits("is_null"): "Give the column a type: `df[{name!r}].astype(str)`, for instance.",
    _fits("is_timestamp"): "Return microseconds, in UTC where there is a zone: "
    "`df[{name!r}].dt.as_unit('us')`, `.dt.tz_convert('UTC')`.",
    _has_structs: "Return them as JSON text, or each in a row of its own.",
    _fits("is_duration"): "Return a number of seconds: `df[{name!r}].dt.total_seconds()`.",
}
"""What to do about a type, the first that fits."""
