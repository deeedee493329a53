"""One line after a cell says what became stale because of it."""

from __future__ import annotations

import pytest
from tests.surfaces.book import Book

from assetbook.surfaces.stale_notice import became_stale


@pytest.fixture
def made(book: Book) -> Book:
    """Two assets that use one helper, and one downstream, all fresh."""
    book.run("def clean(number):\n    return number")
    book.run("@asset\ndef first():\n    return clean(1)", "first")
    book.run("@asset\ndef second():\n    return clean(2)")
    book.run("@asset\ndef third(first):\n    return first")
    book.run("%materialize")
    return book


def notices(shown: str) -> list[str]:
    return [line for line in shown.splitlines() if line.startswith("assetbook: ")]


def test_an_edited_helper_is_named_with_what_it_made_stale(made: Book) -> None:
    shown = made.run("def clean(number):\n    return number + 1")
    assert notices(shown) == [
        "assetbook: `first`, `second`, `third` became stale (helper `clean` changed, In[8])"
    ]


def test_it_is_said_once(made: Book) -> None:
    made.run("def clean(number):\n    return number + 1")
    assert notices(made.run("x = 1")) == []


def test_comments_and_formatting_say_nothing(made: Book) -> None:
    assert notices(made.run("def clean(number):\n    # the same\n    return (number)")) == []


def test_the_cells_own_asset_is_left_to_its_card(made: Book) -> None:
    shown = made.run("@asset\ndef first():\n    return clean(3)", "first")
    assert [line.partition(" became")[0] for line in notices(shown)] == ["assetbook: `third`"]


def test_many_are_counted(book: Book) -> None:
    book.run("rate = 1")
    cells = [f"@asset\ndef a{each}():\n    return rate" for each in range(6)]
    book.run("\n".join(cells))
    book.run("%materialize")
    [line] = notices(book.run("rate = 2"))
    assert "`a0`, `a1`, `a2`, `a3` and 2 more became stale" in line


def test_without_an_earlier_standing_nothing_is_said(made: Book) -> None:
    now, cells, _ = made.live.standing()
    assert became_stale(None, now, cells, None) == []
    assert became_stale(now, now, cells, None) == []
