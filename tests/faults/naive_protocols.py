"""Protocols that look right and lose data: the controls, which the same tests must catch."""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from assetbook.io import folders, key_file, log_files, new_file, remote_values, value_files
from assetbook.io.cloud_objects import CloudObjects
from assetbook.io.forms import StoredForm
from assetbook.io.hashing_file import HashingFile, integrity_of
from assetbook.storage import database
from assetbook.storage.sqlite_store import SqliteStore


def take(name: str) -> None:
    """Makes this process use the protocol of that name."""
    PROTOCOLS[name]()


def _stay() -> None:
    """What assetbook does."""


def _value_in_place_then_event() -> None:
    """One file an asset, written over, and then recorded."""
    value_files.file_name = _one_name
    value_files.write_new_file = _write_over


def _event_then_value_in_place() -> None:
    """The same, but recorded first: the value is written after its event is committed."""
    value_files.file_name = _one_name
    late: list[Callable[[], object]] = []
    commit = SqliteStore.commit

    def write_late(form: StoredForm, folder: int, name: str) -> tuple[str, int]:
        place = os.dup(folder)
        late.append(lambda: _write_over(form, place, name))
        return _hashed(form)

    def commit_first(self: SqliteStore, *given: Any, **named: Any) -> Any:
        receipt = commit(self, *given, **named)
        while late:
            late.pop()()
        return receipt

    value_files.write_new_file = write_late
    SqliteStore.commit = commit_first


def _interrupts_as_they_come() -> None:
    """A second interrupt is raised amid what the first has begun to end."""
    from assetbook.kernels import notebook_run  # loads nbformat

    notebook_run.FirstInterrupt = nullcontext  # type: ignore[misc,assignment]


def _no_fence() -> None:
    """Commits whatever has become of the run meanwhile."""
    commit = SqliteStore.commit

    def commit_always(self: SqliteStore, events: Any, **fence: Any) -> Any:
        return commit(self, events)

    SqliteStore.commit = commit_always


def _folders_not_synced() -> None:
    """Makes folders and files in them, and leaves it to the system when they are to last."""
    database.sync_path = lambda path: None
    key_file.sync_path = lambda path: None
    folders._keep = lambda folder, above: None


def _one_object_then_event() -> None:
    """One object an asset, sent over the one before, and then recorded."""
    value_files.file_name = _one_name
    value_files.write_new_file = _write_over

    def put(self: CloudObjects, name: str, file: Path) -> None:
        self._obstore.put(self._store, self._prefix + name, file)

    CloudObjects.put_new = put


def _event_then_object() -> None:
    """Objects of new names, but sent after their events are committed."""
    late: list[Callable[[], object]] = []
    send, commit = remote_values._send, SqliteStore.commit

    def commit_first(self: SqliteStore, *given: Any, **named: Any) -> Any:
        receipt = commit(self, *given, **named)
        while late:
            late.pop()()
        return receipt

    remote_values._send = lambda *given: late.append(lambda: send(*given))
    SqliteStore.commit = commit_first


def _not_looked_at() -> None:
    """Takes what was sent without an error for what arrived."""
    remote_values._has_arrived = lambda *given: True


def _log_not_synced() -> None:
    """SQLite's usual advice for a write-ahead log: commits are synced when it is checkpointed."""
    connect = database.connect

    def connect_lightly(path: Path, *, wait: float) -> sqlite3.Connection:
        connection = connect(path, wait=wait)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    database.connect = connect_lightly


def _values_not_synced() -> None:
    """Leaves it to the system when a value's bytes are to last."""
    new_file._sync = lambda descriptor: None


def _names_not_synced() -> None:
    """Leaves it to the system when a value's name is to last."""
    new_file._sync_folder = lambda folder: None


def _writes_not_checked() -> None:
    """Takes it that what was handed to the system was written."""
    write = HashingFile.write

    def write_carelessly(self: HashingFile, data: Any) -> int:
        with suppress(OSError):
            write(self, data)
        return len(data)

    HashingFile.write = write_carelessly


UNSYNCED: dict[str, Callable[[], None]] = {
    "log not synced": _log_not_synced,
    "values not synced": _values_not_synced,
    "names not synced": _names_not_synced,
}
IN_PLACE: dict[str, Callable[[], None]] = {
    "value in place, then event": _value_in_place_then_event,
    "event, then value in place": _event_then_value_in_place,
}
REMOTE: dict[str, Callable[[], None]] = {
    "one object, then event": _one_object_then_event,
    "event, then object": _event_then_object,
}


def _logs_until_full() -> None:
    """Log files take whatever room there is."""
    log_files._fits = lambda descriptor, size: True


PROTOCOLS = {
    "assetbook": _stay,
    "interrupts as they come": _interrupts_as_they_come,
    "no fence": _no_fence,
    "writes not checked": _writes_not_checked,
    "folders not synced": _folders_not_synced,
    "not looked at": _not_looked_at,
    "logs until the disk is full": _logs_until_full,
    **IN_PLACE,
    **REMOTE,
    **UNSYNCED,
}


def _one_name(run_id: str, partition: str | None, attempt: int) -> str:
    return "latest"


def _write_over(form: StoredForm, folder: int, name: str) -> tuple[str, int]:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600, dir_fd=folder)
    try:
        file = HashingFile(descriptor)
        form.write(file)  # type: ignore[arg-type]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return file.integrity, file.size


def _hashed(form: StoredForm) -> tuple[str, int]:
    file = io.BytesIO()
    form.write(file)
    return integrity_of(file.getvalue()), len(file.getvalue())
