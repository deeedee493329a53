"""A copy of a store is a store: whole, of its own, and cheap to take again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from tests.instance.making import make
from tests.instance.queueing import until

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import ConflictError, StoreError, UsageError
from assetbook.instance import backing_up
from assetbook.instance.backing_up import Backup, Needed, back_up
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options
from assetbook.instance.verifying import verify


@asset
def orders() -> pd.DataFrame:
    return pd.DataFrame({"n": range(1000)})


@asset
def total(orders: pd.DataFrame) -> int:
    return int(orders["n"].sum())


@pytest.fixture
def filled(instance: Instance) -> Instance:
    """Two versions of a table and of a number."""
    for _ in range(2):
        make(instance, orders, total, options=Options(force=True))
    return instance


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another disk than the store's."""
    folder = Path("/dev/shm") / f"assetbook-{os.getpid()}"
    assert folder.parent.stat().st_dev != tmp_path.stat().st_dev
    yield folder
    shutil.rmtree(folder)


def opened(backup: Backup) -> Instance:
    return Instance.open(backup.folder)


def test_a_copy_opens_as_a_store(filled: Instance, tmp_path: Path) -> None:
    made = back_up(filled, tmp_path / "copy")
    assert (made.versions, made.linked, made.copied, made.damaged) == (2, 2, 0, [])
    copy = opened(made)
    assert verify(copy).is_whole
    assert copy.value("orders", 1).equals(filled.value("orders", 1))
    assert copy.value("total") == 499_500
    make(copy, orders, total, options=Options(force=True))
    assert [len(each.versions("orders")) for each in (filled, copy)] == [2, 3]
    assert copy.key == filled.key
    copy.close()
    assert verify(filled).is_whole


def test_a_second_copy_brings_what_is_new(filled: Instance, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "copy")
    make(filled, orders, options=Options(force=True))
    heard: list[Needed] = []
    made = back_up(filled, tmp_path / "copy", heard.append)
    assert (made.versions, made.linked) == (3, 1)
    assert [(each.files, each.of, each.size) for each in heard] == [(1, 3, 0)]
    copy = opened(made)
    assert len(copy.versions("orders")) == 3
    copy.close()


def test_what_is_let_go_leaves_the_copy_too(filled: Instance, tmp_path: Path) -> None:
    made = back_up(filled, tmp_path / "copy")
    first = filled.version("orders", 1).event.value
    assert first is not None and first.path is not None
    path = first.path
    filled.store.doom(lambda values: [path])
    filled.values.remove(path)
    again = back_up(filled, tmp_path / "copy")
    assert (made.versions, again.removed, again.versions) == (2, 1, 1)
    assert len(list((made.folder / "values").rglob("*.parquet"))) == 1


