"""SQL and tables in a database, on real DuckDB and real PostgreSQL alike."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contracts.io_manager import IOManagerContract
from tests.io.postgres_server import postgres_server

from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.secret import scrub
from assetbook.errors import (
    ConfigError,
    DefinitionError,
    MissingLibraryError,
    UnstorableValueError,
)
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.database import DatabaseQuery, TableInDatabase, table_parts
from assetbook.io.database_resource import DatabaseIOManager, DatabaseResource
from assetbook.io.database_url import opened
from assetbook.io.manager import IOManager
from assetbook.io.postgres_database import PostgresDatabase
from assetbook.keys import AssetKey
from assetbook.notebook.database_cell import DatabaseCell

WIDTHS = (8, 16, 32, 64)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)
ZONED: dict[str, Any] = {"min_value": dt.datetime(2, 1, 1), "max_value": dt.datetime(9998, 1, 1)}


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["duckdb", "postgres", "sqlalchemy", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with the table ``orders``."""
    if request.param == "duckdb":
        found = f"duckdb:///{tmp_path}/shop.db"
    elif request.param == "sqlite":
        found = f"sqlite:///{tmp_path}/shop.sqlite"
    else:
        found = request.getfixturevalue("postgres")
        if request.param == "sqlalchemy":
            found = found.replace("postgresql://", "postgresql+psycopg2://")
    execute(found, "DROP TABLE IF EXISTS orders; CREATE TABLE orders (city text, amount bigint)")
    execute(found, "INSERT INTO orders VALUES ('a', 1), ('b', 2), ('a', 3)")
    yield found
    if request.param != "sqlite":
        execute(found, "DROP SCHEMA IF EXISTS mart CASCADE")


def execute(url: str, source: str) -> pa.Table | None:
    return rows(url, source)


def rows(url: str, source: str, **values: Any) -> Any:
    """What a cell with this text gives, as a table."""
    stream = run(url, source, values)
    return stream.read_all() if stream is not None else None


def run(url: str, source: str, values: dict[str, Any], table: tuple[str, ...] = ()) -> Any:
    database = DatabaseResource(url=url)
    names = {"db": database, **values}
    body = DatabaseCell("x", source, names, where="", on="db", table=table, effect=None)
    return body(db=database)


def test_rows_stream_into_arrow(url: str) -> None:
    found = rows(url, "SELECT city, amount FROM orders ORDER BY amount")
    assert found.to_pydict() == {"city": ["a", "b", "a"], "amount": [1, 2, 3]}
    assert found.schema.types == [pa.string(), pa.int64()]


def test_parameters_are_bound(url: str) -> None:
    source = "SELECT amount FROM orders WHERE city = :city AND amount < :most AND ':x' <> :city"
    assert rows(url, source, city="a", most=3)["amount"].to_pylist() == [1]
    assert rows(url, "SELECT count(*) AS n FROM orders WHERE city = :c", c="' OR 1=1 --")[
        "n"
    ].to_pylist() == [0]


def test_percent_signs_are_left_alone(url: str) -> None:
    source = "SELECT city FROM orders WHERE city LIKE 'b%' AND amount % 2 = :rest"
    assert rows(url, source, rest=0)["city"].to_pylist() == ["b"]


def test_several_statements_give_the_last_query(url: str) -> None:
    source = (
        "CREATE TEMP TABLE t AS SELECT * FROM orders; SELECT cast(sum(amount) AS int) AS s FROM t;"
        "DROP TABLE t"
    )
    assert rows(url, source)["s"].to_pylist() == [6]


def test_no_rows_keep_their_schema(url: str) -> None:
    if "sqlite:" in url or "psycopg2" in url:
        found = rows(url, "SELECT amount, city FROM orders WHERE 1 = 0")
        assert found.schema == pa.schema([("amount", pa.null()), ("city", pa.null())])
        return  # only values tell types
    found = rows(url, "SELECT amount, city FROM orders WHERE false")
    assert (found.num_rows, found.schema.types) == (0, [pa.int64(), pa.string()])


def test_rows_come_in_bounded_memory(url: str) -> None:
    stream = run(
        url,
        "WITH RECURSIVE t(g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM t WHERE g < 60000) "
        "SELECT g FROM t",
        {},
    )
    sizes = [batch.num_rows for batch in stream.reader()]
    assert sum(sizes) == 60_000
    if "sqlite:" in url or "psycopg2" in url:
        assert max(sizes) <= 20_000


