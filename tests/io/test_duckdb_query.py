"""SQL on DuckDB: its value, its tables, its parameters, and errors that say where."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import sys
import threading
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assetbook.errors import DefinitionError, MissingLibraryError
from assetbook.io.duckdb_query import DuckDBQuery
from assetbook.io.sql_parameters import bound
from assetbook.io.table_source import TableSource

ORDERS = TableSource(pa.table({"city": ["a", "b"], "amount": [1, 2]}))


def query(
    source: str, tables: Mapping[tuple[str, ...], TableSource] | None = None, **parameters: object
) -> DuckDBQuery:
    known = ["orders", "customers"]
    tables = {("orders",): ORDERS} if tables is None else tables
    return DuckDBQuery(source, "the SQL of `x`", tables, parameters, known)


def rows(source: str, **parameters: object) -> list[dict[str, object]]:
    stream = query(source, **parameters).stream()
    assert stream is not None
    found: list[dict[str, object]] = stream.read_all().to_pylist()
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("select sum(amount)::int as s from orders", [{"s": 3}]),
        ("from orders select amount where city = 'b'", [{"amount": 2}]),
        ("create temp table t as from orders; select count(*)::int as n from t", [{"n": 2}]),
        ("create temp table t as select 1 as x; from t; drop table t", [{"x": 1}]),
        ("select 1 as x; select 2 as x", [{"x": 2}]),
        ("pivot orders on city using sum(amount)::int", [{"a": 1, "b": 2}]),
        ("values (1)", [{"col0": 1}]),
        ("select amount from orders where false", []),
    ],
)
def test_the_last_query_is_the_value(source: str, found: list[object]) -> None:
    assert query(source).has_value()
    assert rows(source) == found


def test_no_query_has_no_value() -> None:
    source = "create temp table t as from orders; drop table t"
    assert not query(source).has_value()
    assert query(source).stream() is None


def test_tables_of_other_schemas_are_found() -> None:
    tables = dict.fromkeys([("raw", "orders"), ("raw/o r",), ("a", "b", "c")], ORDERS)
    source = 'select raw.orders.amount as n from raw.orders, "raw/o r" r, a.b.c where r.amount = 2'
    found = query(f"{source} and c.amount = 2 order by n", tables).stream()
    assert found is not None
    assert found.read_all()["n"].to_pylist() == [1, 2]


def test_parameters_are_bound_not_written() -> None:
    assert rows("select $x as x", x="'; drop table orders; --") == [
        {"x": "'; drop table orders; --"}
    ]
    assert rows("select $a::int as a; select $b::int as b", a=1, b=2) == [{"b": 2}]


def test_variables_of_the_process_are_not_seen() -> None:
    frame = pd.DataFrame({"a": [1]})
    assert len(frame) == 1
    with pytest.raises(DefinitionError, match="frame does not exist"):
        query("from frame").stream()


def test_rows_stream_in_bounded_memory() -> None:
    stream = query("select range as a from range(20_000_000)").stream()
    assert stream is not None
    before, most = pa.total_allocated_bytes(), 0
    for batch in stream.reader():
        most = max(most, pa.total_allocated_bytes() - before, batch.nbytes)
    assert most < 20_000_000


@pytest.mark.parametrize(
    ("source", "found", "remedy"),
    [
        ("select 1,\n  amont from orders", "line 2, column 3: Referenced column `amont`", "amount"),
        ("from ordrs", "line 1, column 6: Table with name ordrs does not exist", "orders"),
        ("from orders\nselct 1", "line 2, column 7: syntax error", ""),
        ("select summ(1)", "line 1, column 8: Scalar Function with name summ", "sum"),
        ("select 'é', 'ü',\n cast(city as int) from orders", "line 2, column 2: Could not", ""),
        ("select 1;\n  select 2, amont\n from orders", "line 2, column 13: Ref", "amount"),
        ("create table t as from orders;\n\n /* a */ select x from t", "line 3, column 17:", ""),
        ("set nonsense = 1; select 1", "unrecognized configuration parameter `nonsense`", ""),
    ],
)  # fmt: skip
def test_errors_say_where_and_offer_names(source: str, found: str, remedy: str) -> None:
    with pytest.raises(DefinitionError) as failed:
        rows(source)
    assert re.match(f"the SQL of `x`: .*{re.escape(found)}", str(failed.value), re.DOTALL)
    assert not remedy or f"Did you mean `{remedy}`" in failed.value.remedy
    assert "Error:" not in str(failed.value)


def test_errors_while_rows_stream_say_where() -> None:
    late = "case when range > 200000 then cast('x' || range as int) else 1 end"
    source = f"select 1;\n\n select /* é */\n   {late} as v from range(300000)"
    stream = query(source).stream()
    assert stream is not None
    with pytest.raises(DefinitionError, match="line 4, column 34: Could not convert string"):
        stream.read_all()


def test_sums_are_whole_numbers_of_64_bits() -> None:
    stream = query("select sum(amount) as s, sum(amount)::decimal(38, 0) as d from orders").stream()
    assert stream is not None
    assert stream.schema.types == [pa.int64(), pa.decimal128(38, 0)]
    assert stream.read_all().to_pylist() == [{"s": 3, "d": 3}]
    with pytest.raises(DefinitionError, match="more than 64 bits"):
        rows("select sum(range + 9000000000000000000) as s from range(3)")


def test_what_duckdb_cannot_read_is_named() -> None:
    halves = TableSource(pa.table({"h": pa.array([1], pa.float16())}))
    with pytest.raises(DefinitionError, match="DuckDB cannot read the table `t`: "):
        query("from t", {("t",): halves}).stream()


@pytest.mark.parametrize(
    "source",
    [
        "select count(*) from range(100000000000)",
        "create temp table t as select count(*) from range(100000000000); select 1",
    ],
)
def test_an_interrupt_ends_it(source: str) -> None:
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        rows(source)
    timer.join()


def test_a_missing_library_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'assetbook\[duckdb\]'"):
        query("select 1").stream()


@pytest.mark.parametrize(
    ("value", "given"),
    [
        (np.int64(3), 3),
        (np.array([1, 2]), [1, 2]),
        (pd.Series(["a"]), ["a"]),
        ((1, "a"), [1, "a"]),
        ({"a": (1,)}, {"a": [1]}),
        (pd.Timestamp("2020-01-01"), dt.datetime(2020, 1, 1)),
        (None, None),
    ],
    ids=str,
)
def test_plain_values_can_be_bound(value: object, given: object) -> None:
    assert bound("x", value, asked="x") == given


@pytest.mark.parametrize(
    ("value", "match"),
    [
        (pa.table({"a": [1]}), "named in FROM, without the colon: `x`"),
        (len, "`:x` is a builtin_function_or_method"),
        ({1, 2}, "`:x` is a set"),
        ({1: 2}, "`:x` is a dict"),
        (2**130, "more than 128 bits"),
        ([object()], "`:x` is an object"),
    ],
    ids=["table", "function", "set", "dict of numbers", "large number", "object"],
)
def test_other_values_are_refused(value: object, match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        bound("x", value, asked="x")
