"""The database's tables, as numbered steps, and the one way to bring a file up to date.

``PRAGMA user_version`` holds the number of the last step taken. Each step is one transaction, and
before the first one the file is copied to ``<database>.before-N``, N being the version it then has.
An event's body is kept once, in ``events``; what is folded from it points there. Each commit writes
every page that it changes: the fewer trees a materialization touches, the sooner it is durable.
``sum`` is the row's checksum (see :mod:`assetbook.storage.checksums`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from assetbook.errors import StoreError
from assetbook.storage.made_body import made_of, made_sum

Step: TypeAlias = Sequence[str]

_FIRST: Step = (
    # an id is given inside the one write transaction: ids are in the order of commits
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, run_id TEXT, asset INTEGER,
        partition TEXT, number INTEGER, body BLOB NOT NULL, sum INTEGER NOT NULL) STRICT""",
    "CREATE INDEX events_of_run ON events (run_id) WHERE run_id IS NOT NULL",
    "CREATE INDEX events_of_asset ON events (asset) WHERE asset IS NOT NULL",
    # started and ended are event ids; what a run was asked for is in its first event
    """CREATE TABLE runs (
        started INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
        owner TEXT NOT NULL, ended INTEGER, sum INTEGER NOT NULL) STRICT""",
    "CREATE INDEX live_runs ON runs (started) WHERE status = 'started'",
    # folded is the key's folder in lower case: two such folders are one on some file systems;
    # latest is the event of the latest version without a partition
    """CREATE TABLE assets (
        folded TEXT PRIMARY KEY, text TEXT NOT NULL, id INTEGER NOT NULL,
        versions INTEGER NOT NULL, latest INTEGER, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE partition_state (
        asset INTEGER NOT NULL, partition TEXT NOT NULL, event INTEGER NOT NULL,
        sum INTEGER NOT NULL, PRIMARY KEY (asset, partition)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE check_state (
        asset INTEGER NOT NULL, partition TEXT NOT NULL, name TEXT NOT NULL,
        event INTEGER NOT NULL, sum INTEGER NOT NULL,
        PRIMARY KEY (asset, partition, name)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE observed_state (
        asset INTEGER NOT NULL, partition TEXT NOT NULL, event INTEGER NOT NULL,
        sum INTEGER NOT NULL, PRIMARY KEY (asset, partition)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE logs (
        id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, step TEXT NOT NULL,
        body BLOB NOT NULL, sum INTEGER NOT NULL) STRICT""",
    "CREATE INDEX logs_of_run ON logs (run_id)",
    """CREATE TABLE texts (
        digest TEXT NOT NULL UNIQUE, body TEXT NOT NULL, sum INTEGER NOT NULL) STRICT""",
    """CREATE TABLE snapshots (
        id INTEGER PRIMARY KEY, location TEXT NOT NULL, at REAL NOT NULL,
        body BLOB NOT NULL, sum INTEGER NOT NULL) STRICT""",
    "CREATE INDEX snapshots_of_location ON snapshots (location)",
)

