"""The graph of assets with their states, as a picture and as a tree of lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assetbook.clock import SystemClock
from assetbook.keys import AssetKey
from assetbook.surfaces.display.asset_words import (
    age_of,
    check_counts,
    group_of,
    is_just_external,
    no_assets_html,
    no_assets_text,
    states_text,
    why_of,
)
from assetbook.surfaces.display.formatting import clock_text, count_text, counted
from assetbook.surfaces.display.graph_node import GraphNode
from assetbook.surfaces.display.graph_svg import graph_svg
from assetbook.surfaces.display.graph_text import EXPLAINED, graph_text
from assetbook.surfaces.display.html import Html, join, state_badge, tag
from assetbook.surfaces.display.view import View, headline, muted
from assetbook.surfaces.rows import AssetRow
from assetbook.surfaces.suggestion import typed

MOST_DRAWN = 1_000
"""Assets of one picture, since it stays in the notebook's file; plain text has them all."""
MOST_EXPLAINED = 8
"""Reasons that stand below the picture; the others are in its tooltips."""


class LineageView(View):
    """The graph of ``rows``; ``edges`` go from each asset to what is made from it.

    ``none`` is what stands there if there is no row; empty: how to define an asset.
    """

    def __init__(
        self,
        rows: Sequence[AssetRow],
        edges: Sequence[tuple[AssetKey, AssetKey]],
        *,
        none: str = "",
        now: datetime | None = None,
    ) -> None:
        self.rows = tuple(rows)
        self.edges = tuple(edges)
        self.none = none
        self.now = now or SystemClock().now()

    def __str__(self) -> str:
        if not self.rows:
            return self.none or no_assets_text()
        return graph_text(self._nodes(), self._pairs())

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        if not self.rows:
            return muted(self.none) if self.none else no_assets_html()
        said = f"{states_text(self.rows)} · at {clock_text(self.now, self.now)}"
        return join((headline("Lineage", said), self._picture(), self._reasons()))

    def to_json(self) -> dict[str, Any]:
        """The assets, and the edges as pairs of keys."""
        return {
            "assets": [row.to_json() for row in self.rows],
            "edges": [[str(parent), str(child)] for parent, child in self.edges],
        }

    def _nodes(self) -> list[GraphNode]:
        return [
            GraphNode(
                row.key.text,
                str(row.key),
                None if is_just_external(row) else row.state,
                self._note(row),
                why_of(row, self.now),
                group_of(row) or None,
                check_counts(row),
                "external" if row.external else "asset",
            )
            for row in self.rows
        ]

    def _picture(self) -> Html:
        if len(self.rows) > MOST_DRAWN:
            return muted(f"Too many for one picture: narrow it, as in {typed('lineage +NAME')}.")
        return graph_svg(self._nodes(), self._pairs())

    def _note(self, row: AssetRow) -> str:
        rows = "" if row.rows is None else f"{count_text(row.rows)} {_rows(row.rows)}"
        where = f"from {row.store}" if row.store is not None else ""
        return " · ".join(part for part in (rows, age_of(row, self.now), where) if part)

    def _pairs(self) -> list[tuple[str, str]]:
        return [(parent.text, child.text) for parent, child in self.edges]

    def _reasons(self) -> Html:
        rows = [row for row in self.rows if row.state in EXPLAINED and not is_just_external(row)]
        lines = [
            tag(
                "div",
                state_badge(row.state),
                tag("span", str(row.key), class_="assetbook-name"),
                tag("span", row.why, class_="assetbook-muted"),
                class_="assetbook-line assetbook-small",
            )
            for row in rows[:MOST_EXPLAINED]
        ]
        more = len(rows) - MOST_EXPLAINED
        if more > 0:
            lines.append(muted(f"and {counted(more, 'asset')} more, see {typed('assets')}"))
        return tag("div", *lines, style="margin-top: 6px") if lines else Html()


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"
