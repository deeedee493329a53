"""An SQL cell as a function: what it reads, what its version is of, what it gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assetbook.definitions.code import CodeVersion
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.notebook.sql_cell import SqlCell
from assetbook.notebook.table_inputs import asset_of, check_tables, table_ports
from assetbook.notebook.versioner import Versioner

FRAME = pd.DataFrame({"a": [1, 2]})


def cell(text: str, effect: bool = False, **namespace: Any) -> SqlCell:
    """The body of ``%%sql_asset total``, in a notebook with these variables."""
    return SqlCell("total", f"\n{text}", namespace, where="In[4]", effect=effect)


def version(text: str, **namespace: Any) -> CodeVersion:
    versioner = Versioner(definition_of=lambda _: None, project_root=Path())
    return versioner.version(cell(text, **namespace).code)


def value(body: SqlCell, **inputs: Any) -> list[dict[str, Any]]:
    found = body(**inputs)
    assert found is not None
    return found.read_all().to_pylist()


def test_its_tables_arrive_by_name() -> None:
    body = cell("select sum(a)::int as s from raw.orders")
    assert value(body, **{"raw.orders": FRAME}) == [{"s": 3}]


def test_a_frame_of_the_notebook_is_a_table() -> None:
    assert value(cell("select max(a) as m from frame", frame=FRAME)) == [{"m": 2}]


def test_an_input_goes_before_the_notebooks_names() -> None:
    body = cell("select max(a) as m, :n as n from t", t=FRAME, n=1)
    assert body.reads == {"n"}
    assert value(body, t=pd.DataFrame({"a": [9]}), n=3) == [{"m": 9, "n": 3}]


def test_an_effect_runs_and_gives_nothing(tmp_path: Path) -> None:
    body = cell(f"copy t to '{tmp_path}/a.csv'; select error('x') where false", True, t=FRAME)
    assert body() is None
    assert (tmp_path / "a.csv").read_text() == "a\n1\n2\n"


def test_an_effect_runs_its_query_to_the_end() -> None:
    with pytest.raises(DefinitionError, match="Could not convert"):
        cell("select cast('x' || range as int) from range(3)", effect=True)()


def test_a_cell_without_a_query_offers_effect() -> None:
    for text in ("create temp table x as select 1", "", "-- nothing"):
        with pytest.raises(DefinitionError, match="%%sql_asset total --effect"):
            cell(text)


def test_formatting_and_comments_are_no_change() -> None:
    one = version("select a from t where b = :n", n=1)
    other = version("SELECT a -- all\n  FROM t\n WHERE b = $n", n=1)
    assert one.digest == other.digest


@pytest.mark.parametrize(
    ("text", "namespace"),
    [
        ("select b from t where b = :n", {"n": 1, "t": FRAME}),
        ("select a from t where b = :n", {"n": 2, "t": FRAME}),
        ("select a from t where b = :n", {"n": 1, "t": FRAME + 1}),
    ],
    ids=["text", "parameter", "frame"],
)
def test_what_it_says_and_reads_counts(text: str, namespace: dict[str, Any]) -> None:
    before = version("select a from t where b = :n", n=1, t=FRAME)
    assert version(text, **namespace).digest != before.digest


def test_readers_are_those_of_the_text() -> None:
    assert version("from read_csv('x.csv') where d < now()").readers == ("now", "read_csv")
    assert version("select a from t", t=FRAME).readers == ()


KEYS = [AssetKey(["raw", "orders"]), AssetKey(["shop", "raw", "items"]), AssetKey("Days")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("from orders", "raw/orders"),
        ("from raw.orders", "raw/orders"),
        ('from "raw/orders"', "raw/orders"),
        ("from raw.items", "shop/raw/items"),
        ("from shop.raw.items", "shop/raw/items"),
        ("from ITEMS", "shop/raw/items"),
        ("from days", "Days"),
        ("from other.orders", None),
        ('from "w/orders"', None),
    ],
)
def test_names_and_qualified_names_are_assets(text: str, key: str | None) -> None:
    body = cell(text)
    (table,) = body.tables
    found = asset_of(table, KEYS, body)
    assert (str(found) if found else None) == key
    assert [port.key for port in table_ports(body, (), {"": KEYS})] == [found] * bool(key)


def test_a_whole_key_goes_before_the_end_of_another() -> None:
    body = cell("from orders")
    keys = [*KEYS, AssetKey("orders")]
    assert str(asset_of(body.tables[0], keys, body)) == "orders"


def test_a_name_that_fits_two_is_an_error() -> None:
    body = cell("select 1\nfrom orders")
    keys = [AssetKey(["raw", "orders"]), AssetKey(["mart", "orders"])]
    said = "line 3, column 6: `orders` fits `raw/orders` and `mart/orders`"
    with pytest.raises(DefinitionError, match=said) as failed:
        asset_of(body.tables[0], keys, body)
    assert failed.value.remedy == 'Write `"raw/orders"`.'


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("from ordrs", "`ordrs` is neither an asset(.*\n)*Did you mean `raw/orders`"),
        ("from nothing", "`nothing` is neither an asset nor a table of this notebook"),
        ("from n", "`n` is neither"),
        ("from total", "it reads `total`, the asset that it makes"),
    ],
)  # fmt: skip
def test_tables_that_nothing_knows_are_errors(text: str, match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        check_tables(cell(text, n=3), AssetKey("total"), KEYS)


@pytest.mark.parametrize(
    "text",
    [
        "from days",
        "from frame",
        "from information_schema.tables",
        "from duckdb_settings",
        "attach 'x.db' as w; from w.orders_of_old",
        "with total as (from days) from total",
        "create temp table x as select 1; from x",
    ],
)
def test_tables_that_are_there_are_none(text: str) -> None:
    check_tables(cell(text, frame=FRAME), AssetKey("total"), KEYS)
