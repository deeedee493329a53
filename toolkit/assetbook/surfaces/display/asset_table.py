"""The list of assets with their states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, overload

from assetbook.clock import SystemClock
from assetbook.surfaces.display.asset_words import (
    age_of,
    check_note,
    checks_cell,
    group_of,
    name_cell,
    no_assets_html,
    no_assets_text,
    parity_cell,
    place_of,
    state_cell,
    states_text,
    why_of,
)
from assetbook.surfaces.display.formatting import clock_text, count_text, counted, size_text
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag
from assetbook.surfaces.display.status import badge, check_look
from assetbook.surfaces.display.view import View, headline, muted
from assetbook.surfaces.rows import AssetRow, CheckRow

_HEADS = (
    "asset",
    "state",
    "checks",
    "rows",
    "size",
    "version",
    "made",
    "where",
    "headless",
    "group",
    "why",
)
MOST_IN_HTML = 500
"""Assets that HTML lists, since it stays in the notebook's file; plain text has them all."""
_ONLY_IN_HTML = ("size", "version", "group")  # a terminal has no room: `show` tells them


class AssetTable(View, Sequence[AssetRow]):
    """Assets in a table, and a sequence of their rows. ``checks`` adds a line for each check.

    ``none`` is what stands there if no asset does; empty: how to define one. ``now`` is the moment
    that ages are told from; None is the present one.
    """

    def __init__(
        self,
        rows: Sequence[AssetRow],
        *,
        checks: bool = False,
        none: str = "",
        now: datetime | None = None,
    ) -> None:
        self.rows = tuple(rows)
        self.checks = checks
        self.none = none
        self.now = now or SystemClock().now()

    @overload
    def __getitem__(self, place: int) -> AssetRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[AssetRow]: ...
    def __getitem__(self, place: int | slice) -> AssetRow | Sequence[AssetRow]:
        """The row, or rows, at that place."""
        return self.rows[place]

    def __len__(self) -> int:
        """How many assets there are."""
        return len(self.rows)

    def __iter__(self) -> Iterator[AssetRow]:
        """Its rows in order."""
        return iter(self.rows)

    def __str__(self) -> str:
        if not self.rows:
            return self.none or no_assets_text()
        return f"{self._title()}\n\n{self._grid().without(*_ONLY_IN_HTML).text()}"

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        if not self.rows:
            return muted(self.none) if self.none else no_assets_html()
        more = len(self.rows) - MOST_IN_HTML
        note = muted(f"and {counted(more, 'asset')} more: narrow the selection") if more > 0 else ""
        return join((headline("Assets", self._title()), self._grid(MOST_IN_HTML).html(), note))

    def to_json(self) -> list[dict[str, Any]]:
        """One dict an asset."""
        return [row.to_json() for row in self.rows]

    def _title(self) -> str:
        return f"{states_text(self.rows)} · at {clock_text(self.now, self.now)}"

    def _grid(self, most: int | None = None) -> Grid:
        lines: list[tuple[Cell | str, ...]] = []
        for row in self.rows[:most]:
            lines.append(self._line(row))
            if self.checks:
                lines += [_check_line(check) for check in row.checks]
        return Grid(_HEADS, tuple(lines), frozenset({"rows", "size", "version"}))

    def _line(self, row: AssetRow) -> tuple[Cell | str, ...]:
        return (
            name_cell(row),
            state_cell(row),
            "" if self.checks else checks_cell(row),
            "" if row.rows is None else count_text(row.rows),
            "" if row.size is None else size_text(row.size),
            row.version,
            age_of(row, self.now),
            place_of(row),
            parity_cell(row),
            group_of(row),
            why_of(row, self.now),
        )


def _check_line(check: CheckRow) -> tuple[Cell | str, ...]:
    look = check_look(check.passed, check.severity)
    name = tag("span", check.name, style="padding-left: 16px")
    status = Cell(f"{look.symbol} {look.word}", badge(look))
    return (Cell(f"  {check.name}", name), status, *([""] * 8), check_note(check))
