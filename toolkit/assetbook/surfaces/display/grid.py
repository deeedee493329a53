"""Rows and columns, drawn once as HTML and once as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import msgspec

from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.text_width import columns_of

WIDTH = 100
"""Columns of a terminal that plain tables keep to by breaking their last column."""
_NARROWEST = 24  # columns left to the last one however wide the others are
_GAP = "  "
_SHORT = 28  # columns up to which a text never needs a second line
_LONG = 60  # columns from which on a text may always take one


class Cell(msgspec.Struct, frozen=True):
    """What stands in one place of a grid: its text, and a richer form for HTML."""

    text: str
    html: Html | None = None

    @property
    def shown(self) -> str:
        """The richer form, else the text."""
        return self.text if self.html is None else self.html


class Grid(msgspec.Struct, frozen=True):
    """Rows below heads. Columns in which every cell is empty are left out.

    Of the columns, those in ``numbers`` are aligned right; the last one may take several lines.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    numbers: frozenset[str] = msgspec.field(default_factory=frozenset)

    def without(self, *heads: str) -> Grid:
        """It without these columns."""
        kept = [place for place, head in enumerate(self.heads) if head not in heads]
        rows = tuple(tuple(row[place] for place in kept) for row in self.rows)
        return Grid(tuple(self.heads[place] for place in kept), rows, self.numbers)

    def html(self) -> Html:
        """It as a table element, which scrolls sideways where it is too wide; empty if it is."""
        if not self.rows:
            return Html()
        kept = self._kept()
        long = any(columns_of(_plain(row[kept[-1]])) > _SHORT for row in self.rows)
        head = tag("tr", *(self._head(place) for place in kept))
        rows = (
            tag(
                "tr", *(self._cell(row[place], place, long and place == kept[-1]) for place in kept)
            )
            for row in self.rows
        )
        table = tag("table", tag("thead", head), tag("tbody", *rows), class_="assetbook-table")
        return tag("div", table, class_="assetbook-scroll")

    def text(self, width: int = WIDTH) -> str:
        """It as lines of at most ``width`` columns, where the other columns leave room for that."""
        if not self.rows:
            return ""
        kept = self._kept()
        table = [[_plain(self.heads[place]) for place in kept]]
        table += [[_plain(row[place]) for place in kept] for row in self.rows]
        widths = [max(columns_of(line[place]) for line in table) for place in range(len(kept))]
        return "\n".join(line for row in table for line in self._lines(row, kept, widths, width))

    def _kept(self) -> list[int]:
        kept = [
            place
            for place in range(len(self.heads))
            if any(_plain(row[place]) for row in self.rows)
        ]
        return kept or [0]

    def _head(self, place: int) -> Html:
        name = self.heads[place]
        return tag("th", name, class_="assetbook-number" if name in self.numbers else None)

    def _cell(self, cell: Cell | str, place: int, wide: bool) -> Html:
        shown = cell.shown if isinstance(cell, Cell) else cell
        kind = "wide" if wide or columns_of(_plain(cell)) > _LONG else "tight"
        if self.heads[place] in self.numbers:
            kind = "number"
        return tag("td", shown, class_=f"assetbook-{kind}")

    def _lines(
        self, row: Sequence[str], kept: Sequence[int], widths: Sequence[int], width: int
    ) -> list[str]:
        left = _GAP.join(
            _padded(text, room, self.heads[place] in self.numbers)
            for text, room, place in zip(row[:-1], widths, kept, strict=False)
        )
        indent = left + _GAP if len(row) > 1 else ""
        if self.heads[kept[-1]] in self.numbers:
            return [indent + _padded(row[-1], widths[-1], True)]
        room = max(width - columns_of(indent), _NARROWEST)
        pieces = textwrap.wrap(row[-1], room, break_on_hyphens=False) or [""]
        below = " " * columns_of(indent)
        return [
            f"{below if number else indent}{piece}".rstrip() for number, piece in enumerate(pieces)
        ]


def facts_html(facts: Sequence[tuple[str, Cell | str]]) -> Html:
    """Names beside what is said of them; facts with nothing to say are left out."""
    rows = (
        tag("tr", tag("td", name), tag("td", cell.shown if isinstance(cell, Cell) else cell))
        for name, cell in facts
        if _plain(cell)
    )
    inside = tag("tbody", *rows)
    return tag("table", inside, class_="assetbook-table assetbook-facts")


def facts_text(facts: Sequence[tuple[str, Cell | str]], width: int = WIDTH) -> str:
    """The same as lines."""
    said = [(_plain(name), _plain(cell)) for name, cell in facts if _plain(cell)]
    longest = max((columns_of(name) for name, _ in said), default=0)
    lines = []
    for name, text in said:
        pieces = textwrap.wrap(text, width - longest - 2, break_on_hyphens=False) or [""]
        lines.append(f"{_padded(name, longest)}{_GAP}{pieces[0]}")
        lines += [" " * (longest + 2) + piece for piece in pieces[1:]]
    return "\n".join(lines)


def _plain(cell: Cell | str) -> str:
    return visible(cell.text if isinstance(cell, Cell) else cell, one_line=True)


def _padded(text: str, room: int, right: bool = False) -> str:
    space = " " * max(room - columns_of(text), 0)
    return space + text if right else text + space
