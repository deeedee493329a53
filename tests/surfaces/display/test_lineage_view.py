"""The graph of assets with their states."""

from __future__ import annotations

from msgspec.structs import replace
from tests.surfaces.view_examples import (
    EDGES,
    NOW,
    ROW,
    ROWS,
    shown,
    text_of,
)

from assetbook.keys import AssetKey
from assetbook.surfaces.display.lineage_view import LineageView


def test_the_lineage_shows_states_rows_ages_and_checks() -> None:
    delays = (
        "stale · helper `clean` changed, In[2] · 16 rows · 2 min ago · 1 check passed, 1 failed"
    )
    assert shown(LineageView(ROWS, EDGES, now=NOW)) == [
        "5 nodes: 2 fresh, 1 stale, 1 missing",
        "● flights        fresh · 336,776 rows · 2 min ago",
        f"└─ ◐ delays      {delays}",
        "   └─ ○ monthly  missing",
        "● airlines       fresh · 16 rows · 2 min ago",
        "└─ ↑ delays (above)",
        "· holidays       external",
        "└─ ↑ delays (above)",
    ]


def test_the_picture_has_its_reasons_below() -> None:
    html = LineageView(ROWS, EDGES, now=NOW).html()
    assert html.count("<svg") == 1
    assert html.rpartition("</svg>")[2].count("helper `clean` changed, In[2]") == 1


def test_a_picture_of_thousands_is_not_drawn() -> None:
    rows = [replace(ROW["flights"], key=AssetKey(f"part_{each}")) for each in range(1_001)]
    view = LineageView(rows, [], now=NOW)
    assert "<svg" not in view.html() and "Too many for one picture" in text_of(view.html())
    assert str(view).count("\n") == 1_001
