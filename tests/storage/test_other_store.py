"""Another store is read as it stands, whoever writes it, and nothing of it is ever changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.contracts.store import ORDERS, RICH_EVENTS, materialized

from assetbook.errors import StoreError
from assetbook.storage import other_store
from assetbook.storage.other_store import OtherStore
from assetbook.storage.sqlite_store import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "prod" / "assetbook.db"


def files_beside(path: Path) -> dict[str, str]:
    """The content of every file in the store's folder."""
    return {
        each.name: hashlib.sha256(each.read_bytes()).hexdigest()
        for each in sorted(path.parent.iterdir())
    }


def newest(store: OtherStore) -> int | None:
    found = store.latest().get(ORDERS)
    return found.number if found is not None else None


@pytest.mark.parametrize("killed", [False, True])
def test_an_open_store_is_read_and_left_as_it_is(path: Path, killed: bool) -> None:
    reading, writing = os.pipe()
    writer = os.fork()
    if not writer:
        SqliteStore(path).commit(RICH_EVENTS)
        os.write(writing, b".")
        signal.pause()
    assert os.read(reading, 1) == b"."
    if killed:
        end(writer)
    before = files_beside(path)
    assert {"assetbook.db-wal", "assetbook.db-shm"} <= before.keys()
    other = OtherStore("prod", path)
    assert tuple(each.event for each in other.events()) == RICH_EVENTS
    [version] = other.versions(ORDERS)
    assert (version.name, version.event) == ("prod:1", RICH_EVENTS[2])
    assert files_beside(path) == before
    if not killed:
        end(writer)


def end(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def test_a_closed_store_is_read_and_left_as_it_is(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        store.commit(RICH_EVENTS)
    before = files_beside(path)
    assert "assetbook.db-shm" not in before
    assert len(OtherStore("prod", path).events()) == len(RICH_EVENTS)
    assert files_beside(path) == before


def test_a_store_is_read_and_then_written_by_one_process(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        store.commit([materialized()])
        other = OtherStore("prod", path)
        assert newest(other) == 1
    assert newest(other) == 1
    stop = threading.Event()
    reader = threading.Thread(target=lambda: [newest(other) for _ in iter(stop.is_set, True)])
    reader.start()
    try:
        for number in range(2, 12):
            with closing(SqliteStore(path)) as store:
                store.commit([materialized()])
            assert newest(other) == number
    finally:
        stop.set()
        reader.join()


def test_a_store_that_is_not_there_holds_nothing(path: Path) -> None:
    other = OtherStore("prod", path)
    assert not other.is_there
    assert other.latest() == {} and other.events() == []
    assert not path.parent.exists()
    with closing(SqliteStore(path)) as store:
        store.commit([materialized()])
    assert other.is_there and newest(other) == 1


OLDER = """
DROP TABLE doomed; DROP TABLE kept_versions;
DROP TABLE contents; DROP TABLE parts; DROP TABLE pins;
DROP TABLE pool_slots;
DROP TABLE automations; DROP TABLE ticks; DROP TABLE run_requests; DROP TABLE daemon_lease;
DROP TABLE backfills; DROP TABLE backfill_chunks; DROP TABLE dynamic_partitions;
DROP TABLE failed_state; DROP TABLE partition_state;
CREATE TABLE partition_state (
    asset INTEGER NOT NULL, partition TEXT NOT NULL, event INTEGER NOT NULL,
    sum INTEGER NOT NULL, PRIMARY KEY (asset, partition)) STRICT, WITHOUT ROWID;
DROP INDEX live_runs;
CREATE INDEX live_runs ON runs (started) WHERE status = 'started';
PRAGMA user_version = 1
"""


def test_a_store_of_an_older_schema_is_read(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        store.commit([materialized()])
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLDER)
    before = files_beside(path)
    other = OtherStore("prod", path)
    assert newest(other) == 1
    assert other.kept() == {} and other.doomed() == {} and other.pins() == {}
    assert files_beside(path) == before


def test_a_store_of_a_newer_schema_is_refused(path: Path) -> None:
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match=r"newer assetbook .*\nUpgrade assetbook here"):
        OtherStore("prod", path).latest()


@pytest.mark.parametrize("older", [False, True])
def test_a_log_without_its_shared_memory_is_read(path: Path, tmp_path: Path, older: bool) -> None:
    copied = tmp_path / "copied" / path.name
    copied.parent.mkdir()
    with closing(SqliteStore(path)) as store:
        store.commit([materialized()])
        if older:
            with closing(sqlite3.connect(path)) as connection:
                connection.executescript(OLDER)
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", f"{copied}{ending}")
    before = files_beside(copied)
    other = OtherStore("prod", copied)
    assert newest(other) == 1
    assert newest(other) == 1
    assert files_beside(copied) == before
    with closing(SqliteStore(copied)) as store:
        store.commit([materialized()])
        assert newest(other) == 2


def test_a_copy_that_has_no_room_says_so(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "copied" / path.name
    copied.parent.mkdir()
    with closing(SqliteStore(path)) as store:
        store.commit([materialized()])
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", f"{copied}{ending}")
    full = tmp_path / "full"
    full.mkdir()
    monkeypatch.setattr(other_store, "TemporaryDirectory", lambda **given: FullFolder(full))
    with pytest.raises(StoreError, match=r"No space left.*\n.*`assetbook --store prod`.*TMPDIR"):
        newest(OtherStore("prod", copied))


class FullFolder:
    """A folder in which each file that is made is a disk without room."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> str:
        for ending in ("", "-wal"):
            (self._folder / f"assetbook.db{ending}").symlink_to("/dev/full")
        return str(self._folder)

    def __exit__(self, *given: object) -> None:
        return


def test_a_writer_killed_before_its_first_commit_leaves_a_readable_store(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        store.commit([materialized()])
    log = path.with_name(f"{path.name}-wal")
    writer = os.fork()
    if not writer:
        with closing(SqliteStore(path)) as store:
            store.commit([materialized()])
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(writer, 0)
    os.truncate(log, 32)  # its header, which SQLite syncs before anything follows it
    before = files_beside(path)
    assert newest(OtherStore("prod", path)) == 1
    assert files_beside(path) == before


def read_as_another_user(path: Path) -> str:
    """What a user reads who has no rights but those that files give to all; or the error."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        if os.getuid() == 0:
            os.setgroups([])
            os.setuid(65534)
        try:
            said = str([each.name for each in OtherStore("prod", path).latest().values()])
        except StoreError as error:
            said = str(error)
        os.write(writing, said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return pipe.read()


@pytest.fixture
def open_place() -> Iterator[Path]:
    """The place of a database in a folder that every user may enter."""
    with TemporaryDirectory(prefix="assetbook-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "prod" / "assetbook.db"
        (Path(folder) / "prod").chmod(0o700)


@pytest.mark.parametrize("in_use", [True, False])
def test_rights_to_read_are_enough(open_place: Path, in_use: bool) -> None:
    store = SqliteStore(open_place)
    store.commit([materialized(), materialized()])
    if not in_use:
        store.close()
    for each in open_place.parent.iterdir():
        each.chmod(0o444)
    open_place.parent.chmod(0o555)
    assert read_as_another_user(open_place) == "['prod:2']"
    store.close()


def test_without_rights_the_remedy_names_the_folder(open_place: Path) -> None:
    with closing(SqliteStore(open_place)) as store:
        store.commit([materialized()])
    open_place.parent.chmod(0o000)
    assert f"Let this user read {open_place.parent}" in read_as_another_user(open_place)
