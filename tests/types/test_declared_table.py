"""Tables by their rules: in memory, and by their file's footer where that is enough."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from assetbook.errors import DefinitionError
from assetbook.metadata import TableColumn, TableColumnConstraints, TableSchema
from assetbook.types.column_rule import ColumnRule
from assetbook.types.declared_table import table_type
from assetbook.types.resolution import check_value_type
from assetbook.types.table_facts import OnDisk

Orders = table_type(
    "Orders",
    [
        ColumnRule("id", "int64", nullable=False, unique=True),
        ColumnRule("amount", float, min_value=0, max_value=100),
        ColumnRule("state", str, one_of=["open", "paid"]),
        ColumnRule("mail", "string", matches=r"[^@]+@[^@]+"),
    ],
    min_rows=1,
    strict=True,
)
GOOD = {
    "id": [1, 2, 3],
    "amount": [0.0, 100.0, None],
    "state": ["open", None, "paid"],
    "mail": ["a@b", None, "c@d"],
}
BAD = {
    "id": [7, 8, 7, 7],
    "amount": [1.0, -2.5, None, 200.0],
    "state": ["open", "secret", None, "paid"],
    "mail": ["a@b", "a@b\n", None, "nobody"],
    "more": [1, 1, 1, 1],
}
MAKERS: dict[str, Callable[[dict[str, Any], Path], Any]] = {
    "pandas": lambda data, _: pd.DataFrame(data),
    "polars": lambda data, _: pl.DataFrame(data),
    "lazy": lambda data, _: pl.LazyFrame(data),
    "pyarrow": lambda data, _: pa.table(data),
    "categories": lambda data, _: pd.DataFrame(data).astype({"state": "category"}),
    "dataset": lambda data, folder: ds.dataset(_file(data, folder)),
    "parquet": lambda data, folder: _file(data, folder),
}


def _file(data: dict[str, Any], folder: Path) -> Path:
    path = folder / "t.parquet"
    pq.write_table(pa.table(data), path, row_group_size=2)
    return path


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_a_good_table_passes_and_tells_its_schema(maker: Any, tmp_path: Path) -> None:
    found = check_value_type(Orders, maker(GOOD, tmp_path))
    assert found.description is None
    assert found.metadata["dagster/row_count"] == 3
    schema = found.metadata["dagster/column_schema"]
    assert [each.type for each in schema.columns][:2] == ["int64", "double"]
    assert schema.columns[0].constraints == TableColumnConstraints(nullable=False, unique=True)
    assert list(schema.columns[1].constraints.other) == ["at least 0", "at most 100"]


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_a_table_type_names_column_rule_and_rows_of_a_violation(maker: Any, tmp_path: Path) -> None:
    found = check_value_type(Orders, maker(BAD, tmp_path))
    assert (found.description or "").splitlines() == [
        "6 rules are broken",
        "  `more`: no other columns; it is not declared",
        "  `id`: unique; 2 rows break it (row 2: 7, row 3: 7)",
        "  `amount`: at least 0; 1 row breaks it (row 1: -2.5)",
        "  `amount`: at most 100; 1 row breaks it (row 3: 200.0)",
        "  `state`: one of those listed; 1 row breaks it (row 1: 6 characters)",
        "  `mail`: matches [^@]+@[^@]+; 1 row breaks it (row 3: 6 characters)",
    ]


def test_text_out_of_the_data_is_in_the_samples_alone() -> None:
    found = check_value_type(Orders, pd.DataFrame(BAD))
    assert "secret" not in (found.description or "")
    assert "`state`: row 1: 'secret'" in found.samples


def test_columns_are_there_and_of_the_right_type() -> None:
    found = check_value_type(Orders, pa.table({"ids": [1], "amount": ["1"]}))
    said = found.description or ""
    assert "`id`: is there; there is no such column. Did you mean `ids`?" in said
    assert "`amount`: is of type floating; it is a string" in said


def test_rows_are_counted() -> None:
    kind = table_type("Few", min_rows=2, max_rows=3)
    assert check_value_type(kind, pa.table({"x": [1, 2]})).success
    assert check_value_type(kind, pa.table({"x": [1]})).description == ("at least 2 rows; it has 1")
    assert "at most 3 rows; it has 4" in str(check_value_type(kind, pd.DataFrame({"x": range(4)})))


def test_nulls_are_counted_and_named() -> None:
    kind = table_type("Full", [ColumnRule("x", nullable=False)])
    found = check_value_type(kind, pl.DataFrame({"x": [1, None, 3, None]}))
    assert found.description == "`x`: no nulls; 2 rows break it (row 1: None, row 3: None)"


def test_at_most_five_rows_are_named() -> None:
    kind = table_type("Low", [ColumnRule("x", max_value=0)])
    found = check_value_type(kind, pa.table({"x": list(range(1, 1001))}))
    assert "1,000 rows break it" in (found.description or "")
    assert (found.description or "").count("row ") == 5


class _Watched(OnDisk):
    """Facts of a file that note which columns were read."""

    def __init__(self, dataset: Any) -> None:
        super().__init__(dataset)
        self.read: list[str] = []

    def parts(self, column: str) -> Any:
        self.read.append(column)
        return super().parts(column)


def _read(data: dict[str, Any], folder: Path, *rules: ColumnRule) -> list[str]:
    from assetbook.types.column_violations import column_violations

    facts = _Watched(ds.dataset(_file(data, folder)))
    for rule in rules:
        column_violations(rule, facts)
    return facts.read


def test_a_footer_settles_types_nulls_and_bounds_without_reading(tmp_path: Path) -> None:
    rules = (
        ColumnRule("id", "int64", nullable=False, min_value=1, max_value=3),
        ColumnRule("amount", min_value=0),
    )
    assert _read(GOOD, tmp_path, *rules) == []


def test_only_the_column_that_a_footer_does_not_settle_is_read(tmp_path: Path) -> None:
    rules = (ColumnRule("id", unique=True), ColumnRule("amount", min_value=0))
    assert _read(BAD, tmp_path, *rules) == ["id", "amount"]
    assert _read(GOOD, tmp_path, ColumnRule("id", unique=True)) == ["id"]


def test_a_reader_is_not_used_up() -> None:
    reader = pa.table({"x": [1, 2]}).to_reader()
    kind = table_type("Some", [ColumnRule("x", int, unique=True)])
    assert check_value_type(kind, reader).success
    assert not check_value_type(table_type("Other", [ColumnRule("x", str)]), reader).success
    assert reader.read_all().num_rows == 2


def test_an_empty_table_breaks_no_rule_of_values() -> None:
    kind = table_type("T", [ColumnRule("x", "int64", unique=True, nullable=False, min_value=3)])
    assert check_value_type(kind, pa.table({"x": pa.array([], pa.int64())})).success


def test_what_is_no_table_fails() -> None:
    assert check_value_type(Orders, 3).description == "it is an int, not a table of type Orders"


def test_a_table_schema_is_a_type() -> None:
    limits = TableColumnConstraints(nullable=False, unique=True)
    kind = table_type("T", TableSchema([TableColumn("x", "int64", constraints=limits)]))
    assert check_value_type(kind, pa.table({"x": [1, 2]})).success
    assert "unique" in (check_value_type(kind, pa.table({"x": [1, 1]})).description or "")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ColumnRule("x", "in64"), r"no such type\nDid you mean `.*int64`"),
        (lambda: ColumnRule("x", object), "no column is of that class"),
        (lambda: ColumnRule("x", matches="("), "cannot be read"),
        (lambda: ColumnRule("x", one_of="abc"), r"Write one_of=\['abc'\]"),
        (lambda: table_type("T", ["x"]), "'x' is a str"),
        (lambda: table_type("T", [ColumnRule("x"), ColumnRule("x")]), "`x` is there twice"),
        (
            lambda: ColumnRule("x", min_value=3, max_value=1),
            r"min_value=3, max_value=1\): nothing is",
        ),
        (lambda: ColumnRule("x", min_value="a", max_value=1), "a str and an int have no order"),
        (lambda: table_type("T", min_rows=5, max_rows=2), "min_rows=5, max_rows=2.*nothing is in"),
    ],
    ids=range(9),
)
def test_a_rule_that_cannot_be_meant_is_refused(make: Any, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        make()


def test_a_rule_of_another_kind_than_the_column_is_an_error() -> None:
    kind = table_type("T", [ColumnRule("x", min_value="a")])
    with pytest.raises(DefinitionError, match="the rule `at least a` of the column `x`"):
        check_value_type(kind, pa.table({"x": [1]}))