def test_another_disk_gets_copies(filled: Instance, other_disk: Path) -> None:
    heard: list[Needed] = []
    made = back_up(filled, other_disk, heard.append)
    assert (made.linked, made.copied, made.copied_bytes) == (0, 2, heard[0].size)
    assert heard[0].free > heard[0].size > 0
    copy = opened(made)
    assert verify(copy).is_whole
    copy.close()
    files = [*(other_disk / "values").rglob("*.parquet"), other_disk / "key"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    assert stat.S_IMODE(other_disk.stat().st_mode) == 0o700


def test_a_run_on_its_way_has_failed_in_the_copy(filled: Instance, tmp_path: Path) -> None:
    seen: list[Backup] = []

    @asset(ignore={"seen", "filled", "tmp_path"})
    def slow() -> int:
        seen.append(back_up(filled, tmp_path / "copy"))
        return 1

    make(filled, slow)
    assert seen[0].ended == 1
    copy = opened(seen[0])
    newest = copy.runs()[0]
    why = "it was on its way when this copy of the store was made"
    assert (newest.status, newest.message) == ("failed", why)
    assert filled.runs()[0].status == "success"
    copy.close()


def test_what_is_damaged_is_named(filled: Instance, tmp_path: Path) -> None:
    [first, second] = sorted(filled.values.root.rglob("*.parquet"))
    first.write_bytes(first.read_bytes()[:-1] + b"x")
    second.unlink()
    made = back_up(filled, tmp_path / "copy")
    assert sorted(each.partition("orders/")[0] for each in made.damaged) == [
        "its file ",
        "its file is gone (",
    ]


def test_other_folders_are_refused(filled: Instance, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(UsageError, match="something else in that folder"):
        back_up(filled, tmp_path / "mine")
    with pytest.raises(UsageError, match="that is in the store itself"):
        back_up(filled, filled.values.root.parent / "copy")
    other = Instance.open(tmp_path / "other")
    back_up(other, tmp_path / "copy")
    other.close()
    with pytest.raises(UsageError, match="a copy of another store"):
        back_up(filled, tmp_path / "copy")


def test_a_store_in_memory_has_no_copy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in memory"):
        back_up(Instance.ephemeral(), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_copy_that_was_worked_with_is_left(filled: Instance, tmp_path: Path) -> None:
    copy = opened(back_up(filled, tmp_path / "copy"))
    make(copy, orders, options=Options(force=True))
    with pytest.raises(StoreError, match="copying to"):
        back_up(filled, tmp_path / "copy")
    copy.close()
    with pytest.raises(ConflictError, match="materialized in that copy since"):
        back_up(filled, tmp_path / "copy")
    copy = Instance.open(tmp_path / "copy")
    assert len(copy.versions("orders")) == 3
    copy.close()


def test_a_copy_that_fails_leaves_the_earlier_one(
    filled: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(filled, tmp_path / "copy")
    make(filled, orders, options=Options(force=True))
    before = sorted(each.name for each in (tmp_path / "copy").rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(backing_up, "problem_of", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            back_up(filled, tmp_path / "copy")
    assert sorted(each.name for each in (tmp_path / "copy").rglob("*")) == before
    copy = Instance.open(tmp_path / "copy")
    assert (verify(copy).is_whole, len(copy.versions("orders"))) == (True, 2)
    copy.close()


def _interrupted(*given: object) -> None:
    raise KeyboardInterrupt


def test_what_a_killed_copy_left_is_in_nobodys_way(filled: Instance, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    back_up(filled, copy)
    (copy / "assetbook.db").unlink()
    (copy / "assetbook.db.new").write_bytes(b"torn")
    (copy / "assetbook.db.new-wal").write_bytes(b"torn")
    made = back_up(filled, copy)
    assert (made.versions, made.linked) == (2, 0)
    with closing(sqlite3.connect(copy / "assetbook.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert not list(copy.glob("*.new*"))


@asset
def spoken() -> int:
    print("hello")
    return 1


def logs_of(folder: Path) -> dict[str, str]:
    """The text of each log file below the folder of a store."""
    root = folder / "logs"
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_log_files_come_along_and_go_with_the_store(instance: Instance, tmp_path: Path) -> None:
    source, target = instance.values.root.parent, tmp_path / "copy"
    make(instance, spoken)
    made = back_up(instance, target)
    assert (made.logs.files, made.logs.new) == (1, 1)
    assert list(logs_of(target).values()) == ["hello\n"]
    make(instance, spoken, options=Options(force=True))
    made = back_up(instance, target)
    assert (made.logs.files, made.logs.new) == (2, 1)
    assert logs_of(target) == logs_of(source)
    shutil.rmtree(source / "logs")
    made = back_up(instance, target)
    assert (made.logs.files, made.logs.removed) == (0, 2)
    assert logs_of(target) == {}
    copy = opened(made)
    assert [run.status for run in copy.runs()] == ["success", "success"]
    copy.close()


def test_the_log_of_a_run_on_its_way_is_copied_and_grows_by_itself(
    instance: Instance, tmp_path: Path
) -> None:
    """A link would have what is written after the backup."""
    source, target = instance.values.root.parent, tmp_path / "copy"
    half, on = threading.Event(), threading.Event()

    @asset(ignore={"half", "on"})
    def talking() -> int:
        print("first")
        half.set()
        assert on.wait(30)
        print("second")
        return 1

    run = threading.Thread(target=make, args=[instance, talking])
    run.start()
    assert half.wait(30)
    until(lambda: "first\n" in logs_of(source).values())
    back_up(instance, target)
    on.set()
    run.join(30)
    assert list(logs_of(target).values()) == ["first\n"]
    assert list(logs_of(source).values()) == ["first\nsecond\n"]
    made = back_up(instance, target)
    assert (made.logs.new, logs_of(target)) == (1, logs_of(source))


def test_notebooks_of_runs_come_along(instance: Instance, tmp_path: Path) -> None:
    make(instance, spoken)
    (run,) = instance.runs()
    assert instance.notebook_files is not None
    folder = instance.notebook_files / run.id / "report"
    folder.mkdir(parents=True)
    (folder / "report.ipynb").write_text("{}")
    (folder / "outputs.jsonl").write_text("")
    target = tmp_path / "copy"
    made = back_up(instance, target)
    assert (made.logs.files, made.logs.new) == (3, 3)
    assert (target / "notebooks" / run.id / "report" / "report.ipynb").read_text() == "{}"
    shutil.rmtree(instance.notebook_files)
    made = back_up(instance, target)
    assert (made.logs.files, made.logs.removed) == (1, 2)
    assert [*(target / "notebooks").iterdir()] == []


def test_log_files_are_copied_to_another_disk(instance: Instance, other_disk: Path) -> None:
    make(instance, spoken)
    assert back_up(instance, other_disk).logs.new == 1
    assert list(logs_of(other_disk).values()) == ["hello\n"]
