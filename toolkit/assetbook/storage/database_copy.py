"""A copy of a database as it was at one moment, taken while others write.

The copy is a database of its own that nobody else has open: it is used by one connection, also on a
file system that has no shared memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from assetbook.errors import StoreError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import ValueRef
from assetbook.events.run_events import RunEnded
from assetbook.storage.bodies import EventRow, event_of
from assetbook.storage.connection import connect
from assetbook.storage.damage import damage_in
from assetbook.storage.database import sync_path
from assetbook.storage.database_names import KINDS
from assetbook.storage.doomed_files import doom, is_doomed
from assetbook.storage.failures import explain
from assetbook.storage.fold import Folding
from assetbook.storage.process_identity import current_process
from assetbook.storage.state_rows import columns_of

_AT_ONCE = 500  # pages: a few milliseconds, after which an interrupt is seen
_WAIT = 10.0
_LEFT = ("-wal", "-shm", "-turn", "-pen", "-journal")


def take_copy(source: Path, target: Path) -> None:
    """Writes the database ``source`` as it is now to ``target``, which must not exist.

    Writers go on meanwhile: what they commit is not in it. Raises StoreError if it cannot be read
    or written.
    """
    try:
        with closing(connect(source, wait=_WAIT)) as reader, closing(_alone(target)) as writer:
            reader.execute("PRAGMA query_only = ON")
            # the snapshot of this transaction: else each commit of others would start it over
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            reader.backup(writer, pages=_AT_ONCE, progress=_give_way)
            reader.execute("COMMIT")
    except sqlite3.Error as error:
        raise explain(error, target, "copying to") from error


class DatabaseCopy:
    """A copy that is being finished. ``opened_copy`` makes one."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    def references(self) -> dict[str, ValueRef]:
        """The value files that its versions name and that were not let go, by path."""
        found: dict[str, ValueRef] = {}
        for event in self._materialized():
            value = event.value
            if value is not None and value.path is not None:
                found[value.path] = value
        return {path: each for path, each in found.items() if not is_doomed(self._connection, path)}

    @property
    def newest(self) -> int:
        """The event of the newest version; 0 if there is none."""
        kind = KINDS[AssetMaterialized]
        ((newest,),) = self._connection.execute(
            "SELECT max(id) FROM events WHERE kind = ?", (kind,)
        ).fetchall()
        return int(newest or 0)

    def settle(self, gone: Collection[str], at: datetime) -> int:
        """How many runs were on their way: in the copy they have failed, for nobody goes on there.

        ``gone`` are files that were let go since it was taken.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        doom(self._connection, gone, at)
        started = self._connection.execute("SELECT id FROM runs WHERE ended IS NULL")
        runs = [run_id for (run_id,) in started.fetchall()]
        why = "it was on its way when this copy of the store was made"
        ends = [RunEnded(at=at, run_id=run, status="failed", message=why) for run in runs]
        Folding(self._connection, current_process().text, self.path).fold(ends)
        self._connection.execute("COMMIT")
        return len(runs)

    def damage(self) -> list[str]:
        """What is not as it was written, a sentence each."""
        return list(damage_in(self._connection, self.path))

    def _materialized(self) -> Iterator[AssetMaterialized]:
        rows = self._connection.execute(
            f"SELECT {columns_of(EventRow, 'events')} FROM events WHERE kind = ? ORDER BY id",
            (KINDS[AssetMaterialized],),
        )
        for row in rows.fetchall():
            event = event_of(EventRow(*row), self.path)
            if isinstance(event, AssetMaterialized):
                yield event


@contextmanager
def opened_copy(path: Path) -> Iterator[DatabaseCopy]:
    """A copy to be looked at and finished; all of it is in its one file, and lasts, at the end.

    Raises StoreError if it cannot be read or written, or if somebody else has it open.
    """
    try:
        with closing(_alone(path)) as connection:
            yield DatabaseCopy(connection, path)
            ((busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error as error:
        raise explain(error, path, "copying to") from error
    if busy:
        raise StoreError(
            f"copying to {path}", "somebody has the copy there open", "End what reads it."
        )
    sync_path(path)


def remove_beside(path: Path) -> None:
    """Removes what SQLite and our locks leave beside a database that nobody has open."""
    for ending in _LEFT:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _give_way(status: int, left: int, of: int) -> None:
    pass


def _alone(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=1.0)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection
