"""The list of runs."""

from __future__ import annotations

from msgspec.structs import replace
from tests.surfaces.view_examples import (
    FAILED_RUN,
    NOW,
    STORE,
    shown,
    text_of,
)

from assetbook.surfaces.display.run_table import RunTable


def test_runs_are_listed_with_who_asked() -> None:
    assert shown(RunTable(STORE.runs(), now=NOW)) == [
        "run     status     asked for  started     took  by                         message",
        "9b03dd  ✕ failed   monthly    just now   0.2 s  ada · flights.ipynb In[5]  monthly:",
        f"{'':75}ZeroDivisionError:",
        f"{'':75}division by zero",
        "4f2a1c  ✓ success  +delays    2 min ago  1.0 s  ada · flights.ipynb In[5]",
    ]


def test_no_runs_are_said() -> None:
    expected = "No runs yet. `%materialize` makes the first one."
    assert str(RunTable([], now=NOW)) == text_of(RunTable([], now=NOW).html()) == expected


def test_only_the_first_line_of_a_message_is_in_the_table() -> None:
    run = replace(FAILED_RUN, message="monthly: it is wrong\nMend it.\nThen again.")
    view = RunTable([run], now=NOW)
    assert "monthly: it is wrong …" in text_of(view.html())
    assert "Mend it." not in str(view) + view.html()
    assert view.to_json()[0]["message"].endswith("Then again.")
