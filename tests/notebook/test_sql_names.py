"""The tables and readers that SQL names; DuckDB itself is asked whether that is true."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetbook.notebook.sql_names import SqlNames, names_in_sql
from assetbook.notebook.sql_tokens import tokens_of


def names(source: str) -> SqlNames:
    return names_in_sql(tokens_of(source, asked="x"))


def tables(source: str) -> set[str]:
    return {each.text for each in names(source).tables.values()}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("select * from a join b using (x), c", {"a", "b", "c"}),
        ("select (select max(x) from a) from b where exists (from c)", {"a", "b", "c"}),
        ("select * from a where x > all (select y from b)", {"a", "b"}),
        ("select * from a asof join b using (x) positional join c", {"a", "b", "c"}),
        ("select * from a p, lateral (select * from b where b.x = p.x)", {"a", "b"}),
        # FROM first, and other beginnings
        ("from a", {"a"}),
        ("from a select x where y > 1", {"a"}),
        ("table a", {"a"}),
        ("describe a", {"a"}),
        ("summarize a", {"a"}),
        ("explain select * from a", {"a"}),
        ("values (1), (2)", set()),
        ("select x: 1 from t: a", {"a"}),
        # PIVOT
        ("pivot a on x using sum(y)", {"a"}),
        ("select * from (pivot a on x using sum(y)) p join b using (z)", {"a", "b"}),
        ("unpivot a on x, y into name n value v", {"a"}),
        ("select * from a pivot (sum(y) for x in ('u', 'v'))", {"a"}),
        # expressions that shadow
        ("with a as (select * from b) select * from a", {"b"}),
        ("with a as (select * from a) select * from a", {"a"}),
        ("with a as (from b), b as (from c) from a, b", {"b", "c"}),
        ("with a as (from b), c as (from a) from c", {"b"}),
        ("with a as (from b) select (select max(x) from a) from c", {"b", "c"}),
        ("select * from (with a as (from b) from a), a", {"a", "b"}),
        ("with a(x) as (values (1)) from A", set()),
        ("with a as materialized (from b) from a", {"b"}),
        ("with a as (from b) select * from s.a", {"b", "s.a"}),
        (
            "with recursive a as (select 1 as x union all select x + 1 from a join b using (x)) "
            "from a",
            {"b"},
        ),
        ("with recursive a as (select * from a) from a", {"a"}),
        (
            "with recursive a as (select x from a union all select x + 1 from a) from a",
            {"a"},
        ),
        # several statements
        ("create temp table b as from a; select * from b, c", {"a", "c"}),
        ("create view s.b as from a; select * from s.b", {"a"}),
        ("select 1; from a;; from b;", {"a", "b"}),
        ("create macro f(x) as x + 1; select f(y) from a", {"a"}),
        ("create temp table main.b as from a; from b, main.b", {"a"}),
        ("from a where x = any(:xs); from :table", {"a"}),
        ("with b as (with b as (from a) from b) from b", {"a"}),
        # spellings
        ('select * from raw.orders, "raw/orders" r, "Raw"."Orders", a.b.c',
         {"raw.orders", "raw/orders", "Raw.Orders", "a.b.c"}),
        ("select ' from b ', $$ from c $$ -- from d\n /* from e */ from a", {"a"}),
        ("from a tablesample 10%", {"a"}),
        ("select columns('b.*'), * exclude (c) replace (d as e) from a", {"a"}),
    ],
)  # fmt: skip
def test_tables_are_found_and_shadows_are_not(source: str, found: set[str]) -> None:
    assert tables(source) == found


@pytest.mark.parametrize(
    ("source", "readers"),
    [
        ("from read_parquet('x/*.parquet')", {"read_parquet"}),
        ("from 'x.csv'", {"read_csv"}),
        ("from 's3://b/x.parquet'", {"read_parquet"}),
        ("from st_read('x.shp'), range(3), unnest([1]) u", {"st_read"}),
        ("select now(), current_date, date_trunc('day', x) from a", {"now", "current_date"}),
        ("select age(x) from a", {"age"}),
        ("select age(x, y) from a", set()),
        ("select uuid(), getenv('HOME')", {"uuid", "getenv"}),
        ("from a using sample 5", {"tablesample"}),
        ("install httpfs; load httpfs; from a", {"install", "load"}),
        ("attach 'x.db' as x; from x.y", {"attach"}),
        ("copy a to 'x.csv'", {"copy"}),
        ("select user, version from a", set()),
        ("from query_table('a')", {"query_table"}),
        ("explain select * from read_csv('x.csv')", {"read_csv"}),
    ],
)
def test_readers_of_the_outside_are_named(source: str, readers: set[str]) -> None:
    assert names(source).readers == readers


def test_chance_is_a_reader() -> None:
    assert names("select random()").readers


def test_places_are_those_of_the_names() -> None:
    source = "select 1;\nselect *\n from  orders o"
    (table,) = names(source).tables.values()
    assert source[table.at :].startswith("orders")


def test_what_sqlglot_cannot_read_reads_too_much() -> None:
    found = names("frobnicate the orders with read_csv(now) and 'x'")
    assert {"orders", "the"} <= {each.text for each in found.tables.values()}
    assert not any(each.sure for each in found.tables.values())
    assert "read_csv" in found.readers


_NAMES = st.sampled_from(["a", "b", "c", "A"])


@st.composite
def queries(draw: st.DrawFn, depth: int = 2) -> str:
    """A query over tables a, b and c with common table expressions that shadow them."""
    if not depth:
        return f"select x from {draw(_NAMES)}"
    inner = queries(depth - 1)
    shape = draw(st.integers(0, 6))
    one, other = draw(inner), draw(inner)
    name, second = draw(_NAMES), draw(st.sampled_from(["d", "a"]))
    return [
        f"with {name} as ({one}) select x from {name} where x in ({other})",
        f"with {name} as ({one}), {name}{second} as ({other}) "
        f"select x from {name} join {name}{second} using (x)",
        f"select x from ({one}) {second} where x in ({other})",
        f"({one}) union all ({other})",
        f"from {name} select x where exists ({one})",
        f"with recursive {name} as ({one}) select x from {name} join ({other}) q using (x)",
        f"with recursive {name} as (({one}) union select x + 1 from {name} where x < 2) "
        f"select x from {name} where x in ({other})",
    ][shape]


@settings(max_examples=100, deadline=None)
@given(queries())
def test_exactly_the_tables_that_duckdb_needs_are_found(source: str) -> None:
    needed = {name.lower() for name in tables(source)}
    assert _runs(source, needed)
    assert not any(_runs(source, needed - {each}) for each in needed)


_connection = duckdb.connect()


def _runs(source: str, given_tables: set[str]) -> bool:
    _connection.execute("begin")
    try:
        for name in given_tables:
            _connection.execute(f"create table {name} as select 1 as x")
        _connection.execute(f"explain {source}")  # names alone count
    except duckdb.Error:
        return False
    finally:
        _connection.execute("rollback")
    return True
