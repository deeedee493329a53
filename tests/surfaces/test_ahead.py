"""How far a notebook is ahead of what its schedules and sensors run, in every view of these."""

from __future__ import annotations

import pytest
from tests.kernels.notebooks import written
from tests.surfaces.book import Book

ONE = "@asset\ndef one():\n    return 1"
SCHEDULE = "@schedule('0 6 * * *', target='one')\ndef by_day(context):\n    return RunRequest(%s)"
SENSOR = "@sensor(target='one')\ndef looks(context):\n    return SkipReason('%s')"
JOB = "@op\ndef fetch():\n    return %s\n\n@job\ndef etl():\n    fetch()"
EAGER = "@asset(automation_condition=AutomationCondition.%s())\ndef two(one):\n    return 2"
CONDITIONS = "default_automation_condition_sensor"


@pytest.fixture
def made(book: Book) -> Book:
    book.run(ONE, "one")
    return book


def said(book: Book, line: str) -> str:
    return book.run(f"shown = {line}\nprint(shown)")


def test_a_schedule_counts_its_own_function_and_shows_it(made: Book) -> None:
    made.run(SCHEDULE % "'a'", "by_day")
    said(made, "%schedules on by_day")
    made.run(SCHEDULE % "'b'", "by_day")
    assert "by_day: the notebook is 1 change ahead: schedule by_day" in said(made, "%schedules")
    shown = said(made, "%schedules show by_day")
    assert "ahead: schedule by_day; it runs what it was turned on with" in shown
    assert "-    return RunRequest('a')\n" in shown
    assert "+    return RunRequest('b')\n" in shown
    assert "ahead" not in said(made, "%schedules on by_day")


def test_the_function_of_another_schedule_is_not_its_own(made: Book) -> None:
    made.run(SCHEDULE % "'a'", "by_day")
    made.run('%schedule nightly "0 6 * * *" one --on')
    made.run(SCHEDULE % "'b'", "by_day")
    assert "ahead" not in said(made, "%schedules")


def test_a_sensor_says_what_changed_since_it_was_turned_on(made: Book) -> None:
    made.run(SENSOR % "nothing", "looks")
    assert "looks on, pinned" in said(made, "%sensors on looks")
    made.run("@asset\ndef one():\n    return 3", "one")
    made.run(SENSOR % "not a thing", "looks")
    assert "looks: the notebook is 2 changes ahead: one, sensor looks" in said(made, "%sensors")
    shown = said(made, "%sensors show looks")
    assert "2 changes ahead: one, sensor looks; it runs what it was turned on with" in shown
    assert "sensor looks\n" in shown
    assert "+    return SkipReason('not a thing')" in shown
    for line in ("%daemon", "%assetbook"):
        assert "looks in book.ipynb: the notebook is 2 changes ahead: one" in said(made, line)
    assert "ahead" not in said(made, "%sensors on looks")


def test_conditions_and_ops_count(made: Book) -> None:
    made.run(EAGER % "eager", "two")
    made.run(JOB % 1, "job")
    said(made, f"%sensors on {CONDITIONS}")
    made.run(EAGER % "on_missing", "two")
    made.run(JOB % 2, "job")
    text = "the notebook is 2 changes ahead: automation conditions, job etl"
    assert text in said(made, "%sensors")
    assert "    return 2" in said(made, f"%sensors show {CONDITIONS}")


def test_a_cell_that_runs_again_says_that_older_cells_are_pinned(made: Book) -> None:
    shown = made.run('%schedule nightly "0 6 * * *" one --on', "nightly")
    assert "on, pinned to these cells" in shown
    made.run("@asset\ndef one():\n    return 3", "one")
    shown = made.run('%schedule nightly "0 6 * * *" one', "nightly")
    assert "pinned to these cells" not in shown
    assert "the notebook is 1 change ahead: one; it runs what it was turned on with" in shown


def test_the_file_of_a_notebook_that_runs_as_a_job_counts_as_it_is_saved(book: Book) -> None:
    report = written(book.path.parent / "report.ipynb", "print('old')")
    cells = [
        "%load_ext assetbook\nfrom assetbook import *",
        "job = notebook_job('report.ipynb')",
        '%schedule weekly "0 7 * * 1" --job report --on',
    ]
    written(book.path, *cells)
    for cell in cells:
        book.run(cell)
    assert "ahead" not in said(book, "%schedules")
    report.write_text(report.read_text().replace("print('old')", "# more\\nprint('old')"))
    assert "ahead" not in said(book, "%schedules")

    report.write_text(report.read_text().replace("'old'", "'new'"))

    text = "the notebook is 1 change ahead: notebook report.ipynb"
    assert f"weekly: {text}" in said(book, "%schedules")
    shown = said(book, "%schedules show weekly")
    assert text in shown and "-print('old')\n" in shown and "+print('new')\n" in shown
    report.unlink()
    assert f"weekly: {text}" in said(book, "%schedules")


def test_the_overview_tells_of_the_daemon(made: Book) -> None:
    assert "daemon " not in said(made, "%assetbook").partition("what to type")[0]
    made.run('%schedule nightly "0 6 * * *" one --on')
    assert "none runs this store, 1 of 1 schedule on" in said(made, "%assetbook")
