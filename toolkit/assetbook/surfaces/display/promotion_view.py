"""The verdict of a promotion: asset by asset, and cell by cell what loading runs and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from assetbook.notebook.slice_seeds import DEFINES
from assetbook.surfaces.display.findings_view import STATUS_LOOKS, FindingsView
from assetbook.surfaces.display.grid import WIDTH, Cell, Grid
from assetbook.surfaces.display.html import Html, tag
from assetbook.surfaces.display.status import NOT_RUN, symbol
from assetbook.surfaces.display.theme import Look
from assetbook.surfaces.display.view import section, text_section
from assetbook.surfaces.health import Finding
from assetbook.surfaces.slice_cells import SliceCell

_CELLS: Final = "What loading runs"
_LEFT_OUT: Final = "left out"
_WIDTH: Final = WIDTH - 2  # a section is indented
_MOST_REASONS: Final = 2
_WORST: Final = ("bad", "warn", "good")


class PromotionView(FindingsView):
    """A finding for each asset, and below the code cells of the notebook."""

    def __init__(
        self, title: str, summary: str, findings: Sequence[Finding], cells: Sequence[SliceCell]
    ) -> None:
        super().__init__(title, summary, findings)
        self.cells = tuple(cells)

    def __str__(self) -> str:
        grid = Grid(("", "", ""), tuple(self._rows()))
        cells = text_section(_CELLS, grid.text(_WIDTH).lstrip("\n"))
        return f"{super().__str__()}\n{cells}".rstrip()

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        grid = Grid(("cell", "line", "why"), tuple(self._rows()))
        return tag("div", super().html(), section(_CELLS, grid.html()))

    def to_json(self) -> dict[str, Any]:
        """The findings, the cells, and whether nothing is wrong."""
        return {**super().to_json(), "cells": [each.to_json() for each in self.cells]}

    def _rows(self) -> Iterator[tuple[Cell | str, ...]]:
        """A row for each cell; one for each line where a part is taken, or for many reasons."""
        for cell in self.cells:
            look = self._look(cell)
            place = Cell(f"{look.symbol} {cell.place}", tag("span", symbol(look), cell.place))
            reasons = _reasons(cell)
            if not cell.is_part and len(reasons) <= _MOST_REASONS:
                yield place, _code(cell.text), "; ".join(reasons) or _left_out(cell)
                continue
            for at, line in enumerate(cell.lines):
                yield "" if at else place, _code(line.text), line.why or _quiet(_LEFT_OUT)

    def _look(self, cell: SliceCell) -> Look:
        """The worst verdict on what it defines; for others whether anything of it is taken."""
        statuses = {each.status for each in self.findings if each.what in cell.defines}
        worst = next((each for each in _WORST if each in statuses), "good")
        return STATUS_LOOKS[worst] if cell.taken else NOT_RUN


def _code(text: str) -> Cell:
    return Cell(text, tag("span", text, class_="assetbook-mono"))


def _quiet(text: str) -> Cell:
    return Cell(text, tag("span", text, class_="assetbook-muted"))


def _left_out(cell: SliceCell) -> Cell:
    return _quiet(f"{_LEFT_OUT}, by its tag" if cell.skipped else _LEFT_OUT)


def _reasons(cell: SliceCell) -> list[str]:
    """Why its lines are taken, each once; what they define is one."""
    reasons = dict.fromkeys(each.why for each in cell.lines if each.why)
    if len(cell.defines) > 1:
        names = ", ".join(f"`{name}`" for name in cell.defines)
        others = (each for each in reasons if not each.startswith(DEFINES))
        reasons = dict.fromkeys([f"{DEFINES} {names}", *others])
    return list(reasons)
