"""Table schemas, their columns and records."""

from __future__ import annotations

import pytest

from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.metadata import (
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableRecord,
    TableSchema,
)


def test_column_defaults_are_dagsters() -> None:
    column = TableColumn("id", constraints=None, tags=None)  # type: ignore[arg-type]
    assert column.type == "string"
    assert column.constraints == TableColumnConstraints(nullable=True, unique=False, other=())
    assert column.tags == {}


def test_schema_comes_from_names_and_types() -> None:
    schema = TableSchema.from_name_type_dict({"id": "int", "name": "string"})
    assert [(column.name, column.type) for column in schema.columns] == [
        ("id", "int"),
        ("name", "string"),
    ]


def test_records_tell_the_schema_of_a_table() -> None:
    made = MetadataValue.table([TableRecord({"id": 1, "ok": True, "mean": 0.5})])
    assert [column.type for column in made.schema.columns] == ["int", "bool", "float"]


def test_a_table_without_schema_needs_even_records() -> None:
    with pytest.raises(DefinitionError, match="no record tells its columns"):
        MetadataValue.table([])
    with pytest.raises(DefinitionError, match=r"record 1 has the columns \['b'\]"):
        MetadataValue.table([{"a": 1}, {"b": 1}])


def test_a_record_holds_plain_cells_only() -> None:
    with pytest.raises(DefinitionError, match=r"column 'a' .* its value is a list"):
        TableRecord({"a": [1]})  # type: ignore[dict-item]


def test_constraints_are_not_split_into_letters() -> None:
    with pytest.raises(DefinitionError, match=r"other='positive'"):
        TableColumnConstraints(other="positive")


def test_lineage_reads_keys_as_people_write_them() -> None:
    lineage = TableColumnLineage({"total": [TableColumnDep("raw/orders", "amount")]})  # type: ignore[arg-type]
    assert lineage.deps_by_column["total"] == (
        TableColumnDep(AssetKey(["raw", "orders"]), "amount"),
    )
