"""Rows and columns as HTML and plain text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.surfaces.view_examples import HOSTILE, faults_of, text_of

from assetbook.surfaces.display.grid import Cell, Grid, facts_html, facts_text
from assetbook.surfaces.display.html import tag
from assetbook.surfaces.display.text_width import columns_of

LONG = "its own code changed, and so did everything that it was made from since last week"


def test_columns_line_up_and_the_last_one_breaks() -> None:
    grid = Grid(
        ("asset", "rows", "why"),
        (("flights", "336,776", LONG), ("漢字", "16", "")),
        frozenset({"rows"}),
    )
    assert grid.text(60).split("\n") == [
        "asset       rows  why",
        "flights  336,776  its own code changed, and so did",
        "                  everything that it was made from since",
        "                  last week",
        "漢字          16",
    ]


def test_empty_columns_are_left_out() -> None:
    grid = Grid(("a", "b", "c"), (("1", "", "3"), ("2", "", "")))
    assert grid.text() == "a  c\n1  3\n2"
    assert text_of(grid.html()) == "ac132"


def test_nothing_gives_nothing() -> None:
    assert Grid(("a",), ()).text() == "" and Grid(("a",), ()).html() == ""


def test_a_richer_cell_shows_only_in_html() -> None:
    grid = Grid(("a",), ((Cell("plain", tag("b", "rich")),),))
    assert "<b>rich</b>" in grid.html() and "rich" not in grid.text()


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=200)), min_size=1, max_size=4))
def test_lines_keep_to_the_width(rows: list[tuple[str, str]]) -> None:
    text = Grid(("name", "said"), tuple(rows)).text(100)
    wide = max(columns_of(character) for _, said in rows for character in said or " ")
    assert all(columns_of(line) <= 100 * max(wide, 1) for line in text.split("\n"))
    assert not set(text) & set("\x00\x1b\r\u202e")


def test_hostile_cells_stay_text() -> None:
    grid = Grid((HOSTILE, "b"), ((HOSTILE, HOSTILE),))
    assert faults_of(grid.html()) == []
    assert faults_of(facts_html([(HOSTILE, HOSTILE)])) == []
    assert "\x1b" not in grid.text() + facts_text([("a", HOSTILE)])


def test_facts_without_anything_to_say_are_left_out() -> None:
    facts = [("rows", "16"), ("group", ""), ("description", LONG)]
    assert facts_text(facts, 50).split("\n") == [
        "rows         16",
        "description  its own code changed, and so did",
        "             everything that it was made from",
        "             since last week",
    ]