_DOOMED: Step = (
    # files that may not be named by a later commit: they are gone, or will be any moment
    """CREATE TABLE doomed (
        path TEXT PRIMARY KEY, at REAL NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
)

_KEPT_VERSIONS: Step = (
    # versions that retention must leave; event is the one that said so
    """CREATE TABLE kept_versions (
        asset INTEGER NOT NULL, number INTEGER NOT NULL, event INTEGER NOT NULL,
        sum INTEGER NOT NULL, PRIMARY KEY (asset, number)) STRICT, WITHOUT ROWID""",
)

_SOURCES: Step = (
    # what snapshots and bundles hold, by digest; parts are digests with spaces between them, each
    # of a compressed text that several contents share; at is when it was stored last
    """CREATE TABLE contents (
        digest TEXT PRIMARY KEY, kind TEXT NOT NULL, location TEXT NOT NULL, body TEXT NOT NULL,
        parts TEXT NOT NULL, at REAL NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE parts (
        digest TEXT NOT NULL UNIQUE, body BLOB NOT NULL, sum INTEGER NOT NULL) STRICT""",
    # the bundle that a location runs; an empty snapshot is none
    """CREATE TABLE pins (
        location TEXT PRIMARY KEY, bundle TEXT NOT NULL, snapshot TEXT NOT NULL, at REAL NOT NULL,
        by TEXT NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
)

_TURNS: Step = (
    # runs that wait are on their way too
    "DROP INDEX live_runs",
    "CREATE INDEX live_runs ON runs (started) WHERE ended IS NULL",
    # steps that have a slot of their pool, or wait for one, in the order of their tickets
    """CREATE TABLE pool_slots (
        ticket INTEGER PRIMARY KEY, pool TEXT NOT NULL, run_id TEXT NOT NULL, step TEXT NOT NULL,
        priority INTEGER NOT NULL, taken INTEGER NOT NULL, sum INTEGER NOT NULL,
        UNIQUE (run_id, step)) STRICT""",
)

_AUTOMATION: Step = (
    # instants that are part of a key are whole microseconds
    """CREATE TABLE automations (
        automation TEXT PRIMARY KEY, turned INTEGER, since INTEGER, pin TEXT NOT NULL, cursor TEXT,
        evaluated INTEGER, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE ticks (
        automation TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL,
        started INTEGER, ended INTEGER, zone TEXT NOT NULL, logs TEXT NOT NULL,
        run_ids TEXT NOT NULL, sum INTEGER NOT NULL,
        PRIMARY KEY (automation, at)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ticks_by_instant ON ticks (at, automation)",
    # what ticks ask for; run_id is kept for the run
    """CREATE TABLE run_requests (
        id INTEGER PRIMARY KEY, automation TEXT NOT NULL, at INTEGER NOT NULL,
        run_id TEXT NOT NULL UNIQUE, run_key TEXT, launch TEXT NOT NULL, state TEXT NOT NULL,
        message TEXT NOT NULL, sum INTEGER NOT NULL, UNIQUE (automation, run_key)) STRICT""",
    "CREATE INDEX waiting_requests ON run_requests (id) WHERE state = 'waiting'",
    # one row; an empty holder is nobody, but its token stays
    """CREATE TABLE daemon_lease (
        one INTEGER PRIMARY KEY CHECK (one = 1), holder TEXT NOT NULL, token INTEGER NOT NULL,
        heartbeat INTEGER NOT NULL, acquired INTEGER NOT NULL, renewed INTEGER NOT NULL,
        sum INTEGER NOT NULL) STRICT""",
    """CREATE TABLE backfills (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
        asked TEXT NOT NULL, created INTEGER NOT NULL, by TEXT NOT NULL, policy TEXT NOT NULL,
        plan TEXT NOT NULL, bundle TEXT, ended INTEGER, message TEXT NOT NULL,
        sum INTEGER NOT NULL) STRICT""",
    """CREATE TABLE backfill_chunks (
        backfill TEXT NOT NULL, ordinal INTEGER NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL,
        run_id TEXT, sum INTEGER NOT NULL,
        PRIMARY KEY (backfill, ordinal)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX chunks_by_state ON backfill_chunks (backfill, state)",
    """CREATE TABLE dynamic_partitions (
        name TEXT NOT NULL, key TEXT NOT NULL, ordinal INTEGER NOT NULL, sum INTEGER NOT NULL,
        PRIMARY KEY (name, key)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX dynamic_partitions_in_order ON dynamic_partitions (name, ordinal)",
    # event is the failure of the last step that was to make it; by key, for there may be no asset
    """CREATE TABLE failed_state (
        key TEXT NOT NULL, partition TEXT NOT NULL, event INTEGER NOT NULL, sum INTEGER NOT NULL,
        PRIMARY KEY (key, partition)) STRICT, WITHOUT ROWID""",
    # body says what made the version, for whoever looks at very many; its sum is of that alone
    "ALTER TABLE partition_state RENAME TO partition_state_before",
    """CREATE TABLE partition_state (
        asset INTEGER NOT NULL, partition TEXT NOT NULL, event INTEGER NOT NULL,
        body BLOB NOT NULL, sum INTEGER NOT NULL,
        PRIMARY KEY (asset, partition)) STRICT, WITHOUT ROWID""",
    """INSERT INTO partition_state SELECT asset, partition, event, made, made_sum(made) FROM (
        SELECT before.asset, before.partition, before.event, made_of(
            before.asset, before.partition, before.event, before.sum,
            event.id, event.kind, event.run_id, event.asset, event.partition, event.number,
            event.body, event.sum) AS made
        FROM partition_state_before AS before LEFT JOIN events AS event ON event.id = before.event
        LIMIT -1)""",
    "DROP TABLE partition_state_before",
)

STEPS: tuple[Step, ...] = (_FIRST, _DOOMED, _KEPT_VERSIONS, _SOURCES, _TURNS, _AUTOMATION)
"""The steps, from an empty file on: ``STEPS[0]`` makes version 1."""


def schema_version(connection: sqlite3.Connection) -> int:
    """The schema version of the open file; 0 for an empty one."""
    ((version,),) = connection.execute("PRAGMA user_version")
    return int(version)


def is_current(connection: sqlite3.Connection, path: Path, steps: Sequence[Step] = STEPS) -> bool:
    """Whether the file has the newest version; raises StoreError if it has a newer one."""
    version = schema_version(connection)
    if version > len(steps):
        raise StoreError(
            f"opening {path}",
            f"it was written by a newer assetbook (schema {version}; this one knows {len(steps)})",
            "Upgrade assetbook here: pip install --upgrade assetbook",
        )
    return version == len(steps)


def migrate(connection: sqlite3.Connection, path: Path, steps: Sequence[Step] = STEPS) -> None:
    """Takes the steps that are missing. The caller holds the write lock.

    A crash in the middle leaves the file at one of the versions, and the copy beside it.
    """
    version = schema_version(connection)
    if 0 < version < len(steps):
        back_up(connection, path.with_name(f"{path.name}.before-{version}"))
    for number in range(version, len(steps)):
        _take(connection, steps[number], number + 1)


def migrated_copy(connection: sqlite3.Connection, steps: Sequence[Step] = STEPS) -> bytes:
    """A copy of an open older database, brought up to date, for ``deserialize``; the file stays
    as it is."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        connection.backup(copy)
        for number in range(schema_version(copy), len(steps)):
            _take(copy, steps[number], number + 1)
        whole = copy.serialize()
    # memory has no write-ahead log: the two bytes that ask for one say "rollback journal"
    return whole[:18] + b"\x01\x01" + whole[20:]


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copies the open database to ``target``, which then is whole or not there at all."""
    unfinished = target.with_name(f"{target.name}.new")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished)) as copy:
        connection.backup(copy)
    unfinished.replace(target)


def _take(connection: sqlite3.Connection, step: Step, version: int) -> None:
    connection.create_function("made_of", -1, made_of, deterministic=True)
    connection.create_function("made_sum", 1, made_sum, deterministic=True)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in step:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
