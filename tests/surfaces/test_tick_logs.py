"""What ticks logged, beneath the list of these."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.surfaces.view_examples import faults_of, text_of

from assetbook.storage.automations import Tick
from assetbook.surfaces.display.tick_logs import logs_html, logs_text

NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)


def tick(minutes: int, logs: str) -> Tick:
    return Tick("a", NOW - timedelta(minutes=minutes), "skipped", logs=logs)


def test_the_newest_that_logged_anything_is_shown_with_its_indents() -> None:
    ticks = [tick(0, ""), tick(1, "- a\n  + b <script>"), tick(2, "older")]
    assert logs_text(ticks) == "\nsaid at 2026-01-01 08:59:00 UTC\n  - a\n    + b <script>"
    html = logs_html(ticks)
    assert "- a\n  + b &lt;script&gt;" in html
    assert "<script>" in text_of(html)
    assert not faults_of(html)


def test_nothing_logged_shows_nothing_and_much_is_cut() -> None:
    assert logs_text([tick(0, "")]) == ""
    assert not logs_html([])
    shown = logs_text([tick(0, "x\n" * 500)])
    assert shown.endswith("and 300 more lines")
