"""``%%sql_asset --on``: SQL that runs in a database, on real DuckDB and real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from tests.io.postgres_server import postgres_server
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.book import opened as opened_book

from assetbook.io.database_resource import DatabaseResource
from assetbook.keys import AssetKey
from assetbook.notebook.database_cell import DatabaseCell


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["duckdb", "postgres"])
def shop(request: pytest.FixtureRequest, book: Book, tmp_path: Path) -> Iterator[Book]:
    """A notebook with the resource ``shop``, a database with orders in it."""
    duckdb = f"duckdb:///{tmp_path}/shop.db"
    url = duckdb if request.param == "duckdb" else request.getfixturevalue("postgres")
    _in(url, "DROP SCHEMA IF EXISTS mart CASCADE; DROP SCHEMA IF EXISTS raw CASCADE")
    _in(url, "CREATE SCHEMA raw; CREATE TABLE raw.orders (city text, amount bigint)")
    _in(url, "INSERT INTO raw.orders VALUES ('a', 1), ('b', 2), ('a', 3)")
    book.run(f"import pandas as pd, pyarrow as pa\nshop = DatabaseResource(url={url!r})")
    yield book


def _in(url: str, source: str) -> None:
    database = DatabaseResource(url=url)
    DatabaseCell("x", source, {"db": database}, where="", on="db", effect=True)(db=database)


def test_rows_stream_into_the_store(shop: Book) -> None:
    shop.run("least = 2")
    shop.run("%%sql_asset large --on shop\nSELECT * FROM raw.orders WHERE amount >= :least")
    assert list(shop.result["amount"]) == [2, 3]
    event = shop.instance.version("large").event
    assert event.value is not None
    assert (event.value.kind, event.readers) == ("arrow", ("shop",))
    assert shop.instance.value("large").num_rows == 2
    assert "became stale" in shop.run("least = 3")


def test_a_table_stays_in_the_database(shop: Book) -> None:
    shop.run(
        "%%sql_asset mart/totals --on shop --table mart.totals\n"
        "SELECT city, sum(amount)::bigint AS total FROM raw.orders GROUP BY city ORDER BY city"
    )
    assert shop.result.to_dict("list") == {"city": ["a", "b"], "total": [4, 2]}
    event = shop.instance.version("mart/totals").event
    assert event.value is not None
    assert event.value.kind == "custom"
    assert event.metadata["dagster/row_count"]["value"] == 2
    assert "assetbook/table" in event.metadata
    assert "2 rows" in shop.run("%lineage")


def test_what_lives_there_is_read_there(shop: Book) -> None:
    shop.run(
        "%%sql_asset mart/totals --on shop --table mart.totals --define\n"
        "SELECT city, sum(amount)::bigint AS total FROM raw.orders GROUP BY city"
    )
    shop.run("%%sql_asset most --on shop\nSELECT max(total) AS most FROM mart.totals")
    assert list(shop.result["most"]) == [4]
    (read,) = shop.instance.version("most").event.inputs.values()
    assert read.key == AssetKey(["mart", "totals"]).text


def test_python_and_duckdb_read_what_lives_there(shop: Book) -> None:
    shop.run("%%sql_asset totals --on shop --table mart.t\nSELECT city, amount FROM raw.orders")
    shop.run("%%asset rows --as totals=pd.DataFrame\nlen(totals)")
    assert shop.result == 3
    shop.run("%%sql_asset most\nSELECT max(amount) AS most FROM totals")
    assert list(shop.result["most"]) == [3]
    shop.run("%sql SELECT count(*) AS n FROM totals")
    assert list(shop.result["n"]) == [3]


def test_frames_live_as_tables_too(shop: Book) -> None:
    shop.run("tables = DatabaseIOManager(url=shop.url.get_value())")
    shop.run(
        "%%asset mart/people --io-manager-key tables\npd.DataFrame({'name': ['ann'], 'age': [3]})"
    )
    assert shop.instance.version("mart/people").event.metadata["dagster/row_count"]["value"] == 1
    shop.run("%%sql_asset ages --on tables\nSELECT age FROM mart.people")
    assert list(shop.result["age"]) == [3]
    shop.run("%%asset ann --as people=pa.Table\npeople.num_rows")
    assert shop.result == 1


def test_long_keys_are_read_where_they_live(shop: Book) -> None:
    shop.run("tables = DatabaseIOManager(url=shop.url.get_value(), table_schema='mart')")
    for key in ("a/b/people", "people"):
        shop.run(f"%%asset {key} --io-manager-key tables\npd.DataFrame({{'age': [3]}})")
    shop.run("%%sql_asset ages --on tables\nSELECT p.age FROM a__b.people p, mart.people q")
    keys = {read.key for read in shop.instance.version("ages").event.inputs.values()}
    assert keys == {AssetKey(["a", "b", "people"]).text, AssetKey("people").text}


@pytest.mark.parametrize("table", ["--table mart.totals", "--io-manager-key shop"])
def test_after_a_restart_tables_there_are_inputs(tmp_path: Path, table: str) -> None:
    bound = f"shop = DatabaseIOManager(url='duckdb:///{tmp_path}/shop.db')"
    with opened_book(tmp_path) as book:
        book.run(bound)
        book.run(f"%%sql_asset mart/totals --on shop {table}\nSELECT 4 AS total")
    with opened_book(tmp_path) as book:
        book.run(bound)
        book.run("%%sql_asset most --on shop\nSELECT max(total) AS most FROM mart.totals")
        assert list(book.result["most"]) == [4]
        event = book.instance.version("most").event
        (read,) = event.inputs.values()
        assert (read.key, read.version) == (AssetKey(["mart", "totals"]).text, 1)
        assert "mart/totals" in book.run("%why most")


def test_errors_point_into_the_cell(shop: Book) -> None:
    with pytest.raises(CellFailedError, match=r"line 2, column 8: .*amont") as failed:
        shop.run("%%sql_asset wrong --on shop\nSELECT amont FROM raw.orders")
    assert "Traceback" not in str(failed.value)


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("--on shp", "`shp` is not a variable .*\n.*Did you mean `shop`"),
        ("--on pd", "`pd` is a module\nName a DatabaseResource"),
        ("--table mart.x", "Say --on NAME too"),
        ("--on shop --table mart.x --effect", "an effect has no value"),
        ("--on shop --table x --io-manager-key shop", "Leave --io-manager-key out"),
    ],
)
def test_wrong_places_are_told(book: Book, line: str, match: str) -> None:
    book.run("import pandas as pd\nshop = DatabaseResource(url='duckdb:///x.db')")
    with pytest.raises(CellFailedError, match=match):
        book.run(f"%%sql_asset wrong {line}\nSELECT 1 AS x")


def test_its_url_is_kept_nowhere(book: Book, tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/hidden-password.db"
    book.run(f"shop = DatabaseResource(url={url!r})")
    book.run("%%sql_asset one --on shop\nSELECT 1 AS x")
    assert book.result.equals(pd.DataFrame({"x": pd.Series([1], dtype="int32")}))
    store = book.path.parent / ".assetbook"
    held = b"".join(each.read_bytes() for each in store.rglob("*") if each.is_file())
    assert b"hidden-password" not in held
    assert isinstance(book.instance.value("one"), pa.Table)


def test_a_function_may_give_the_connection(book: Book, tmp_path: Path) -> None:
    book.run("import sqlite3\nleast = 2")
    connects = "def shop():\n    return sqlite3.connect({!r})"
    book.run(connects.format(f"{tmp_path}/a.db"))
    book.run(
        "%%sql_asset made --on shop\n"
        "CREATE TABLE orders AS SELECT 1 AS amount UNION SELECT 2 UNION SELECT 3;\n"
        "SELECT amount FROM orders WHERE amount >= :least"
    )
    assert list(book.result["amount"]) == [2, 3]
    assert "made" in book.run(connects.format(f"{tmp_path}/b.db"))
    assert "became stale" in book.shown
    with pytest.raises(CellFailedError, match="Subclass DatabaseResource"):
        book.run("%%sql_asset made --on shop --table t\nSELECT 1 AS x")


def test_sqlite_keeps_tables_without_schemas(book: Book, tmp_path: Path) -> None:
    book.run(f"import pandas as pd\nshop = DatabaseIOManager(url='sqlite:///{tmp_path}/shop.db')")
    book.run("%%asset mart/people --io-manager-key shop\npd.DataFrame({'age': [3, 4]})")
    book.run("%%sql_asset old --on shop --table old\nSELECT age FROM mart__people WHERE age > 3")
    assert list(book.result["age"]) == [4]
    (read,) = book.instance.version("old").event.inputs.values()
    assert read.key == AssetKey(["mart", "people"]).text
    with pytest.raises(CellFailedError, match="SQLite has no schema `mart`\nSay --table old"):
        book.run("%%sql_asset old --on shop --table mart.old\nSELECT 1 AS x")
    with pytest.raises(CellFailedError, match="line 2, column 8: no such column: agee"):
        book.run("%%sql_asset wrong --on shop\nSELECT agee FROM mart__people")


def test_a_name_without_its_schema_may_be_several(book: Book, tmp_path: Path) -> None:
    book.run(f"shop = DatabaseResource(url='duckdb:///{tmp_path}/shop.db')")
    for schema in ("a", "b"):
        book.run(f"%%sql_asset {schema}/t --on shop --table {schema}.t\nSELECT 1 AS x")
    book.run("%%sql_asset both --on shop\nUSE a; SELECT x FROM t")
    assert len(book.instance.version("both").event.inputs) == 2
