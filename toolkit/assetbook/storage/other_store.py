"""Another store's database, read and never written: not a byte of it, nor a file beside it.

While some process has it open, SQLite's shared memory is there and tells what is committed; it is
mapped read-only. Where the log is empty the file alone holds everything: it is read as it is, and
again if somebody came meanwhile. A log without shared memory, as a process leaves it that is killed
while it closes, is read in a copy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from msgspec import structs

from assetbook.errors import StoreError
from assetbook.keys import AssetKey, PartitionKey
from assetbook.storage.connection import connect, opening, read_only
from assetbook.storage.failures import explain
from assetbook.storage.filesystems import refuse_shared
from assetbook.storage.queries import Query
from assetbook.storage.schema import is_current, migrated_copy
from assetbook.storage.sqlite_reading import SqliteReading
from assetbook.storage.store import StoredEvent, Version

T = TypeVar("T")
_PATIENCE = 3.0  # seconds in which it has to be read once between two writers' comings and goings
_AGAIN = 0.005
_QUIET = 100_000_000  # nanoseconds: file systems note times no finer than some milliseconds
_LOG_HEADER = 32  # bytes, before the first commit of a log: https://sqlite.org/fileformat2.html
_Look = tuple[tuple[int, ...], ...]


class OtherStore(SqliteReading):
    """The store called ``name`` whose database is at ``path``, for reading alone.

    Where there is no such file, as on a network folder that is not mounted, it holds nothing, and
    is looked for again each time. A store of an older schema is read through a copy in memory.
    """

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(path.absolute())
        self.name = name
        self._copy: tuple[_Look, bytes] | None = None
        self._device: int | None = None

    @property
    def is_there(self) -> bool:
        """Whether its database is there now."""
        return self.path.exists()

    def latest(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, Version]:
        """See :meth:`assetbook.storage.store.StateView.latest`; the versions name this store."""
        found = super().latest(keys, partition)
        return {key: version.seen_in(self.name) for key, version in found.items()}

    def versions(self, key: AssetKey, *, newest: int | None = None) -> list[Version]:
        """See :meth:`assetbook.storage.store.StateView.versions`; they name this store."""
        return [each.seen_in(self.name) for each in super().versions(key, newest=newest)]

    def observed(
        self, keys: Collection[AssetKey] | None = None, partition: PartitionKey | None = None
    ) -> dict[AssetKey, StoredEvent]:
        """See :meth:`assetbook.storage.store.StateView.observed`; the events name this store."""
        found = super().observed(keys, partition)
        return {key: structs.replace(stored, store=self.name) for key, stored in found.items()}

    def latest_of_partitions(
        self,
        keys: Collection[AssetKey] | None = None,
        among: Collection[PartitionKey] | None = None,
    ) -> dict[AssetKey, dict[PartitionKey, Version]]:
        """See :meth:`PartitionStates.latest_of_partitions`; the versions name this store."""
        found = super().latest_of_partitions(keys, among)
        return {
            key: {each: version.seen_in(self.name) for each, version in some.items()}
            for key, some in found.items()
        }

    def observed_of_partitions(
        self, keys: Collection[AssetKey] | None = None
    ) -> dict[AssetKey, dict[PartitionKey, StoredEvent]]:
        """See :meth:`PartitionStates.observed_of_partitions`; the events name this store."""
        found = super().observed_of_partitions(keys)
        return {
            key: {each: structs.replace(stored, store=self.name) for each, stored in some.items()}
            for key, some in found.items()
        }

    def _read(self, query: Query[T]) -> list[T]:
        until = time.monotonic() + _PATIENCE
        while True:
            before = self._look()
            if not before:
                return []
            try:
                if _is_readable(before) or _is_quiet(before):
                    rows = self._rows(query, before)
                    # with shared memory SQLite itself saw to it that the rows are of one commit
                    if _is_open(before) or self._look() == before:
                        return query.records(rows, self.path)
            except FileNotFoundError:
                pass  # the log that was to be copied: somebody closes the database
            except sqlite3.Error as error:
                settled = self._look() == before and not _passes(error)
                if settled or time.monotonic() > until:
                    raise self._explained(error) from error
            if time.monotonic() > until:
                raise self._unsettled()
            time.sleep(_AGAIN)

    def _rows(self, query: Query[T], look: _Look) -> list[tuple[object, ...]]:
        with self._connection(look) as connection:
            return connection.execute(query.sql, query.parameters).fetchall()

    @contextmanager
    def _connection(self, look: _Look) -> Iterator[sqlite3.Connection]:
        """A connection to the database, or to its copy in this version's schema."""
        if self._device != look[0][0]:
            refuse_shared(self.path.parent)
            self._device = look[0][0]
        if not _is_readable(look) and (self._copy is None or self._copy[0] != look):
            self._copy = look, self._recovered()
        if self._copy is None or self._copy[0] != look:
            with opening, closing(read_only(self.path, in_use=_is_open(look))) as connection:
                if is_current(connection, self.path):
                    yield connection
                    return
                self._copy = look, migrated_copy(connection)
        with closing(sqlite3.connect(":memory:")) as copy:
            copy.deserialize(self._copy[1])
            yield copy

    def _recovered(self) -> bytes:
        """The database with what its log holds, by way of a copy that SQLite may change."""
        try:
            with TemporaryDirectory(prefix="assetbook-") as folder:
                copied = Path(folder, self.path.name)
                for ending in ("-wal", ""):
                    shutil.copyfile(f"{self.path}{ending}", f"{copied}{ending}")
                with closing(connect(copied, wait=_PATIENCE)) as connection:
                    is_current(connection, self.path)
                    return migrated_copy(connection)
        except FileNotFoundError:
            raise  # somebody closes the database
        except OSError as error:
            raise StoreError(
                f"reading the store `{self.name}` ({self.path})",
                f"it was left open, and cannot be copied: {error.strerror or error}",
                f"Open it once by itself (`assetbook --store {self.name}`), or make room where "
                "TMPDIR is and let this user read its folder.",
            ) from error

    def _look(self) -> _Look:
        """What tells the database's files from other ones; empty if it is not there."""
        found: list[tuple[int, ...]] = []
        for ending in ("", "-wal", "-shm"):
            try:
                status = os.stat(f"{self.path}{ending}")  # noqa: PTH116 - twice as fast
            except (FileNotFoundError, NotADirectoryError):
                found.append(())
            except OSError as error:
                raise self._unreadable(error.strerror or str(error)) from error
            else:
                is_empty_log = ending == "-wal" and status.st_size <= _LOG_HEADER
                size = (status.st_size, status.st_mtime_ns)
                found.append(() if is_empty_log else (status.st_dev, status.st_ino, *size))
        return tuple(found) if found[0] else ()

    def _explained(self, error: sqlite3.Error) -> StoreError:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _UNREADABLE:
            return self._unreadable(str(error))
        return explain(error, self.path, "reading")

    def _unsettled(self) -> StoreError:
        asked = f"reading the store `{self.name}` ({self.path})"
        return StoreError(
            asked, "it was opened and closed all the time", "Read it again in a moment."
        )

    def _unreadable(self, found: str) -> StoreError:
        return StoreError(
            f"reading the store `{self.name}` ({self.path})",
            found,
            f"Let this user read {self.path.parent} and all in it, or take `read_through` out of "
            "[tool.assetbook].",
        )


_PASSING = frozenset({sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_UNREADABLE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY})


def _passes(error: sqlite3.Error) -> bool:
    """Whether it only says that somebody was opening or closing the database at that moment."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING


def _is_readable(look: _Look) -> bool:
    """Whether all that is committed can be read without writing."""
    return _is_open(look) or not look[1]


def _is_open(look: _Look) -> bool:
    """Whether somebody has the database open, or had when his process died, and wrote to it.

    A log of a header alone is none: with it, and nobody alive, SQLite finds no way to read.
    """
    return bool(look[1] and look[2])


def _is_quiet(look: _Look) -> bool:
    """Whether the file and its log were last written so long ago that more would show."""
    return time.time_ns() - max(each[-1] for each in look[:2] if each) > _QUIET
