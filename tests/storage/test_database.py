"""A store's file is made whole, kept private, and refused where it cannot be trusted."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.contracts.store import NOON, ORDERS, RICH_EVENTS, RUN, materialized, printed

from assetbook.errors import CorruptStoreError, StoreError
from assetbook.storage.database import open_database
from assetbook.storage.sqlite_store import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".assetbook" / "assetbook.db"


@pytest.fixture
def filled(path: Path) -> Path:
    store = SqliteStore(path)
    store.commit(RICH_EVENTS)
    for number in range(200):
        store.later([materialized(f"asset{number}", metadata={"note": "x" * 200})])
    store.close()
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", place], check=True)


def test_the_folder_is_private_and_ignored_by_git(path: Path) -> None:
    open_database(path).close()
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (path.parent / ".gitignore").read_text() == "*\n"


def test_a_gitignore_that_is_there_stays(path: Path) -> None:
    path.parent.mkdir()
    (path.parent / ".gitignore").write_text("mine\n")
    open_database(path).close()
    assert (path.parent / ".gitignore").read_text() == "mine\n"


def test_commits_are_flushed_to_the_log_in_full(path: Path) -> None:
    database = open_database(path)
    connection = database.writer()
    assert connection.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
    assert connection.execute("PRAGMA synchronous").fetchall() == [(2,)]
    database.close()


def test_readers_cannot_write(path: Path) -> None:
    database = open_database(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.reader().execute("DELETE FROM events")
    database.close()


@pytest.mark.parametrize("kept", [0, 50, 5000, 0.5, 0.9])
def test_a_truncated_file_is_named_as_damaged(filled: Path, kept: float) -> None:
    whole = filled.read_bytes()
    filled.write_bytes(whole[: kept if isinstance(kept, int) else int(len(whole) * kept)])
    with pytest.raises(CorruptStoreError, match=r"assetbook.db.*\n?.*Restore the file") as caught:
        SqliteStore(filled).events()
    assert str(filled) in str(caught.value)


def test_a_file_of_other_content_is_named_as_damaged(filled: Path) -> None:
    filled.write_bytes(b"not a database, " * 4096)
    with pytest.raises(CorruptStoreError, match="file is not a database"):
        SqliteStore(filled)


def test_a_scrambled_page_is_found_when_read(filled: Path) -> None:
    content = bytearray(filled.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    filled.write_bytes(content)
    with pytest.raises(CorruptStoreError, match="malformed"):
        SqliteStore(filled).events()


def test_a_missing_file_with_its_log_is_damaged(filled: Path) -> None:
    store = SqliteStore(filled)
    store.commit([materialized()])
    shutil.copy(f"{filled}-wal", f"{filled}-kept")
    store.close()
    filled.unlink()
    Path(f"{filled}-kept").rename(f"{filled}-wal")
    with pytest.raises(CorruptStoreError, match="missing, but its write-ahead log"):
        SqliteStore(filled)


def test_a_damaged_file_offers_the_copy_before_a_migration(filled: Path) -> None:
    shutil.copy(filled, f"{filled}.before-1")
    filled.write_bytes(b"")
    with pytest.raises(CorruptStoreError, match=r"an older copy beside it \(.*before-1\)"):
        SqliteStore(filled)


def test_a_crash_while_making_the_file_leaves_no_trace(path: Path) -> None:
    path.parent.mkdir()
    for ending in (".new", ".new-wal", ".new-shm"):
        path.with_name(path.name + ending).write_bytes(b"torn")
    store = SqliteStore(path)
    store.commit([materialized()])
    store.close()
    assert not path.with_name(path.name + ".new").exists()


def test_a_read_only_place_is_refused_with_a_remedy(small_disk: Path) -> None:
    path = small_disk / "store" / "assetbook.db"
    SqliteStore(path).close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StoreError, match=f"opening {path}.*\nMake .* writable .*ASSETBOOK_STORE"):
        SqliteStore(path)
    with pytest.raises(StoreError, match="Read-only file system"):
        SqliteStore(small_disk / "other" / "assetbook.db")


def test_a_full_disk_is_told_and_earlier_events_stay(small_disk: Path) -> None:
    path = small_disk / "store" / "assetbook.db"
    store = SqliteStore(path)
    ballast = small_disk / "ballast"
    committed = 0
    ballast.write_bytes(b"x" * 500_000)
    with pytest.raises(StoreError, match=rf"{path}: the disk is full \([\d,]+ bytes free\)"):
        while committed < 5000:
            store.commit([materialized(metadata={"note": "x" * 2000})])
            committed += 1
    assert committed > 10
    assert len(store.events()) == store.latest()[ORDERS].number == committed
    ballast.unlink()
    assert store.commit([materialized()]).numbers == {("orders", None): committed + 1}
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store.close()


def test_lazy_records_outlast_a_full_disk(small_disk: Path) -> None:
    store = SqliteStore(small_disk / "store" / "assetbook.db")
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"), ballast.open("wb") as file:
        while True:
            file.write(b"x" * 4096)
    lines = [f"{number} {'x' * 3000}" for number in range(20)]
    for line in lines:
        store.later([printed(line)])
    with pytest.raises(StoreError, match="the disk is full"):
        store.flush()
    assert store.logs(RUN) == []
    ballast.unlink()
    store.flush()
    assert [each.record.text for each in store.logs(RUN)] == lines
    assert store.logs(RUN)[0].record.at == NOON
    store.close()
