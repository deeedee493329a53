"""A store is copied while others write, collect and are killed: the copy is whole every time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.crowd import Crowd
from tests.faults.small_disk import run_on_small_disk
from tests.faults.verification import Acknowledged
from tests.faults.worker import open_store

from assetbook.errors import AssetbookError
from assetbook.instance.backing_up import back_up
from assetbook.instance.instance import Instance
from assetbook.instance.verifying import verify

Copy = Callable[[Instance, Path], object]


def naive_copy(instance: Instance, folder: Path) -> None:
    """Copies the files as they are, the values first, as ``cp`` and ``rsync`` would."""
    source = instance.values.root.parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in list((source / "values").rglob("*.parquet")):
        target = folder / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # let go in this moment
            shutil.copy(file, target)
    shutil.copy(source / "assetbook.db", folder)


def wrong_in_copies(folder: Path, writers: int, rounds: int, take: Copy) -> tuple[int, list[str]]:
    """How many copies were taken while writers and a collector were at it; what was wrong."""
    project = make_project(folder / "project")
    with (project / "pyproject.toml").open("a") as settings:
        settings.write("[tool.assetbook.retention]\nsession_versions = 0\n")
    copies, wrong = 0, []
    with Crowd(project, writers, rounds) as crowd:
        instance = open_store(project)
        while crowd.is_working:
            before = [key for each in crowd.lines for key in Acknowledged.read(each).versions]
            take(instance, folder / "copy")
            wrong += wrong_with(folder / "copy", before)
            copies += 1
        instance.close()
    return copies, wrong


def wrong_with(folder: Path, acknowledged: list[tuple[str, int]]) -> list[str]:
    """What a copy lacks of what had been acknowledged before it, and what it names in vain."""
    try:
        copy = Instance.open(folder)
    except AssetbookError as error:
        return [str(error)]
    found = verify(copy)
    known = {
        (str(key), version.number) for key in copy.store.assets() for version in copy.versions(key)
    }
    live = copy.store.runs(statuses=["started"])
    copy.close()
    said = [f"{each.key}@{each.number}: {each.found}" for each in found.damaged]
    said += [f"{each[0]}@{each[1]} is lost" for each in acknowledged if each not in known]
    return [*said, *found.rows, *(f"run {run.id} goes on" for run in live)]


def test_every_copy_taken_amid_writers_is_whole(tmp_path: Path) -> None:
    copies, wrong = wrong_in_copies(tmp_path, 4, 6, back_up)
    assert wrong == []
    assert copies >= 2


def test_files_copied_one_by_one_are_not_whole(tmp_path: Path) -> None:
    _, wrong = wrong_in_copies(tmp_path, 2, 6, naive_copy)
    assert any("is lost" in each or "gone" in each for each in wrong)


def test_a_full_disk_leaves_the_earlier_copy(tmp_path: Path) -> None:
    found = run_on_small_disk("backup_until_full", tmp_path, megabytes=24)
    assert "it needs" in found["refused"]
    assert "full" in found["torn"] or "No space left" in found["torn"]
    assert (found["earlier"], found["again"]) == ([3, []], [9, []])
    assert found["leftovers"] == []


@pytest.mark.long
def test_every_copy_taken_amid_eight_writers_is_whole(tmp_path: Path) -> None:
    copies, wrong = wrong_in_copies(tmp_path, 8, 60, back_up)
    assert wrong == []
    assert copies >= 10