@pytest.mark.parametrize("by_adbc", [True, False])
def test_postgresql_sends_few_bytes_at_a_time(postgres: str, by_adbc: bool) -> None:
    condition = "" if by_adbc else " WHERE g > :least"  # without a parameter it goes by ADBC
    source = f"SELECT repeat('x', 1000) AS x FROM generate_series(1, 60000) AS t(g){condition}"
    sizes = [batch.nbytes for batch in run(postgres, source, {"least": 0}).reader()]
    assert sum(sizes) > 60_000_000
    assert max(sizes) < 24_000_000


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("SELECT 1,\n  amont FROM orders", "line 2, column 3: .*amont"),
        ("SELECT 'é',\n :n, amont FROM orders", "line 2, column 6: .*amont"),
        ("SELECT 1; SELECT *\nFROM ordres", "line 2, column 6: .*ordres"),
        ("SELECT *\nFORM orders", "line 2, column "),
        ("SELECT 1; SELECT city::int FROM orders", "(line 1, column 22: Could not|invalid input)"),
    ],
)
def test_errors_say_where(url: str, source: str, match: str) -> None:
    if "sqlite:" in url:
        match = match.replace("(line 1, column 22: Could not|invalid input)", "unrecognized token")
    if "psycopg2" in url:  # which does not say where in the text that we know
        match = match.partition(": .*")[2] or "(syntax error|invalid input)"
    with pytest.raises(DefinitionError, match=f"the SQL of `x`: .*{match}"):
        rows(url, source, n=1)


@pytest.mark.parametrize(
    "source",
    [
        "WITH a AS (SELECT 1 AS x) SELECT 'delete' AS x FROM a",
        "WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) (SELECT x FROM b)",
        'WITH a(x) AS (VALUES (1)) SELECT x AS "update" FROM a',
    ],
)
def test_with_may_begin_a_query(url: str, source: str) -> None:
    if "sqlite:" in url and source.endswith(")"):
        return  # it knows no such parentheses
    assert rows(url, source).num_rows == 1


def test_with_may_begin_what_writes(url: str) -> None:
    source = "WITH a AS (SELECT 'c' AS city, 9 AS amount) INSERT INTO orders SELECT * FROM a"
    assert rows(url, source) is None
    assert rows(url, "SELECT city FROM orders WHERE amount = 9")["city"].to_pylist() == ["c"]


_ENDLESS = {
    "duckdb": "SELECT count(*) FROM range(100000000000)",
    "postgresql": "SELECT count(*) FROM generate_series(1, 100000000000){}",
    "sqlite": "WITH RECURSIVE t(g) AS (SELECT 1 UNION SELECT g + 1 FROM t) SELECT max(g) FROM t",
}


@pytest.mark.parametrize("given", [False, True])
def test_an_interrupt_ends_it(url: str, given: bool) -> None:
    kind = url.partition(":")[0]
    if "psycopg2" in kind:
        return  # it waits in C
    source = _ENDLESS[kind].format(" WHERE 1 = :one" if given else "")
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        rows(url, source, one=1)
    timer.join()
    assert rows(url, "SELECT count(*) AS n FROM orders")["n"].to_pylist() == [3]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunt:er2@127.0.0.1:1/x",
        "postgresql://me:hunter2/x@127.0.0.1:1/x",
        "postgresql+psycopg2://me:hunter2@127.0.0.1:1/x",
        "postgresql+psycopg2://me:hunter2@127.0.0.1:port/x",
        "postgresql://127.0.0.1:1/x?password=hunter2&connect_timeout=x",
        "nothing://me:hunter2@127.0.0.1/x",
    ],
)
def test_passwords_are_in_no_error(url: str) -> None:
    with pytest.raises(ConfigError) as failed:
        opened(url)
    assert "hunt" not in str(failed.value)
    assert failed.value.__suppress_context__
    assert "hunter2" not in scrub("the log says hunter2") or "hunt:er2" in url


def test_what_fails_changes_nothing(url: str) -> None:
    with pytest.raises(DefinitionError):
        rows(url, "DELETE FROM orders; SELECT nothing FROM orders")
    assert rows(url, "SELECT count(*) AS n FROM orders")["n"].to_pylist() == [3]


