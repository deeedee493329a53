"""``sql`` looks at stored values as tables, and records nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from tests.surfaces.book import Book, CellFailedError

from assetbook import sql
from assetbook.errors import DefinitionError, SelectionError
from assetbook.surfaces.cli import cli
from assetbook.surfaces.completion import completions_of


@pytest.fixture
def orders(book: Book) -> Book:
    book.run("import pandas as pd")
    book.run("%%asset raw/orders\npd.DataFrame({'city': ['a', 'b'], 'amount': [1, 2]})")
    return book


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("%sql select sum(amount)::int as n from raw.orders", [3]),
        ("%sql select amount as n from orders where city = 'b'  # a look", [2]),
        ("%sql select max(#1) as n from (select amount from orders)", [2]),
        ("%%sql\nselect amount as n\nfrom orders where amount < :most", [1]),
        ("%%sql select amount as n\nfrom orders where amount < $most", [1]),
        ("%sql select 'a{most}' as n, '$most' as m", ["a{most}"]),
        ("# here\n%%sql\nselect count(*)::int as n from frame", [3]),
    ],
)
def test_rows_come_as_a_frame(orders: Book, cell: str, found: list[object]) -> None:
    orders.run("most = 2\nframe = pd.DataFrame({'a': [1, 2, 3]})")
    orders.run(cell)
    assert list(orders.result["n"]) == found


def test_its_result_can_be_assigned(orders: Book) -> None:
    orders.run("found = %sql from orders")
    assert isinstance(orders.names["found"], pd.DataFrame)


def test_nothing_is_recorded(orders: Book) -> None:
    before = len(orders.instance.events())
    orders.run("%sql from orders")
    assert len(orders.instance.events()) == before


def test_an_earlier_version_has_its_name(orders: Book) -> None:
    orders.run("%%asset raw/orders\npd.DataFrame({'amount': [9]})")
    orders.run('%sql select sum(amount)::int as n from "raw/orders@1"')
    assert list(orders.result["n"]) == [3]
    with pytest.raises(CellFailedError, match="there is no such version"):
        orders.run('%sql from "raw/orders@7"')


def test_a_plain_value_is_a_parameter(orders: Book) -> None:
    orders.run("%%asset least\n2")
    assert sql("select amount from orders where amount >= :least")["amount"].tolist() == [2]  # type: ignore[index]


def test_names_are_given_to_the_function(orders: Book) -> None:
    found = sql("select :day as day, count(*) as n from frame", {"day": 3, "frame": found_frame()})
    assert found is not None
    assert found.to_dict("records") == [{"day": 3, "n": 2}]


def found_frame() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2]})


def test_no_query_gives_nothing(orders: Book) -> None:
    assert sql("create temp table t as from orders") is None


def test_wrong_names_are_told(orders: Book) -> None:
    with pytest.raises(DefinitionError, match="line 1, column 6: Table with name ordrs"):
        sql("from ordrs")
    with pytest.raises(DefinitionError, match="`:day` is not known"):
        sql("from orders where amount = :day")


def test_an_effect_has_no_rows(orders: Book) -> None:
    orders.run("%%asset done --effect\nprint('done')")
    with pytest.raises(SelectionError, match="without a value"):
        sql("from done")


def test_tables_are_completed(orders: Book) -> None:
    assert completions_of(orders.live, "%sql from ra") == ["raw.orders"]
    assert completions_of(orders.live, "%sql ") == []


@pytest.mark.parametrize("magic", ["%%sql", "%%sql_asset x"])
def test_tables_are_completed_inside_a_cell(orders: Book, magic: str) -> None:
    assert completed(orders, f"{magic}\nselect *\nfrom ra") == ["raw.orders"]


def completed(book: Book, text: str) -> list[str]:
    from IPython.core.completer import provisionalcompleter

    with provisionalcompleter():
        return [each.text for each in book.shell.Completer.completions(text, len(text))]


def test_a_shell_shows_rows(orders: Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(cli, ["sql", "select city, amount from raw.orders where amount > 1"])
    assert shown.output.split() == ["city", "amount", "0", "b", "2"]
    as_json = CliRunner().invoke(cli, ["sql", "from", "raw.orders", "limit", "1", "--json"])
    assert json.loads(as_json.output) == [{"city": "a", "amount": 1}]
