"""The daemon's lease goes over when its holder is dead or stands, and at no other time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assetbook.clock import ManualClock
from assetbook.errors import ConflictError
from assetbook.storage.lease import Lease
from assetbook.storage.process_identity import activity, current_process
from assetbook.storage.sqlite_store import SqliteStore

HOLDER = """
import sys, time
from pathlib import Path
from assetbook.storage.process_identity import current_process
from assetbook.storage.sqlite_store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
store.acquire_lease(current_process())
print("holds it", flush=True)
time.sleep(60)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "assetbook.db", clock=ManualClock())) as store:
        yield store


@pytest.fixture
def holder(store: SqliteStore) -> Iterator[subprocess.Popen[str]]:
    program = [sys.executable, "-c", HOLDER, str(store.path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holds it\n"
        yield process
        process.kill()


def held(store: SqliteStore) -> Lease:
    """The lease, which somebody has."""
    lease = store.lease()
    assert lease is not None
    return lease


def test_a_holder_that_was_killed_loses_it_at_once(
    store: SqliteStore, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(ConflictError, match=f"process {holder.pid} on"):
        store.acquire_lease(current_process(), unchanged=held(store))
    holder.kill()
    holder.wait()
    assert store.acquire_lease(current_process()).token == 2


def test_a_holder_that_stands_loses_it_after_a_whole_lease(
    store: SqliteStore, holder: subprocess.Popen[str]
) -> None:
    os.kill(holder.pid, signal.SIGSTOP)
    seen = held(store)
    while not (doing := activity(seen.holder)) or not doing.stopped:
        time.sleep(0.01)
    with pytest.raises(ConflictError, match=f"process {holder.pid} on"):
        store.acquire_lease(current_process())
    taken = store.acquire_lease(current_process(), unchanged=seen)
    os.kill(holder.pid, signal.SIGCONT)
    with pytest.raises(ConflictError, match="has taken over"):
        store.renew_lease(seen)
    assert held(store) == taken
    assert taken.acquired_at == ManualClock().now()


def test_a_token_outlives_the_process(store: SqliteStore) -> None:
    store.release_lease(store.acquire_lease(current_process()))
    with closing(SqliteStore(store.path)) as again:
        assert again.lease() is None
        assert again.acquire_lease(current_process()).token == 2