def place(url: str, name: str) -> tuple[str, ...]:
    """Where a test leaves a table: in a schema, if the database has any."""
    return (name,) if "sqlite:" in url else ("mart", name)


def test_a_table_takes_the_place_of_the_old(url: str) -> None:
    table = place(url, "large")
    for least, count in ((1, 3), (2, 2)):
        source = "SELECT city, amount FROM orders WHERE amount >= :least"
        left = run(url, source, {"least": least}, table)
        assert isinstance(left, TableInDatabase)
        assert (left.name, left.rows) == (".".join(table), count)
        assert left.schema == pa.schema([("city", pa.string()), ("amount", pa.int64())])
        found = rows(url, f"SELECT * FROM {'.'.join(table)} ORDER BY amount")
        assert found.num_rows == count


def test_a_table_keeps_its_decimals(url: str) -> None:
    if "sqlite:" in url:
        return  # it has none
    run(url, "SELECT cast(1.5 AS numeric(9, 2)) AS d", {}, ("mart", "t"))
    (field,) = rows(url, "SELECT * FROM mart.t").schema
    assert pa.types.is_decimal(field.type)
    assert rows(url, "SELECT * FROM mart.t")["d"].to_pylist() == [Decimal("1.50")]


def test_a_failed_table_leaves_the_old(url: str) -> None:
    table = place(url, "t")
    run(url, "SELECT amount FROM orders", {}, table)
    for wrong in ("SELECT cast(city AS int) AS n FROM orders; SELECT nothing FROM t", "SELECT x"):
        with pytest.raises(DefinitionError):
            run(url, f"DELETE FROM {'.'.join(table)}; {wrong}", {}, table)
    assert rows(url, f"SELECT amount FROM {'.'.join(table)}").num_rows == 3


def test_others_never_see_half_a_table(url: str) -> None:
    table = place(url, "t")
    run(url, "SELECT amount FROM orders", {}, table)
    if url.startswith("duckdb"):
        return  # one process has it open at a time
    reader = opened(url)
    source = f"SELECT amount FROM {'.'.join(table)}"
    query = DatabaseQuery(source, "x", [(0, len(source))], value_at=0)
    before = reader.rows(query)
    assert before is not None
    assert before.read_all().num_rows == 3
    run(url, "SELECT amount FROM orders WHERE amount > 2", {}, table)
    after = reader.rows(query)
    assert after is not None
    assert after.read_all().num_rows == 1
    reader.close()


TYPES = pa.table(
    {
        "b": [True, None],
        "i": pa.array([1, None], pa.int32()),
        "n": [2**40, None],
        "f": [1.5, None],
        "t": ["é", None],
        "y": [b"\0a", None],
        "d": [dt.date(2020, 1, 2), None],
        "u": [dt.datetime(2020, 1, 2, 3, 4, 5, 6), None],
        "z": pa.array([dt.datetime(2020, 1, 2, tzinfo=dt.UTC), None], pa.timestamp("us", "UTC")),
        "p": pa.array([Decimal("1.25"), None], pa.decimal128(9, 2)),
        "l": [[1, 2], None],
    }
)


@pytest.mark.parametrize("value", [TYPES, TYPES.to_pandas(), pl.from_arrow(TYPES)], ids=type)
def test_a_manager_keeps_tables(url: str, value: object) -> None:
    if "sqlite:" in url:
        return  # it has fewer types
    manager = DatabaseIOManager(url=url)
    output = OutputContext(asset_key=AssetKey(["mart", "everything"]))
    manager.handle_output(output, value)
    manager.handle_output(OutputContext(asset_key=AssetKey(["mart", "everything"])), value)
    assert output.output_metadata["dagster/row_count"].value == 2
    loaded = manager.load_input(
        InputContext(
            asset_key=AssetKey(["mart", "everything"]),
            upstream_metadata={"assetbook/table": "mart.everything"},
        )
    )
    assert (
        loaded.select(["b", "t", "y", "d", "p", "l"]).to_pylist()
        == TYPES.select(["b", "t", "y", "d", "p", "l"]).to_pylist()
    )
    assert loaded["z"].cast(pa.timestamp("us", "UTC")) == TYPES["z"]


