"""Completion offers names, selections, options and runs after a verb."""

from __future__ import annotations

import pytest
from IPython.core.completer import provisionalcompleter
from tests.surfaces.book import Book

from assetbook.surfaces.completion import completions_of, replaced_word


@pytest.fixture
def filled(book: Book) -> Book:
    book.run("@asset(group_name='raw')\ndef orders():\n    return 1")
    book.run("@asset(key='marts/totals')\ndef totals(orders):\n    return 1")
    return book


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%show ", ["marts/totals", "orders"]),
        ("%show or", ["orders"]),
        ("%materialize --fo", ["--force"]),
        ("%materialize --take", ["--take-over"]),
        ("%assets --", ["--checks", "--orphans", "--help"]),
        ("%%asset totals --eff", ["--effect"]),
        ("%asset totals --eff", []),
        ("%%asset ", []),
        ("%materialize +ord", ["orders"]),
        ("%unknown ", []),
        ("show ", []),
        ("%runs ", []),
        ("%materialize", []),
    ],
)
def test_it_offers_what_may_follow(filled: Book, text: str, found: list[str]) -> None:
    assert completions_of(filled.live, text) == found


def test_groups_and_tags_are_offered_in_selections(filled: Book) -> None:
    assert any("raw" in each for each in completions_of(filled.live, "%plan group:"))


def test_runs_are_offered_to_logs(filled: Book) -> None:
    filled.run("%materialize")
    run = filled.instance.runs()[0].id
    assert completions_of(filled.live, "%logs ") == [run]
    assert completions_of(filled.live, "%logs zz") == []


@pytest.mark.parametrize(
    ("text", "word"),
    [("%show or", "or"), ("%plan +or", "or"), ("%plan a and (b", "b"), ("%plan a --fo", "--fo")],
)
def test_only_the_last_word_is_replaced(text: str, word: str) -> None:
    assert replaced_word(text) == word


def test_ipythons_completer_asks_it(filled: Book) -> None:
    with provisionalcompleter():
        found = [each.text for each in filled.shell.Completer.completions("%show o", 7)]
    assert found == ["orders"]


def test_versions_are_offered_behind_an_at_sign(filled: Book) -> None:
    filled.run("%materialize orders")
    filled.run("%materialize orders --force")
    runs = [run.id for run in filled.instance.runs()]
    assert completions_of(filled.live, "%value orders@") == ["orders@2", "orders@1"]
    assert completions_of(filled.live, "%value orders@2") == ["orders@2"]
    assert completions_of(filled.live, "%show orders@r") == [f"orders@run:{run}" for run in runs]
    assert completions_of(filled.live, "%forget orders@") == []
    assert completions_of(filled.live, "%plan totals --with orders@1") == ["orders@1"]
    assert completions_of(filled.live, "%plan totals --with or") == ["orders"]
