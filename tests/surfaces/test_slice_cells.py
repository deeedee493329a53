"""The code cells of a notebook with what loading runs of each, and why."""

from __future__ import annotations

from pathlib import Path

from assetbook.keys import AssetKey
from assetbook.notebook.document import SKIP_TAG, Document, SourceCell
from assetbook.notebook.slicing import slice_of
from assetbook.surfaces.slice_cells import LONGEST, SliceCell, slice_cells

TEXTS = (
    "%load_ext assetbook",
    "RATE = 2; tried = 1\nfor each in [1,\n    2]:\n    print(each)\n!echo looking",
    "@asset\ndef orders():\n    return RATE\n\n@asset\ndef total(orders):\n    return orders",
    "%%asset report --group marts\nf'{total} in all'",
    "1 / 0",
)


def cells(*texts: str, skip: int = 0) -> dict[str, SliceCell]:
    """The cells by their first lines; assets are said to be defined where their names stand."""
    made = [
        SourceCell(at, f"c{at}", "code", text, frozenset([SKIP_TAG] if at == skip else []))
        for at, text in enumerate(texts, 1)
    ]
    found = slice_of(Document(Path("book.ipynb"), tuple(made)))
    names = {"orders": "def orders", "total": "def total", "report": "%%asset report"}
    where = {
        AssetKey(name): str(cell)
        for name, text in names.items()
        for cell in made
        if text in cell.text
    }
    return {each.text: each for each in slice_cells(found, where)}


def test_each_statement_has_its_reason_or_none() -> None:
    part = cells(*TEXTS)["RATE = 2; tried = 1"]
    assert [(each.text, each.why) for each in part.lines] == [
        ("RATE = 2", "binds `RATE`, which cell 3 reads"),
        ("tried = 1", ""),
        ("for each in [1, …", ""),
        ("!echo looking", ""),
    ]
    assert (part.taken, part.is_part) == (1, True)


def test_a_definition_names_what_it_defines() -> None:
    found = cells(*TEXTS)
    both = found["@asset"]
    assert both.defines == ("orders", "total")
    assert [(each.text, each.why) for each in both.lines] == [
        ("def orders():", "defines `orders`"), ("def total(orders):", "defines `total`"),
    ]  # fmt: skip
    [report] = found["%%asset report --group marts"].lines
    assert report.why == "defines `report`"


def test_a_cell_may_be_left_out() -> None:
    tried = cells(*TEXTS, skip=5)["1 / 0"]
    assert (tried.taken, tried.is_part, tried.skipped) == (0, False, True)


def test_a_line_shows_no_secret_and_is_not_long() -> None:
    long = f"names = {['x'] * 40}"
    found = cells("password = 'tiger7scott9'", long)
    assert "password = '***'" in found
    assert max(map(len, found)) <= LONGEST
    assert any(each.endswith("…") for each in found)


def test_cells_travel_between_processes() -> None:
    every = list(cells(*TEXTS).values())
    assert [SliceCell.from_json(each.to_json()) for each in every] == every
