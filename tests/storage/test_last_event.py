"""A log that lost its end is noticed; a backup, another file and a damaged note are no loss."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.contracts.store import materialized, started

from assetbook.errors import CorruptStoreError
from assetbook.storage.sqlite_store import SqliteStore

FILES = ("assetbook.db", "assetbook.db-wal", "assetbook.db-pen")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database as a killed process leaves it, with five events in its log alone."""
    path = tmp_path / "assetbook.db"
    store = SqliteStore(path)
    store.commit([started()])
    for _ in range(4):
        store.commit([materialized()])
    left = {name: (tmp_path / name).read_bytes() for name in FILES}
    store.close()
    for name, content in left.items():
        (tmp_path / name).write_bytes(content)
    return path


def damage_log(path: Path) -> None:
    log = path.with_name(FILES[1])
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)


def events_in(path: Path) -> int:
    store = SqliteStore(path)
    found = len(store.events())
    store.close()
    return found


def test_a_log_that_is_whole_is_read(path: Path) -> None:
    assert events_in(path) == 5


def test_events_lost_with_the_log_are_counted(path: Path) -> None:
    damage_log(path)
    for _ in range(2):  # and looking changes nothing
        with pytest.raises(CorruptStoreError, match=r"\d of 5 events, the latest ones") as caught:
            SqliteStore(path)
    assert f"delete {path}-pen to go on" in str(caught.value)


def test_deleting_the_note_goes_on_without_them(path: Path) -> None:
    damage_log(path)
    path.with_name(FILES[2]).unlink()
    assert events_in(path) < 5
    store = SqliteStore(path)
    store.commit([materialized()])
    store.close()


def test_a_backup_put_back_is_no_loss(path: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    assert events_in(path) == 5
    shutil.copy(path, backup)
    store = SqliteStore(path)
    store.commit([materialized()])
    store.close()
    shutil.copy(backup, path)
    assert events_in(path) == 5


@pytest.mark.parametrize("note", [b"", b"9 9 9", b"999999999 1", b"\xff" * 80])
def test_a_damaged_note_says_nothing(path: Path, note: bytes) -> None:
    path.with_name(FILES[2]).write_bytes(note)
    assert events_in(path) == 5


def test_a_new_file_has_a_note_of_its_own(path: Path) -> None:
    for name in FILES[:2]:
        path.with_name(name).unlink()
    first = SqliteStore(path)
    assert events_in(path) == 0
    first.close()
