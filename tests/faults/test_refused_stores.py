"""Stores that are refused: on a file system that computers share, and made by a newer version.

Promise 14. The controls leave out the check.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.shared_disk import run_on_shared_disk
from tests.faults.warm_worker import Order, WarmWorker
from tests.faults.worker import open_store, prices

from assetbook import materialize
from assetbook.errors import StoreError
from assetbook.storage import database
from assetbook.storage.schema import STEPS

MATERIALIZE = """
from assetbook import asset, materialize
@asset
def prices() -> int:
    return 1
materialize([prices])
"""
UNCHECKED = f"""
from assetbook.storage import database
database.refuse_shared = lambda folder: None
{MATERIALIZE}"""
REMEDY = "Keep the database on a local path by ASSETBOOK_STORE; values may stay."


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be mounted, which is the store of programs that are started."""
    folder = tmp_path / "shared"
    folder.mkdir()
    monkeypatch.setenv("ASSETBOOK_STORE", str(folder))
    return folder


@pytest.mark.fuse_mount
@pytest.mark.parametrize("arguments", [("-m", "assetbook", "assets"), ("-c", MATERIALIZE)])
def test_a_store_on_a_shared_file_system_is_refused(
    shared: Path, arguments: tuple[str, ...]
) -> None:
    done = run_on_shared_disk([sys.executable, *arguments], shared)
    assert done.returncode == 1
    assert f"opening the store in {shared}" in done.stderr
    assert "it is on a shared file system (fuse.shared)" in done.stderr
    assert REMEDY in done.stderr


@pytest.mark.fuse_mount
def test_without_the_check_nobody_hears_of_it(shared: Path) -> None:
    done = run_on_shared_disk([sys.executable, "-c", UNCHECKED], shared)
    assert "shared file system" not in done.stderr


@pytest.fixture
def newer(worker: WarmWorker, project: Path, tmp_path: Path) -> Iterator[Path]:
    """A project whose store a newer version has opened."""
    assert worker.run(Order(str(project), str(tmp_path / "lines"), rows=500)) == 0
    with closing(sqlite3.connect(project / ".assetbook" / "assetbook.db")) as connection:
        connection.execute("CREATE TABLE of_the_future (at REAL)")
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    yield project


def contents(project: Path) -> dict[Path, bytes]:
    files = [file for file in project.rglob("*") if file.is_file()]
    return {file: file.read_bytes() for file in files if not file.match("*-shm")}


def test_a_store_of_a_newer_version_is_refused_untouched(newer: Path) -> None:
    before = contents(newer)
    for _ in range(2):
        with pytest.raises(StoreError, match="was written by a newer assetbook") as caught:
            open_store(newer)
        assert "pip install --upgrade assetbook" in str(caught.value)
    assert contents(newer) == before


def test_without_the_check_a_newer_store_is_written(
    newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(newer)
    monkeypatch.setattr(database, "is_current", lambda connection, path: True)
    instance = open_store(newer)
    materialize([prices], instance=instance, force=True)
    instance.close()
    assert contents(newer) != before
