"""What a person who looks at a value is answered: rows by pages, summed-up columns, differences."""

from __future__ import annotations

from typing import Any

import pytest
from tests.surfaces.book import Book

from assetbook.errors import CorruptStoreError, SelectionError
from assetbook.surfaces.desk import Desk, StoreDesk, current_desk
from assetbook.surfaces.widgets.plain_json import as_page_reads
from assetbook.surfaces.widgets.topics import question_of

TABLE = """
import pandas as pd
@asset
def orders():
    return pd.DataFrame({
        "n": range(1000),
        "who": ["ada", None] * 500,
        "price": [1.5, float("inf")] * 500,
        "at": pd.Timestamp("2026-11-01", tz="UTC"),
        "html": "<img src=x onerror=alert(1)>",
    })
"""


def ask(name: str, desk: Desk | None = None, **given: Any) -> Any:
    asked = {"key": "orders", "version": "1", **given}
    return as_page_reads(question_of(name)(desk or current_desk(), asked))


@pytest.fixture
def orders(book: Book) -> Book:
    """A notebook with a table of a thousand rows."""
    book.run(TABLE)
    book.run("%materialize orders")
    return book


def value_of(book: Book, body: str, *, name: str = "orders", more: str = "") -> dict[str, Any]:
    book.run(f"@asset({more})\ndef {name}():\n    {body}")
    book.run(f"%materialize {name}")
    answer: dict[str, Any] = ask("value", key=name)
    return answer


def test_a_table_tells_its_columns_and_the_line_that_gives_it(orders: Book) -> None:
    found = ask("value")

    assert (found["shape"], found["rows"]) == ("table", 1000)
    assert [(each["name"], each["number"]) for each in found["columns"]] == [
        ("n", True),
        ("who", False),
        ("price", True),
        ("at", False),
        ("html", False),
    ]
    assert found["line"] == "%value orders@1"
    assert "ada" not in str(found)


def test_rows_come_as_texts_and_null_as_null(orders: Book) -> None:
    page = ask("rows", start=998, count=100, columns=[1, 0, 2, 3, 4])

    assert page["rows"] == [
        ["ada", "998", "1.5", "2026-11-01 00:00:00Z", "<img src=x onerror=alert(1)>"],
        [None, "999", "inf", "2026-11-01 00:00:00Z", "<img src=x onerror=alert(1)>"],
    ]


def test_no_answer_holds_more_than_a_few_hundred_rows(orders: Book) -> None:
    assert len(ask("rows", start=0, count=10**9, columns=[0])["rows"]) == 500
    assert ask("rows", start=10**9, count=5, columns=[0])["rows"] == []


def test_a_column_is_summed_up(orders: Book) -> None:
    who, price, at = (ask("profile", column=place) for place in (1, 2, 3))

    assert (who["nulls"], who["distinct"], who["top"]) == (500, 1, [["ada", 500]])
    assert (price["low"], price["high"], price["distinct"]) == ("1.5", "inf", 2)
    assert at["low"] == at["high"] == "2026-11-01 00:00:00Z" and at["bars"] == []


def test_the_same_rows_come_without_a_notebook(orders: Book) -> None:
    desk = StoreDesk(orders.instance)

    assert ask("value", desk)["line"] == "assetbook value orders@1"
    given = {"start": 3, "count": 1, "columns": [0]}
    assert ask("rows", desk, **given)["rows"] == [["3"]]


def test_an_index_stands_first_by_its_name(book: Book) -> None:
    found = value_of(book, "import pandas as pd; return pd.DataFrame({'n': [1]}, index=['x'])")

    assert [(each["name"], each["index"]) for each in found["columns"]] == [
        ("index", True),
        ("n", False),
    ]


def test_an_arrow_file_and_a_series_are_tables_too(book: Book) -> None:
    arrow = "import pyarrow as pa; return pa.table({'n': [7, None]})"
    assert value_of(book, arrow, more="io_manager_key='arrow'")["rows"] == 2
    assert ask("rows", start=0, count=9, columns=[0])["rows"] == [["7"], [None]]
    series = "import pandas as pd; return pd.Series([1, 2], name='s')"
    assert value_of(book, series, name="series")["columns"][0]["name"] == "s"


def test_plain_values_show_as_a_cell_shows_them(book: Book) -> None:
    assert value_of(book, "return {'a': [1, None]}")["text"] == "{'a': [1, None]}"
    letter = value_of(book, "return 'Dear <b>Ada</b>,' + chr(10) * 2 + 'x' * 30_000", name="letter")
    assert letter["text"].startswith("Dear <b>Ada</b>,\n\nxxx")
    assert letter["cut"] == 30_018 - 20_000
    array = value_of(book, "import numpy as np; return np.arange(3)", name="array")
    assert array["text"] == "array([0, 1, 2])"


def test_a_figure_is_its_png(book: Book) -> None:
    body = "from matplotlib.figure import Figure; f = Figure((2, 1)); f.subplots(); return f"
    found = value_of(book, body)

    assert found["shape"] == "picture" and found["png"].startswith("iVBORw0KGgo")
    assert "svg" not in found


def test_what_would_run_code_is_not_loaded(book: Book) -> None:
    found = value_of(book, "return {1, 2}", more="io_manager_key='pickle'")

    assert found["shape"] == "none" and "%value orders@1" in found["why"]
    with pytest.raises(SelectionError, match="no table"):
        ask("rows", start=0, count=1, columns=[0])


def test_a_table_of_an_io_manager_of_ones_own_is_read_in_its_notebook_alone(book: Book) -> None:
    book.run(
        "import pyarrow as pa\n"
        "class Mine(IOManager):\n"
        "    versioned = True\n"
        "    def handle_output(self, context, value):\n"
        "        context.add_output_metadata({'dagster/column_schema':"
        " MetadataValue.table_schema(TableSchema([TableColumn('n', 'int64')]))})\n"
        "    def load_input(self, context):\n"
        "        return pa.table({'n': [41]})\n"
        "mine = Mine()"
    )
    book.run("@asset(io_manager_key='mine')\ndef orders():\n    return 1")
    book.run("%materialize orders")

    assert ask("rows", start=0, count=1, columns=[0])["rows"] == [["41"]]
    assert ask("value", StoreDesk(book.instance))["shape"] == "none"


def test_a_wiped_value_is_refused_although_it_was_open(orders: Book) -> None:
    ask("rows", start=0, count=1, columns=[0])
    orders.run("%wipe orders@1 --yes")

    with pytest.raises(SelectionError, match="wiped"):
        ask("rows", start=0, count=1, columns=[0])


def test_a_damaged_file_is_told(orders: Book) -> None:
    [path] = orders.instance.values.root.rglob("*.parquet")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-100] + b"x" * 100)

    with pytest.raises(CorruptStoreError, match="orders"):
        ask("value")


def test_two_versions_are_compared(orders: Book) -> None:
    orders.run(TABLE.replace("range(1000)", "range(1, 1001)"))
    orders.run("%materialize orders")
    found = ask("difference", before="1", after="2")

    assert found["line"] == "%diff orders@1 orders@2 --code"
    assert found["table"]["rows"]["added"] == found["table"]["rows"]["removed"] == 1
    assert any(each["lines"] for each in found["making"]["code"])
    same = ask("difference", before="2", after="2")
    assert same["table"] is None and "the same data" in same["summary"][0]


def test_plain_values_are_compared_place_by_place(book: Book) -> None:
    value_of(book, "return {'a': 1}")
    value_of(book, "return {'a': 2}")

    assert ask("difference", before="1", after="2")["plain"]["rows"] == [
        ["changed", "['a']", "1", "2"]
    ]
