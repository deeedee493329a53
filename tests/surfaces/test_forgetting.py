"""Forgetting drops a definition, whatever is wrong with it, and what is remembered of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError, opened
from tests.surfaces.test_naming import SPLIT

from assetbook.instance.snapshots import recall


def test_it_says_so_without_quotes(book: Book) -> None:
    book.run("@asset\ndef orders():\n    return 1")
    book.run("%materialize orders")
    book.run("%forget orders")
    said = "`orders` is no longer defined here; `%versions orders` still lists its versions"
    assert str(book.result) == repr(book.result) == said
    bundle, _ = book.shell.display_formatter.format(book.result)
    assert bundle["text/plain"] == said
    assert "1" in book.run("%versions orders")


def test_what_was_never_made_has_no_versions_to_list(book: Book) -> None:
    book.run("@asset\ndef orders():\n    return 1")
    book.run("%forget orders")
    assert str(book.result) == "`orders` is no longer defined here"


def test_assets_that_are_made_together_go_together(book: Book) -> None:
    book.run(SPLIT)
    book.run("%forget cheap")
    assert str(book.result) == "`cheap` and `dear` are no longer defined here"


def test_a_schedule_can_be_forgotten(book: Book) -> None:
    book.run("from assetbook import ScheduleDefinition")
    book.run("nightly = ScheduleDefinition('at_six', target='*', cron_schedule='0 6 * * *')")
    book.run("%forget at_six")
    assert str(book.result) == "the schedule `at_six` is no longer defined here"
    with pytest.raises(CellFailedError, match="is not defined"):
        book.run("nightly")
    with pytest.raises(CellFailedError, match="at_six"):
        book.run("%forget at_six")


LOOKS = "@sensor(target='*', name='often')\ndef looks(): ..."


def test_a_sensor_can_be_forgotten(book: Book) -> None:
    book.run(f"from assetbook import sensor\n{LOOKS}")
    book.run("%forget often")
    assert str(book.result) == "the sensor `often` is no longer defined here"
    with pytest.raises(CellFailedError, match="is not defined"):
        book.run("looks")
    with pytest.raises(CellFailedError, match="often"):
        book.run("%forget often")


def test_a_sensor_of_an_earlier_session_is_remembered_until_it_is_forgotten(tmp_path: Path) -> None:
    job = "from assetbook import define_asset_job, sensor\njobs = [define_asset_job('nightly')]"
    looks = LOOKS.replace("target='*'", "jobs=jobs")
    with opened(tmp_path) as book:
        book.run(f"{job}\n{looks}")
        book.run("%assets")
    with opened(tmp_path) as book:
        book.run("x = 1\n%assets")
        [record] = recall(book.instance, book.live.location).sensors  # type: ignore[union-attr]
        assert (record.name, record.seconds, record.on) == ("often", 30, False)
        assert (record.jobs, record.target, record.selection) == (("nightly",), "job nightly", "")
        book.run("%forget often")
        assert str(book.result) == "the sensor `often` is no longer defined here"
        book.run("y = 1\n%assets")
        assert recall(book.instance, book.live.location).sensors == ()  # type: ignore[union-attr]


def test_a_wrong_definition_can_be_forgotten(book: Book) -> None:
    book.run("@asset\ndef bad(missing):\n    return 1")
    assert "`bad` is no longer defined" in book.run("%forget bad") + str(book.result)
    book.run("@asset\ndef good():\n    return 1")
    assert [str(row.key) for row in book.run("%assets") and book.result] == ["good"]


def test_what_is_stored_of_a_definition_gone_wrong_is_forgotten(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run("@asset\ndef orders():\n    return 1")
        book.run("%materialize orders")
    with opened(tmp_path) as book:
        book.run("@asset\ndef orders(missing):\n    return 1")
        book.run("%forget orders")
        assert "`%versions orders` still lists its versions" in str(book.result)
        book.run("%assets")
        assert len(book.result) == 0
    with opened(tmp_path) as book:
        with pytest.raises(CellFailedError, match="there is none of that name"):
            book.run("%show orders")
        assert "1" in book.run("%versions orders")
