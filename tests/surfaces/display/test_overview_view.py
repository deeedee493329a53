"""The overview of a project."""

from __future__ import annotations

from msgspec.structs import replace
from tests.surfaces.view_examples import (
    INSTANCE,
    NOW,
    ROWS,
    STORE,
    shown,
)

from assetbook.planning.parity import Parity
from assetbook.surfaces.display.overview_view import Overview


def test_the_overview_says_where_what_and_how() -> None:
    view = Overview(INSTANCE, ROWS, STORE.runs(), "session", "flights.ipynb", now=NOW)
    lines = shown(view)
    assert lines[:5] == [
        "store     in memory, gone with this process",
        "notebook  flights.ipynb",
        "assets    5 assets: 2 fresh, 1 stale, 1 missing, 1 external",
        "",
        "last runs",
    ]
    assert "  %why NAME           why it is stale, with the code that changed" in lines


def test_the_overview_of_a_shell_names_its_commands() -> None:
    text = str(Overview(INSTANCE, (), (), "cli", None, now=NOW))
    assert "assetbook show NAME" in text and "%show" not in text
    assert "No assets yet." in text and "No runs yet." in text


def test_the_overview_says_where_loading_gives_other_code() -> None:
    parity = Parity("differs", "cell 3 changes `cfg` in a way that loading does not follow")
    rows = [replace(ROWS[0], parity=parity), *ROWS[1:]]
    view = Overview(INSTANCE, rows, STORE.runs(), "session", "flights.ipynb", now=NOW)
    said = f"{ROWS[0].key}: differs: cell 3 changes `cfg`"
    assert said in str(view) and said in str(view.html())
