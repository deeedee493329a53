"""What is said of a table: its columns, their constraints, and the columns they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assetbook.errors import DefinitionError, with_article
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments

Cell = str | int | float | bool | None


@named_arguments
@dataclass(frozen=True, slots=True)
class TableRecord:
    """One row of a small table: column names to text, numbers, booleans or None.

    Raises DefinitionError for any other cell.
    """

    data: Mapping[str, Cell]

    def __post_init__(self) -> None:
        for column, cell in self.data.items():
            if not isinstance(column, str) or not isinstance(cell, Cell):
                raise DefinitionError(
                    f"column {column!r} of a TableRecord",
                    f"its value is {with_article(type(cell).__name__)}",
                    "Give text for names, and text, numbers, booleans or None for values.",
                )
        object.__setattr__(self, "data", dict(self.data))


@named_arguments
@dataclass(frozen=True, slots=True)
class TableConstraints:
    """Constraints on a table as a whole, as texts for people."""

    other: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "other", _texts(self.other, "other"))


@named_arguments
@dataclass(frozen=True, slots=True)
class TableColumnConstraints:
    """Constraints on one column; ``other`` are texts for people."""

    nullable: bool = True
    unique: bool = False
    other: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "other", _texts(self.other, "other"))


@named_arguments
@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table; ``type`` is the storing system's word for it."""

    name: str
    type: str = "string"
    description: str | None = None
    constraints: TableColumnConstraints = field(default_factory=TableColumnConstraints)
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not isinstance(self.type, str):
            raise DefinitionError(
                f"TableColumn({self.name!r}, {self.type!r})",
                "a column's name and type are text",
                'Write TableColumn("amount", "float").',
            )
        if self.constraints is None:  # Dagster's callers may pass None for both
            object.__setattr__(self, "constraints", TableColumnConstraints())
        object.__setattr__(self, "tags", dict(self.tags or {}))


@named_arguments
@dataclass(frozen=True, slots=True)
class TableSchema:
    """The columns of a table in order, and constraints on it as a whole."""

    columns: Sequence[TableColumn]
    constraints: TableConstraints = field(default_factory=TableConstraints)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        if self.constraints is None:
            object.__setattr__(self, "constraints", TableConstraints())

    @staticmethod
    def from_name_type_dict(name_type_dict: Mapping[str, str]) -> TableSchema:
        """The schema with these columns, names to types, without constraints."""
        return TableSchema([TableColumn(name, kind) for name, kind in name_type_dict.items()])


@named_arguments
@dataclass(frozen=True, slots=True)
class TableColumnDep:
    """A column of an upstream asset."""

    asset_key: AssetKey
    column_name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "asset_key", AssetKey.from_coercible(self.asset_key))


@named_arguments
@dataclass(frozen=True, slots=True)
class TableColumnLineage:
    """For each column of a table the upstream columns that it is made of."""

    deps_by_column: Mapping[str, Sequence[TableColumnDep]]

    def __post_init__(self) -> None:
        frozen = {column: tuple(deps) for column, deps in self.deps_by_column.items()}
        object.__setattr__(self, "deps_by_column", frozen)


def schema_of_records(records: Sequence[TableRecord]) -> TableSchema:
    """The schema of the first record's columns; raises DefinitionError for no or uneven records."""
    if not records:
        raise DefinitionError(
            "MetadataValue.table([])",
            "no record tells its columns",
            "Give schema=TableSchema(...).",
        )
    first = records[0].data
    for number, record in enumerate(records):
        if record.data.keys() != first.keys():
            raise DefinitionError(
                "MetadataValue.table(...)",
                f"record {number} has the columns {list(record.data)}, the first {list(first)}",
                "Give schema=TableSchema(...), or the same columns in each record.",
            )
    return TableSchema([TableColumn(name, _TYPES[type(cell)]) for name, cell in first.items()])


_TYPES: Mapping[type[Any], str] = {
    str: "string",
    int: "int",
    float: "float",
    bool: "bool",
    type(None): "string",
}


def _texts(given: Sequence[str] | None, name: str) -> tuple[str, ...]:
    """``given`` as a tuple; a single text, which would fall into letters, is refused."""
    if isinstance(given, str):
        raise DefinitionError(
            f"{name}={given!r}", "it is text, not a list of texts", f"Write {name}=[{given!r}]."
        )
    return tuple(given or ())
