"""What a run printed, step by step."""

from __future__ import annotations

from msgspec.structs import replace
from tests.surfaces.view_examples import (
    DELAYS_LOGS,
    EVENTS,
    FAILED_EVENTS,
    FAILED_RUN,
    LOGS,
    NOW,
    OK_RUN,
    printed,
    shown,
    text_of,
)

from assetbook.events.run_events import StepEnded
from assetbook.surfaces.display.log_view import LogView


def test_a_log_goes_step_by_step() -> None:
    assert shown(LogView(OK_RUN, LOGS, EVENTS, now=NOW)) == [
        "run 4f2a1c  ✓ success  +delays · 2026-11-25 09:13 · 1.0 s · ada · flights.ipynb In[5]",
        "",
        "✓ flights  done · 336,776 rows · 12 MB · 0.41 s",
        "    reading",
        "    100 %",
        "    INFO 336,776 flights",
        "",
        "✓ airlines  done · 16 rows · 2.0 kB · 20 ms",
        "",
        "✓ delays  done · 16 rows · 2.3 kB · 0.12 s",
        "    joined",
        "    <Figure size 640x480 with 1 Axes>",
        "",
        "✓ delays:has_carriers  passed · 3 ms · 16 of 16 carriers have a name",
        "",
        "▲ delays:not_too_late  warned · 2 ms · Frontier is 22 minutes late on average",
    ]


def test_a_log_of_one_step_has_only_that() -> None:
    text = str(LogView(OK_RUN, DELAYS_LOGS, EVENTS, "delays", now=NOW))
    assert "✓ delays  done" in text and "flights  done" not in text


def test_a_failed_step_shows_its_traceback() -> None:
    view = LogView(FAILED_RUN, (), FAILED_EVENTS, now=NOW)
    assert shown(view)[2:] == [
        "✕ monthly  failed · 0.2 s · ZeroDivisionError: division by zero",
        "    In[7], line 3",
        "    Traceback (most recent call last):",
        "      In[7], line 3",
        "    ZeroDivisionError: division by zero",
    ]
    assert "Traceback" in text_of(view.html())


def test_a_silent_run_says_so() -> None:
    view = LogView(OK_RUN, (), EVENTS, now=NOW)
    assert shown(view)[-1] == "It printed, logged and displayed nothing."


def test_html_of_a_long_log_stays_small() -> None:
    text = "".join(f"line {number}\n" for number in range(100_000))
    view = LogView(OK_RUN, [printed("flights", "stdout", text)], EVENTS, now=NOW)
    html = view.html()
    assert len(html) < 20_000 and "line 99999" in html
    assert "99,600 earlier lines are left out" in html
    assert str(view).count("\n") > 100_000


LONG = "it is wrong\nMend it.\nThen again."


def test_a_message_of_several_lines_is_whole_in_the_runs_view() -> None:
    [started, *_] = FAILED_EVENTS
    ended = StepEnded(at=NOW, run_id=FAILED_RUN.id, step="monthly", status="failed", message=LONG)
    run = replace(FAILED_RUN, message=f"monthly: {LONG}")
    view = LogView(run, (), [started, ended], now=NOW)
    assert shown(view)[2:] == [
        "✕ monthly  failed · it is wrong …",
        "    it is wrong",
        "    Mend it.",
        "    Then again.",
    ]
    assert "Mend it. Then again." in text_of(view.html())


def test_what_no_step_says_of_a_runs_end_is_said() -> None:
    run = replace(FAILED_RUN, message="the process that ran it is gone\nRun it again.")
    view = LogView(run, LOGS, EVENTS, now=NOW)
    assert shown(view)[1:3] == ["the process that ran it is gone", "Run it again."]
    assert "Run it again." in text_of(view.html())
    assert "Run it again." not in str(LogView(run, LOGS, EVENTS, "delays", now=NOW))