def test_a_manager_gives_what_is_asked_for(url: str) -> None:
    manager = DatabaseIOManager(url=url, table_schema="mart")
    manager.handle_output(OutputContext(asset_key=AssetKey("t")), pd.DataFrame({"a": [1, 2]}))
    loaded = manager.load_input(
        InputContext(
            asset_key=AssetKey("t"),
            upstream_metadata={"assetbook/table": "mart.t"},
            python_type=pd.DataFrame,
        )
    )
    pd.testing.assert_frame_equal(loaded, pd.DataFrame({"a": [1, 2]}))


_ARROW_TYPES: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.bool_(), st.booleans()),
    *((getattr(pa, f"int{n}")(), st.integers(-(2 ** (n - 1)), 2 ** (n - 1) - 1)) for n in WIDTHS),
    *((getattr(pa, f"uint{n}")(), st.integers(0, 2**n - 1)) for n in WIDTHS),
    (pa.float32(), st.floats(width=32)),
    (pa.float64(), st.floats()),
    (pa.string(), TEXT),
    (pa.large_string(), TEXT),
    (pa.dictionary(pa.int8(), pa.string()), st.sampled_from(["a", "é", ""])),
    (pa.binary(), st.binary(max_size=5)),
    (pa.date32(), st.dates()),
    (pa.date64(), st.dates()),
    (pa.time64("us"), st.times()),
    (pa.timestamp("us"), st.datetimes()),
    (pa.timestamp("ms"), st.datetimes().map(lambda at: at.replace(microsecond=5000))),
    (pa.timestamp("us", "Europe/Paris"), st.datetimes(timezones=st.just(dt.UTC), **ZONED)),
    (pa.decimal128(9, 2), st.decimals(-(10**6), 10**6, places=2)),
    (pa.decimal128(38, 10), st.decimals(-(10**20), 10**20, places=10)),
    (pa.duration("us"), st.timedeltas(dt.timedelta(-(10**5)), dt.timedelta(10**5))),
    (pa.null(), st.none()),
]


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Tables of every type that ADBC takes, with nulls."""
    rows = draw(st.integers(0, 4))
    columns = {}
    for at, (kind, values) in enumerate(draw(st.lists(st.sampled_from(_ARROW_TYPES), min_size=2))):
        several = st.lists(st.none() | values, min_size=rows, max_size=rows)
        columns[f"c{at}"] = pa.array(draw(several), kind)
    return pa.table(columns)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tables())
def test_adbc_changes_no_value(postgres: str, table: pa.Table) -> None:
    found, kinds = [], []
    for database in (opened(postgres), PostgresDatabase(psycopg.connect(postgres))):
        assert database.write(table.to_reader(), ("every",)).rows == table.num_rows
        kinds.append(declared(postgres))
        for reading in (opened(postgres), PostgresDatabase(psycopg.connect(postgres))):
            found.append(reading.read(("every",)))
            reading.close()
        database.close()
    assert kinds[0] == kinds[1]
    first, *others = found
    assert all(each.schema == first.schema for each in others)
    assert all(str(each.to_pylist()) == str(first.to_pylist()) for each in others)  # NaN is NaN
    for name in table.column_names:
        if not pa.types.is_decimal(first.schema.field(name).type):
            continue
        expected = table[name].to_pylist()
        assert [None if e is None else Decimal(e) for e in expected] == first[name].to_pylist()


def declared(url: str) -> list[tuple[str, str]]:
    """The columns of the table ``every``, as PostgreSQL has them."""
    with psycopg.connect(url) as connection:
        source = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        where = "WHERE attrelid = 'every'::regclass AND attnum > 0 ORDER BY attnum"
        return connection.execute(f"{source} {where}").fetchall()


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("SELECT 'infinity'::date AS d", "(too large|`d` holds what date32)"),
        ("SELECT '-infinity'::timestamp AS d", "(too small|`d` holds what timestamp)"),
        ("SELECT 'NaN'::numeric(9, 2) AS d", "`d` holds what decimal128"),
        ("SELECT '24:00'::time AS d", "(hour must be|not supported|`d` holds what time64)"),
        ("SELECT interval '1 month' AS d", "has months, which have no fixed length"),
    ],
)
@pytest.mark.parametrize("by_adbc", [True, False])
def test_what_has_no_exact_value_is_told(
    postgres: str, source: str, match: str, by_adbc: bool
) -> None:
    with pytest.raises(DefinitionError, match=match):
        rows(postgres, source if by_adbc else f"{source} WHERE 1 = :one", one=1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('\'{"a": 1.10, "b": "é"}\'::jsonb', '{"a": 1.10, "b": "é"}'),
        ("'{\"a\":  1}'::json", '{"a":  1}'),
        ("'[1,5)'::int4range", "[1,5)"),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ],
)
def test_other_types_are_their_text(postgres: str, value: str, text: str) -> None:
    assert rows(postgres, f"SELECT {value} AS v")["v"].to_pylist() == [text]


def test_what_a_database_refuses_to_keep_is_told(url: str) -> None:
    manager = DatabaseIOManager(url=url)
    context = OutputContext(asset_key=AssetKey("t"))
    nanoseconds = pa.table({"a": pa.array([1], pa.timestamp("ns"))})
    if "duckdb" not in url:
        with pytest.raises(UnstorableValueError, match="databases keep microseconds"):
            manager.handle_output(context, nanoseconds)
    if "postgresql" in url:
        with pytest.raises(UnstorableValueError, match=r"NUL|0x00"):
            manager.handle_output(context, pa.table({"a": ["x\0"]}))
    if "duckdb:" in url:
        with pytest.raises(UnstorableValueError, match="DuckDB refuses it"):
            manager.handle_output(context, pa.table({"a": pa.array([1], pa.float16())}))
    if "sqlite:" in url:
        for wrong in (pa.array([Decimal(1)]), pa.array([[1]]), pa.array([1], pa.uint64())):
            with pytest.raises(UnstorableValueError, match="SQLite keeps no"):
                manager.handle_output(context, pa.table({"a": wrong}))
        with pytest.raises(UnstorableValueError, match="NaN"):
            manager.handle_output(context, pa.table({"a": [float("nan")]}))


@pytest.mark.parametrize("parts", [("t",), ("mart", "t"), ("a b", 'c"."d'), ("x.y", "z")])
def test_a_tables_name_can_be_read_again(parts: tuple[str, ...]) -> None:
    assert table_parts(TableInDatabase(parts, 0, pa.schema([])).name) == parts


class TestDatabaseIOManager(IOManagerContract):
    """The contract of I/O managers, for tables."""

    values = (pa.table({"rows": [1]}), pa.table({"rows": [2]}))

    @pytest.fixture
    def manager(self, url: str) -> IOManager:
        execute(url, 'DROP TABLE IF EXISTS "a/b"')
        return DatabaseIOManager(url=url)


def test_other_values_are_refused(url: str) -> None:
    context = OutputContext(asset_key=AssetKey("t"))
    with pytest.raises(UnstorableValueError, match="it is a list"):
        DatabaseIOManager(url=url).handle_output(context, [1])
    with pytest.raises(UnstorableValueError, match="A DatabaseIOManager writes tables"):
        DatabaseResource(url=url).handle_output(context, TYPES)


def test_its_url_is_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from assetbook.definitions.resource import resolve

    assert "hunter2" not in repr(DatabaseResource(url="postgresql://me:hunter2@host/db"))
    monkeypatch.setenv("SHOP_URL", f"duckdb:///{tmp_path}/x.db")
    with resolve(DatabaseResource(url=EnvVar("SHOP_URL"))).database() as database:
        assert database.dialect == "duckdb"


@pytest.mark.parametrize(
    "url", ["duckdb:////proc/nothing/x.db", "postgresql://nobody@127.0.0.1:1/x?connect_timeout=2"]
)
def test_a_database_that_cannot_be_opened_is_told(url: str) -> None:
    with pytest.raises(ConfigError, match="it cannot be made: "):
        opened(url)


def test_other_databases_are_told() -> None:
    with pytest.raises(MissingLibraryError, match="pip install MySQLdb"):
        opened("mysql://host/x")
    with pytest.raises(ConfigError, match=r"it cannot be made: .*nothing"):
        opened("nothing://host/x")
    with pytest.raises(ConfigError, match="does not begin with a kind"):
        opened("host/x")


@pytest.mark.parametrize(
    ("url", "library", "extra"),
    [
        ("duckdb:///x.db", "duckdb", "duckdb"),
        ("postgresql+psycopg://h/x", "psycopg", "postgres"),
        ("mysql+pymysql://h/x", "sqlalchemy", "sqlalchemy"),
    ],
)
def test_a_missing_driver_names_its_extra(
    url: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingLibraryError, match=rf"assetbook\[{extra}\]"):
        opened(url)
