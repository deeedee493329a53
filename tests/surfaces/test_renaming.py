"""Renaming an asset in a notebook: the offer, the magic, and what names say afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError, opened
from tests.surfaces.shell import told

import assetbook

ORDERS = "@asset\ndef orders():\n    return [1]"
SALES = "@asset\ndef sales():\n    return [1]"
OFFER = "assetbook: `sales` has the code of `orders`: `%rename orders sales` gives it"


@pytest.fixture
def filled(book: Book) -> Book:
    book.run(ORDERS, "cell")
    book.run("%materialize orders")
    book.run("%materialize orders --force")
    return book


def test_a_cell_with_another_name_is_offered_the_history(filled: Book) -> None:
    assert f"{OFFER} versions up to 2" in filled.run(SALES, "cell")
    assert "has the code of" not in filled.run(SALES, "cell")


@pytest.mark.parametrize(
    "text",
    [
        "@asset\ndef sales():\n    return [2]",
        ORDERS,
        f"{ORDERS}\n{SALES}",
        f"{SALES}\n@asset\ndef more():\n    return [2]",
    ],
    ids=["other code", "same name", "both", "and another"],
)
def test_only_what_took_its_place_is_offered_it(filled: Book, text: str) -> None:
    assert ("has the code of" in filled.run(text, "cell")) is ("def more" in text)


def test_what_was_never_made_has_no_history_to_offer(book: Book) -> None:
    book.run(ORDERS, "cell")
    assert "has the code of" not in book.run(SALES, "cell")


def test_an_asset_cell_goes_on_counting(book: Book) -> None:
    book.run("%%asset orders\n[1]", "cell")
    assert f"{OFFER} version 1" in book.run("%%asset sales\n[1]", "cell")
    book.run("%rename orders sales")
    assert str(book.result) == "`orders` is `sales` now, with 2 versions"
    assert [each.number for each in assetbook.versions("sales")] == [2, 1]
    assert [(str(row.key), row.state) for row in assetbook.assets()] == [("sales", "fresh")]
    assert len(assetbook.assets(orphans=True)) == 0


def test_a_renamed_asset_is_the_notebooks_own(filled: Book) -> None:
    filled.run(SALES, "cell")
    filled.run("%rename orders sales")
    assert [(str(row.key), row.state) for row in assetbook.assets()] == [("sales", "fresh")]
    assert assetbook.value("sales@1") == [1]
    assert len(assetbook.assets(orphans=True)) == 0


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("K = 3\n@asset\ndef sales(x=1):\n    return [helper(K)]", "fresh"),
        ("K = 4\n@asset\ndef sales(x=1):\n    return [helper(K)]", "stale"),
        ("K = 3\n@asset\ndef sales(x=2):\n    return [helper(K)]", "stale"),
        ("K = 3\n@asset\ndef sales(x=1):\n    return [helper(K) + 1]", "stale"),
        (
            "K = 3\ndef helper(x): return 0\n@asset\ndef sales(x=1):\n    return [helper(K)]",
            "stale",
        ),
        ("K = 3\n@asset(key='sales')\ndef orders(x=1):\n    return [helper(K)]", "fresh"),
    ],
    ids=["the same", "constant", "default", "body", "helper", "key"],
)
def test_only_the_same_code_is_fresh_under_the_new_name(book: Book, text: str, state: str) -> None:
    book.run("def helper(x): return x + 1")
    book.run("K = 3\n@asset\ndef orders(x=1):\n    return [helper(K)]", "cell")
    book.run("%materialize orders")
    book.run(text, "cell")
    book.run("%rename orders sales")
    assert [row.state for row in assetbook.assets()] == [state]


def test_a_cell_that_still_has_the_old_name_is_named(filled: Book) -> None:
    said = str(assetbook.rename("orders", "sales"))
    assert said == (
        "`orders` is `sales` now, with 2 versions; "
        "In[3] still defines `orders`: rename it there too"
    )
    rows = {str(row.key): row.state for row in assetbook.assets()}
    assert rows["orders"] == "missing"


@pytest.mark.parametrize(
    "line", ["%show orders", "%value orders", "%materialize orders", "%versions orders@1"]
)
def test_the_old_name_tells_the_new_one(filled: Book, line: str) -> None:
    filled.run(SALES, "cell")
    filled.run("%rename orders sales")
    with pytest.raises(CellFailedError, match=r"it was renamed to `sales`\s+Name `sales`"):
        filled.run(line)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%rename orders@1 sales", "a version has no name of its own"),
        ("%rename orders orders@3", "a version has no name of its own"),
        ("%rename order sales", "Did you mean `orders`"),
        ("%rename orders orders", "that is its name already"),
        ("%rename orders", "Missing argument 'NEW'"),
    ],
)
def test_what_is_no_name_is_refused(filled: Book, line: str, said: str) -> None:
    with pytest.raises(CellFailedError, match=said):
        filled.run(line)


def test_a_new_kernel_knows_the_new_name_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run(ORDERS, "cell")
        book.run("%materialize")
        book.run(SALES, "cell")
        book.run("%rename orders sales")
    with opened(tmp_path):
        assert [(str(row.key), row.state) for row in assetbook.assets()] == [("sales", "unknown")]


@pytest.mark.usefixtures("project")
def test_the_shell_renames_too() -> None:
    assert told("rename", "numbers", "counts").stdout == (
        "`numbers` is `counts` now, with 1 version\n"
    )
    assert told("value", "counts").stdout == "[1, 2]\n"
    assert "it was renamed to `counts`" in str(told("value", "numbers").exception)
