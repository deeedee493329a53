"""What is asked of one column of a table."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.metadata import TableColumn, TableColumnConstraints
from assetbook.named_arguments import named_arguments
from assetbook.types.logical_types import is_list, logical_type

if TYPE_CHECKING:
    import pyarrow as pa

_CLASSES: dict[type, str] = {
    str: "string",
    bytes: "binary",
    bool: "bool",
    int: "integer",
    float: "floating",
    Decimal: "decimal",
    dt.datetime: "timestamp",
    dt.date: "date",
    dt.time: "time",
    dt.timedelta: "duration",
}
_FAMILIES = frozenset(
    {"integer", "floating", "decimal", "timestamp", "date", "time", "duration", "list", "struct"}
)
_EXACT = frozenset(
    {"string", "binary", "bool", "double", "float", "halffloat", "date32[day]", "date64[ms]"}
    | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)
_SAME = {"float64": "double", "float32": "float", "float16": "halffloat", "str": "string"}
_SAME |= {"int": "integer", "boolean": "bool", "datetime": "timestamp"}
_PARAMETRIC = re.compile(
    r"(timestamp|duration|time32|time64|decimal\w*|list|map|struct|categories|ordered categories|"
    r"datetime64|fixed_size_binary)[<\[(].*"
)


@named_arguments
@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column: its name and type, and what holds for each of its values.

    ``type`` is an Arrow type's name (``int64``, ``string``, ``timestamp[us]``), a family
    (``integer``, ``floating``, ``decimal``, ``timestamp``, ``date``, ``time``, ``duration``,
    ``list``, ``struct``), or a Python class (``int``, ``str``); None takes any. Bounds are
    inclusive, in the column's own unit. ``matches`` is a regular expression for the whole text.
    Nulls break no rule but ``nullable=False``.

    Raises DefinitionError for a type that is not known and an expression that cannot be read.
    """

    name: str
    type: str | type | None = None
    nullable: bool = True
    unique: bool = False
    min_value: Any = None
    max_value: Any = None
    one_of: Sequence[Any] | None = None
    matches: str | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise DefinitionError(f"ColumnRule({self.name!r})", "a column's name is text")
        object.__setattr__(self, "type", _type_name(self.name, self.type))
        if self.one_of is not None:
            if isinstance(self.one_of, str):
                raise DefinitionError(
                    f"ColumnRule({self.name!r}, one_of={self.one_of!r})",
                    "it is text, not a list",
                    f"Write one_of=[{self.one_of!r}].",
                )
            object.__setattr__(self, "one_of", tuple(self.one_of))
        if self.matches is not None:
            _check_pattern(self.name, self.matches)
        refuse_empty_range(f"ColumnRule({self.name!r}", "value", self.min_value, self.max_value)

    @classmethod
    def of_column(cls, column: TableColumn) -> ColumnRule:
        """The rule that a column of a TableSchema stands for: name, type, nulls, uniqueness."""
        limits = column.constraints
        return cls(
            column.name,
            column.type,
            nullable=limits.nullable,
            unique=limits.unique,
            description=column.description,
        )

    def takes(self, kind: pa.DataType) -> bool:
        """Whether a column of this Arrow type has the right type."""
        import pyarrow as pa

        if self.type is None:
            return True
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        family = _FAMILY_TESTS.get(str(self.type))
        if family is not None:
            return family(plain)
        return self.type in (logical_type(kind), logical_type(plain))

    def described(self, kind: pa.DataType | None) -> TableColumn:
        """The column as metadata, of the type that was found."""
        found = str(self.type or "any") if kind is None else logical_type(kind)
        limits = TableColumnConstraints(self.nullable, self.unique, tuple(self.texts()))
        return TableColumn(self.name, found, self.description, limits)

    def texts(self) -> list[str]:
        """What is asked of values beside nulls and uniqueness, a text each."""
        said = []
        if self.min_value is not None:
            said.append(f"at least {self.min_value}")
        if self.max_value is not None:
            said.append(f"at most {self.max_value}")
        if self.one_of is not None:
            said.append("one of " + ", ".join(map(str, self.one_of)))
        if self.matches is not None:
            said.append(f"matches {self.matches}")
        return said


def refuse_empty_range(asked: str, noun: str, least: Any, most: Any) -> None:
    """Raises DefinitionError, which begins with ``asked``, for bounds that nothing can keep."""
    if least is None or most is None:
        return
    asked = f"{asked}, min_{noun}={least!r}, max_{noun}={most!r})"
    try:
        empty = least > most
    except TypeError:
        kinds = f"{with_article(type(least).__name__)} and {with_article(type(most).__name__)}"
        raise DefinitionError(asked, f"{kinds} have no order", "Give two of one kind.") from None
    if empty:
        raise DefinitionError(asked, "nothing is in between", "Give the smaller one as min.")


def _type_name(column: str, given: object) -> str | None:
    if given is None:
        return None
    asked = f"ColumnRule({column!r}, {given!r})"
    if isinstance(given, type):
        if given not in _CLASSES:
            known = ", ".join(each.__name__ for each in _CLASSES)
            raise DefinitionError(asked, "no column is of that class", f"Known are {known}.")
        return _CLASSES[given]
    name = _SAME.get(str(given), str(given))
    if name in _FAMILIES or name in _EXACT or _PARAMETRIC.fullmatch(name):
        return name
    raise DefinitionError(
        asked,
        "there is no such type",
        did_you_mean(name, [*_FAMILIES, *_EXACT, *_SAME])
        or "Give an Arrow type's name, as int64, string, timestamp[us], or a Python class.",
    )


def _check_pattern(column: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise DefinitionError(
            f"ColumnRule({column!r}, matches={pattern!r})",
            f"the expression cannot be read: {error}",
        ) from None


def _named(test: str) -> Callable[[Any], bool]:
    def ask(kind: Any) -> bool:
        from pyarrow import types

        return bool(getattr(types, test)(kind))

    return ask


_FAMILY_TESTS: dict[str, Callable[[Any], bool]] = {
    **{name: _named(f"is_{name}") for name in _FAMILIES - {"list"}},
    "list": is_list,
}
