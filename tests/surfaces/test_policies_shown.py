"""Freshness policies and automation conditions where assets are shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.surfaces.book import Book, opened

from assetbook.instance.remembered import remembered_standing
from assetbook.keys import AssetKey

ASSETS = """from datetime import timedelta
from assetbook import *
@asset(freshness_policy=FreshnessPolicy.time_window(timedelta(hours=2), timedelta(hours=1)),
       automation_condition=AutomationCondition.eager())
def orders():
    return 1
@asset(freshness_policy=FreshnessPolicy.cron("0 9 * * *", timedelta(minutes=90)))
def report(orders):
    return 2
@asset
def plain():
    return 3"""


def later(view: Any, by: timedelta) -> str:
    view.now += by
    return f"{view}\n{view.html()}"


def test_an_asset_shows_its_policy_and_condition(book: Book) -> None:
    book.run(ASSETS)
    shown = book.run("view = %show orders\nprint(view)")
    assert "policy      not made yet: to be made within 2 h" in shown
    assert "automation  eager" in shown
    book.run("%materialize *")
    book.run("%show orders")
    view = book.result
    assert "policy      in time: to be made within 2 h" in str(view)
    assert "policy      late soon" in later(view, timedelta(minutes=90))
    assert "policy      late: to be made within 2 h" in later(view, timedelta(minutes=31))
    assert view.to_json()["freshness_policy"] == {"fail_seconds": 7200.0, "warn_seconds": 3600.0}
    assert view.to_json()["automation_condition"] == "eager"
    shown = book.run("view = %show report\nprint(view)")
    assert "to be made at 09:00 every day, UTC, at most 1 h 30 min before" in shown
    assert "policy" not in book.run("view = %show plain\nprint(view)")


def test_the_table_of_assets_says_what_is_late(book: Book) -> None:
    book.run(ASSETS)
    book.run("%materialize *")
    book.run("%assets")
    assert "late" not in str(book.result)
    shown = later(book.result, timedelta(hours=3))
    assert shown.count("late: to be made within 2 h") == 2  # as text, and in the page


def test_a_dry_run_of_conditions_works_in_a_notebook_without_a_file(tmp_path: Path) -> None:
    with opened(tmp_path, scratch=True) as book:
        book.run(ASSETS)
        book.run("view = %sensors dry-run default_automation_condition_sensor\nprint(view)")
        assert "an evaluation now would run nothing" in book.shown
        book.run("print(evaluate_automation_conditions([orders, report], Instance.get()))")
        assert "0 requested\n- orders: eager: false" in book.shown


def test_after_a_restart_they_are_known_from_the_snapshot(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run(ASSETS)
        book.run("%materialize *")
    with opened(tmp_path) as book:
        shown = book.run("view = %show orders\nprint(view)")
        assert "policy      in time: to be made within 2 h" in shown
        now, _ = remembered_standing(book.instance)
        assert now.automation == {AssetKey("orders"): "eager"}
