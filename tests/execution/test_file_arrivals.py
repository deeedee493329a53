"""A run for each file that is new or has changed, and a cursor that stays small."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assetbook import FileSensorDefinition, build_sensor_context, file_sensor
from assetbook.definitions.sensor_evaluation import SensorExecutionData
from assetbook.errors import DefinitionError, UsageError
from assetbook.execution import file_arrivals

NEW = file_sensor("new", "in/*.csv", "+orders")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(file_arrivals, "_SETTLED", 0.05)
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def tick(sensor: FileSensorDefinition = NEW, cursor: str | None = None) -> SensorExecutionData:
    time.sleep(0.06)  # so that what was written has settled
    return sensor.evaluate_tick(build_sensor_context(cursor=cursor))


def files(found: SensorExecutionData) -> list[str]:
    return [each.tags["assetbook/file"] for each in found.run_requests]


def test_each_new_file_is_asked_for_once(folder: Path) -> None:
    (folder / "a.csv").write_text("1")
    (folder / "b.csv").write_text("2")
    (folder / "other.txt").write_text("3")
    first = tick()
    assert files(first) == ["in/a.csv", "in/b.csv"]
    second = tick(cursor=first.cursor)
    assert (files(second), second.skip_message) == ([], "No new file among 2")
    (folder / "c.csv").write_text("4")
    assert files(tick(cursor=second.cursor)) == ["in/c.csv"]


def test_a_changed_file_is_asked_for_again_under_another_key(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("1")
    first = tick()
    path.write_text("12")
    second = tick(cursor=first.cursor)
    [one], [two] = first.run_requests, second.run_requests
    stat = path.stat()
    assert two.run_key == f"in/a.csv:2:{stat.st_mtime_ns}" != one.run_key


def test_an_old_file_that_is_moved_in_is_new(folder: Path, tmp_path: Path) -> None:
    (folder / "a.csv").write_text("1")
    first = tick()
    old = tmp_path / "old.csv"
    old.write_text("2")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    old.rename(folder / "old.csv")
    assert files(tick(cursor=first.cursor)) == ["in/old.csv"]


def test_a_file_is_taken_once_it_has_settled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_arrivals, "_SETTLED", 1.0)
    path = folder / "a.csv"
    path.write_text("1")
    os.utime(path, (1_000_000_000, 1_000_000_000))  # a copy that keeps the time is no older for it
    first = tick()
    assert (files(first), first.skip_message) == ([], "1 file is still changing")
    time.sleep(1.0)
    assert files(tick(cursor=first.cursor)) == ["in/a.csv"]


def test_many_files_come_at_once_and_the_rest_with_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(300):
        (folder / f"{number}.csv").write_text("x")
    assert len(files(tick())) == 300
    monkeypatch.setattr(file_arrivals, "_AT_ONCE", 100)
    found, cursor = [], None
    while (one := tick(cursor=cursor)).run_requests:
        found += files(one)
        cursor = one.cursor
    assert len(found) == len(set(found)) == 300


def test_the_cursor_does_not_grow_with_the_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_arrivals, "_GROUPS", 8)
    sizes = []
    for count in (100, 200, 400):
        for number in range(count):
            (folder / f"{number}.csv").write_text("x")
        found = tick()
        assert len(files(found)) == count  # nothing is lost for it
        sizes.append(len(found.cursor or ""))
    assert sizes[0] == sizes[1] == sizes[2] < 250


def test_a_new_file_of_a_large_folder_is_found_with_its_group(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for before comes with it, under the key that the store knows."""
    monkeypatch.setattr(file_arrivals, "_GROUPS", 8)
    for number in range(100):
        (folder / f"{number}.csv").write_text("x")
    first = tick()
    (folder / "new.csv").write_text("y")
    keys = {each.run_key for each in tick(cursor=first.cursor).run_requests}
    assert len(keys - {each.run_key for each in first.run_requests}) == 1
    assert len(keys) < 40


def test_a_file_whose_name_is_not_unicode_has_a_key_that_can_be_stored(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.csv")).write_text("1")
    [request] = tick().run_requests
    assert str(request.run_key).encode().startswith(b"in/\\udcff.csv:1:")


def test_configuration_is_made_for_each_file(folder: Path) -> None:
    (folder / "a.csv").write_text("1")
    sensor = file_sensor(
        "new",
        "in/*.csv",
        "orders",
        run_config_fn=lambda path: {"ops": {"orders": {"config": {"path": path}}}},
    )
    [request] = tick(sensor).run_requests
    assert request.run_config["ops"]["orders"] == {"config": {"path": "in/a.csv"}}


def test_a_folder_that_is_not_there_has_no_files(folder: Path) -> None:
    assert tick(file_sensor("x", "none/*.csv", "a")).skip_message == "No file at none/*.csv"


def test_it_is_placed_where_it_is_written() -> None:
    assert NEW.place.filename == __file__
    assert (NEW.targets, NEW.pattern) == (("+orders",), "in/*.csv")


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: file_sensor("x", "", "a"), DefinitionError, 'Give one, as "incoming'),
        (lambda: tick(cursor="yesterday"), UsageError, "it is `yesterday`, which it did not write"),
        (lambda: tick(cursor="5"), UsageError, "it is `5`, which it did not write"),
    ],
)
def test_slips_say_what_to_do(
    call: Callable[[], object], error: type[Exception], match: str, folder: Path
) -> None:
    with pytest.raises(error, match=match):
        call()
