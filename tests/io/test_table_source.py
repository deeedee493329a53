"""A table that is scanned: from memory and from its file it is one and the same."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from tests.io.tables import arrow_tables, pandas_frames

from assetbook.errors import CorruptStoreError, UnstorableValueError, UsageError
from assetbook.events.parts import ValueRef
from assetbook.io.forms import StoredForm, stored_form
from assetbook.io.table_source import TableSource, source_of
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey

EVERY_TYPE = pa.table(
    {
        "int": pa.array([1, None, 3], pa.int8()),
        "unsigned": pa.array([1, None, 2**64 - 1], pa.uint64()),
        "float": [1.5, float("nan"), None],
        "half": pa.array([1, 2, None], pa.float16()),
        "text": ["a", "é", None],
        "large": pa.array(["a", "b", None], pa.large_string()),
        "bytes": [b"a", b"\0", None],
        "fixed": pa.array([b"ab", b"cd", None], pa.binary(2)),
        "bool": [True, False, None],
        "date": [dt.date(2020, 1, 1), None, dt.date(1, 1, 1)],
        "seconds": pa.array([1, None, 3], pa.timestamp("s")),
        "nanos": pa.array([1, None, 3], pa.timestamp("ns")),
        "zoned": pa.array([1, None, 3], pa.timestamp("us", "Europe/Paris")),
        "time": pa.array([1, None, 3], pa.time64("us")),
        "span": pa.array([1, None, 3], pa.duration("us")),
        "decimal": pa.array([Decimal("1.50"), None, Decimal("2.25")], pa.decimal128(9, 2)),
        "list": [[1, None], None, []],
        "struct": [{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}],
        "map": pa.array([[("a", 1)], None, []], pa.map_(pa.string(), pa.int64())),
        "category": pa.array(["u", "v", "u"]).dictionary_encode(),
        "numbers": pa.array([7, 8, 7]).dictionary_encode(),
        "null": pa.nulls(3),
    }
)


def scanned(source: TableSource) -> tuple[list[Any], list[Any]]:
    """The columns and rows that DuckDB sees."""
    with duckdb.connect() as connection:
        connection.register("t", source.scanned)
        columns = connection.execute("describe t").fetchall()
        return columns, connection.execute("select * from t").fetchall()


def both(tmp_path: Path, value: Any, run: str = "r") -> tuple[TableSource, TableSource]:
    """The source of a value in memory, and that of its file."""
    form = stored_form(value, asked="x")
    held = form.hand_over(TableSource)
    files = ValueFiles(tmp_path)
    reference = files.write(form, key=AssetKey("t"), run_id=run)
    assert isinstance(held, TableSource)
    read = files.source(reference) or files.open(reference).hand_over(TableSource)
    assert isinstance(read, TableSource)
    return held, read


@pytest.mark.parametrize("column", EVERY_TYPE.column_names)
def test_memory_and_file_are_the_same_to_duckdb(tmp_path: Path, column: str) -> None:
    held, read = both(tmp_path, EVERY_TYPE.select([column]))
    assert repr(_or_error(held)) == repr(_or_error(read))


def test_only_files_with_categories_are_decoded_whole(tmp_path: Path) -> None:
    files = ValueFiles(tmp_path)
    plain = _put(files, stored_form(EVERY_TYPE.drop(["category", "numbers"]), asked="x"), "a")
    coded = _put(files, stored_form(EVERY_TYPE.select(["category"]), asked="x"), "b")
    assert files.source(plain) is not None
    assert files.source(coded) is None


def test_only_the_columns_that_are_asked_for_are_decoded(tmp_path: Path) -> None:
    rows = 100_000
    wide = pa.table({f"c{each}": range(rows) for each in range(10)})
    files = ValueFiles(tmp_path)
    source = files.source(_put(files, stored_form(wide, asked="x"), "a"))
    assert source is not None
    before = pa.total_allocated_bytes()
    with duckdb.connect() as connection:
        connection.register("t", source.scanned)
        assert connection.execute("select max(c3) from t").fetchall() == [(rows - 1,)]
    assert pa.total_allocated_bytes() - before < wide.nbytes / 2


@pytest.mark.parametrize("at", [5, 500, -5])
def test_a_damaged_file_is_noticed(tmp_path: Path, at: int) -> None:
    files = ValueFiles(tmp_path)
    reference = _put(files, stored_form(EVERY_TYPE, asked="x"), "a")
    assert reference.path is not None
    path = tmp_path / reference.path
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    with pytest.raises(CorruptStoreError, match="changed or damaged"):
        files.source(reference)


def test_an_empty_file_is_noticed(tmp_path: Path) -> None:
    files = ValueFiles(tmp_path)
    reference = _put(files, stored_form(EVERY_TYPE, asked="x"), "a")
    assert reference.path is not None
    (tmp_path / reference.path).write_bytes(b"")
    with pytest.raises(CorruptStoreError, match="changed or damaged"):
        files.source(reference)


def test_values_that_are_no_tables_have_no_source(tmp_path: Path) -> None:
    files = ValueFiles(tmp_path)
    assert files.source(_put(files, stored_form([1, 2], asked="x"), "a")) is None
    with pytest.raises(UsageError, match="it is a list, not a table"):
        source_of([1, 2], asked="the table `t`")


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"a": [1, 2]}),
        pl.DataFrame({"a": [1, 2]}),
        pl.LazyFrame({"a": [1, 2]}),
        pa.table({"a": [1, 2]}),
        pa.table({"a": [1, 2]}).to_reader(),
        TableSource(pa.table({"a": [1, 2]})),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_frame_can_be_scanned(value: object) -> None:
    assert scanned(source_of(value, asked="x"))[1] == [(1,), (2,)]


@settings(max_examples=20, deadline=None)
@given(arrow_tables() | pandas_frames())
def test_any_table_is_the_same_from_its_file(
    tmp_path_factory: pytest.TempPathFactory, table: Any
) -> None:
    try:
        held, read = both(tmp_path_factory.mktemp("files"), table)
    except UnstorableValueError:
        return
    assert repr(_or_error(held)) == repr(_or_error(read))


def _or_error(source: TableSource) -> Any:
    """What DuckDB sees, or what it says against it (two names that differ in case alone)."""
    try:
        return scanned(source)
    except (duckdb.Error, OverflowError, ValueError) as error:
        return str(error)


def _put(files: ValueFiles, form: StoredForm, run: str) -> ValueRef:
    return files.write(form, key=AssetKey("t"), run_id=run)
