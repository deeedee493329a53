"""Rows of a stored table a page at a time: the same as of the whole, of few row groups."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import ParquetWriter

from assetbook.errors import CorruptStoreError
from assetbook.io.parquet_file import write_parquet
from assetbook.io.row_pages import ParquetRows, TableRows

ASKED = "the value of `orders@1`"
TABLE = pa.table({"n": range(100), "a.b": [str(each) for each in range(100)], "c": [None] * 100})


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of row groups of 7 rows, and of one without rows in the middle."""
    path = tmp_path_factory.mktemp("rows") / "table.parquet"
    with ParquetWriter(path, TABLE.schema, write_page_checksum=True) as writer:
        writer.write_table(TABLE.slice(0, 49), row_group_size=7)
        writer.write_table(TABLE.slice(0, 0))
        writer.write_table(TABLE.slice(49), row_group_size=7)
    return path


@given(
    st.integers(-3, 120), st.integers(0, 60), st.lists(st.integers(0, 2), min_size=1, unique=True)
)
def test_a_page_is_that_part_of_the_whole(
    groups: Path, start: int, count: int, columns: list[int]
) -> None:
    rows = ParquetRows(groups, asked=ASKED)

    page = rows.page(start, count, columns)

    assert page.equals(TABLE.select(columns).slice(max(0, start), count))
    assert TableRows(TABLE).page(start, count, columns).equals(page)


def test_going_on_in_a_row_group_reads_nothing(groups: Path) -> None:
    rows = ParquetRows(groups, asked=ASKED)
    rows.page(14, 3, [0])
    rows._file.close(force=True)

    assert rows.page(17, 4, [0])["n"].to_pylist() == [17, 18, 19, 20]


def test_a_long_column_is_taken_from_even_parts(groups: Path) -> None:
    rows = ParquetRows(groups, asked=ASKED)

    assert len(rows.column(0, 100)) == 100
    some = rows.column(0, 40).to_pylist()
    assert len(some) < 50 and some[0] == 0 and some[-1] > 80


def test_types_are_those_of_the_whole_table(tmp_path: Path) -> None:
    table = pa.table({"kind": pa.array(["a", "b", "a"]).dictionary_encode()})
    path = tmp_path / "table.parquet"
    write_parquet(table, path)

    rows = ParquetRows(path, asked=ASKED)

    assert pa.types.is_dictionary(rows.schema.field("kind").type)
    assert rows.page(1, 5, [0])["kind"].cast(pa.string()).to_pylist() == ["b", "a"]


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_parquet(TABLE.slice(0, 0), path)
    rows = ParquetRows(path, asked=ASKED)

    assert rows.page(0, 10, [1, 0]).column_names == ["a.b", "n"]
    assert len(rows.column(0, 10)) == 0


def test_a_damaged_page_is_told(groups: Path, tmp_path: Path) -> None:
    data = bytearray(groups.read_bytes())
    data[60] ^= 0xFF
    path = tmp_path / "damaged.parquet"
    path.write_bytes(data)
    rows = ParquetRows(path, asked=ASKED)

    with pytest.raises(CorruptStoreError, match="orders@1"):
        rows.page(0, 5, [0])
