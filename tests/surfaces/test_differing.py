"""``diff`` at a live notebook and in a shell: which versions, what is shown, what is kept back."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.view_examples import HOSTILE, faults_of, text_of

import assetbook
from assetbook.errors import SelectionError
from assetbook.surfaces.cli import cli

TABLE = """%%asset orders
import pandas as pd
pd.DataFrame({{"id": [1, 2, 3], "name": ["ann", {second!r}, "eve"], "x": [1.0, {x}, 3.0]}})"""


def make(book: Book, second: str = "bob", x: float = 2.0) -> None:
    book.run(TABLE.format(second=second, x=x))


@pytest.fixture
def three(book: Book) -> Book:
    """A notebook with three versions of a table."""
    make(book)
    make(book, x=5.0)
    make(book, second="secret-name", x=5.0)
    return book


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("%diff orders", "orders  @2 → @3"),
        ("%diff orders@1", "orders  @1 → @3"),
        ("%diff orders@1 orders@2", "orders  @1 → @2"),
        ("%diff orders@2 orders", "orders  @2 → @3"),
        ("%diff orders@3 orders@1", "orders  @3 → @1"),
    ],
)
def test_versions_are_named(three: Book, line: str, title: str) -> None:
    three.run(line)
    assert str(three.result).startswith(title)


def test_the_text_shows_counts_columns_and_cells(three: Book) -> None:
    lines = str(assetbook.diff("orders@1", "orders@2")).splitlines()
    assert lines[1:3] == [
        "  3 rows: 0 added, 0 removed, 1 changed",
        "  key id: unique in both tables, found at try 1",
    ]
    assert "  2   x       2.0     5.0" in lines
    assert max(len(line) for line in lines) <= 100


def test_two_assets_are_compared(three: Book) -> None:
    three.run("%%asset others\norders.head(2)")
    found = assetbook.diff("orders", "others")
    assert str(found).startswith("orders@3 → others@1")
    assert found.rows("removed")["id"].tolist() == [3]


def test_the_first_version_has_none_before(book: Book) -> None:
    make(book)
    with pytest.raises(SelectionError, match="version 1 is the only one"):
        assetbook.diff("orders")


def test_a_wrong_key_is_said_in_a_sentence(three: Book) -> None:
    with pytest.raises(CellFailedError, match="the column `ids` is in neither table"):
        three.run("%diff orders --key ids")


def test_several_columns_may_be_a_key(three: Book) -> None:
    found = assetbook.diff("orders@1", "orders@2", key="id, name").difference
    assert found.table is not None
    assert (found.table.key.columns, found.table.changed) == (("id", "name"), 1)


def test_the_columns_come_as_a_frame(three: Book) -> None:
    frame = assetbook.diff("orders").to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert frame.set_index("name")["changed"].to_dict()["name"] == 1


def test_the_same_version_is_the_same_data(three: Book) -> None:
    assert "the same data" in str(assetbook.diff("orders@2", "orders@2"))


def test_code_that_differs_is_shown(three: Book) -> None:
    three.run("%diff orders --code")
    assert "how they were made" in str(three.result)
    assert "secret-name" in str(three.result)
    html = three.result._repr_mimebundle_()["text/html"]
    assert 'class="assetbook-added"' in html


def test_hostile_names_and_cells_stay_text(book: Book) -> None:
    book.run(f"HOSTILE = {HOSTILE!r}; NAME = HOSTILE.replace(chr(0), str())")
    for x in (1, 2):
        book.run(
            f"%%asset orders\nimport pandas as pd\n"
            f"pd.DataFrame({{'id': [1, 2], NAME: [HOSTILE, HOSTILE + '{x}'], '{x}': [{x}, 2]}})"
        )
    view = assetbook.diff("orders")
    html = view._repr_mimebundle_()["text/html"]
    assert faults_of(html) == []
    assert "<script>alert(1)" in text_of(html)
    assert "\x1b" not in str(view)


def test_json_holds_no_text_of_the_data(three: Book) -> None:
    found = assetbook.diff("orders").to_json()
    assert found["table"]["changed"] == 1
    text = json.dumps(found)
    assert "secret-name" not in text
    assert "ann" not in text


def test_nothing_of_the_rows_is_kept(three: Book) -> None:
    before = len(three.instance.events())
    three.run("%diff orders")
    assert len(three.instance.events()) == before


def test_a_shell_compares_too(three: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(three.path).parent)
    shown = CliRunner().invoke(cli, ["diff", "orders@1", "orders@2"])
    assert shown.exit_code == 0
    assert shown.output.startswith("orders  @1 → @2")
    asked = CliRunner().invoke(cli, ["diff", "orders", "--json"])
    assert json.loads(asked.output)["table"]["changed"] == 1
    wrong = CliRunner().invoke(cli, ["diff", "orders@9"])
    assert isinstance(wrong.exception, SelectionError)
