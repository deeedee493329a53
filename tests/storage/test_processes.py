"""One file, several processes: nothing lost, nothing twice, nobody starved, forks and kills."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.contracts.store import NOON, ORDERS, RUN, materialized, printed, started

from assetbook.errors import StoreError
from assetbook.keys import AssetKey
from assetbook.storage.sqlite_store import SqliteStore

# newer Pythons warn of what is tested here: a fork beside other threads
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "assetbook.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def ended_well(child: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_commits_of_two_processes_are_all_kept(path: Path, tmp_path: Path) -> None:
    def write(name: str) -> Callable[[], None]:
        def work() -> None:
            store = SqliteStore(path)
            acknowledged = []
            for _ in range(200):
                receipt = store.commit([materialized(name), materialized()])
                acknowledged += [f"{each} {time.monotonic()}" for each in receipt.event_ids]
            (tmp_path / name).write_text("\n".join(acknowledged))
            store.close()

        return work

    SqliteStore(path).close()
    children = [fork(write(name)) for name in ("a", "b")]
    assert [ended_well(child) for child in children].count(False) == 0
    acknowledged = {
        name: [line.split() for line in (tmp_path / name).read_text().splitlines()]
        for name in ("a", "b")
    }
    ids = [int(event_id) for lines in acknowledged.values() for event_id, _ in lines]
    store = SqliteStore(path)
    assert sorted(ids) == [stored.id for stored in store.events()] == list(range(1, 801))
    assert [each.number for each in store.versions(ORDERS)] == list(range(400, 0, -1))
    assert not starved(acknowledged["a"], acknowledged["b"])
    store.close()


def starved(one: list[list[str]], other: list[list[str]]) -> bool:
    """Whether, while both were writing, one of them got less than a fifth of the commits."""
    times = [[float(at) for _, at in lines] for lines in (one, other)]
    begin, end = max(each[0] for each in times), min(each[-1] for each in times)
    counts = [sum(begin <= at <= end for at in each) for each in times]
    return sum(counts) > 100 and min(counts) * 5 < sum(counts)


def test_a_reader_that_follows_misses_no_event(store: SqliteStore, path: Path) -> None:
    def write() -> None:
        own = SqliteStore(path)
        for number in range(100):
            own.later([printed("x"), started(f"{os.getpid()}-{number}")])
            own.commit([materialized(), materialized("raw")])
        own.close()

    children = [fork(write) for _ in range(3)]
    seen: list[int] = []
    until = time.monotonic() + 30
    while len(seen) < 900 and time.monotonic() < until:
        seen += [each.id for each in store.events(after=seen[-1] if seen else 0)]
    assert [ended_well(child) for child in children].count(False) == 0
    assert seen == [each.id for each in store.events()] == list(range(1, 901))


def test_a_forked_child_has_connections_of_its_own(store: SqliteStore, path: Path) -> None:
    store.commit([started()])
    store.later([printed("of the parent")])
    inherited = store._database._writer

    def work() -> None:
        assert store._database._writer is None
        store.later([printed("of the child")])
        assert store.commit([materialized()], fence=RUN).numbers == {("orders", None): 1}
        assert store._database._writer is not inherited
        assert [each.record.text for each in store.logs(RUN)][-1] == "of the child"
        store.close()

    assert ended_well(fork(work))
    assert store.commit([materialized()]).numbers == {("orders", None): 2}
    texts = [each.record.text for each in store.logs(RUN)]
    assert sorted(texts) == ["of the child", "of the parent"]
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_fork_amid_commits_of_a_thread_works(store: SqliteStore) -> None:
    def commit_on() -> None:
        while not enough.is_set():
            store.commit([materialized("parent")])

    enough = threading.Event()
    thread = threading.Thread(target=commit_on)
    thread.start()
    for _ in range(5):
        assert ended_well(fork(lambda: store.commit([materialized("child")])))
    enough.set()
    thread.join()
    assert store.versions(AssetKey("child"))[0].number == 5
    parents = store.versions(AssetKey("parent"))
    assert [each.number for each in parents] == list(range(len(parents), 0, -1))


def test_closing_waits_for_a_thread_that_writes(store: SqliteStore) -> None:
    def commit_on() -> None:
        with pytest.raises(StoreError, match="the store is closed"):
            while True:
                acknowledged.append(store.commit([materialized()]).event_ids[0])

    acknowledged: list[int] = []
    thread = threading.Thread(target=commit_on)
    thread.start()
    time.sleep(0.05)
    store.close()
    thread.join()
    again = SqliteStore(store.path)
    assert [each.id for each in again.events()] == acknowledged
    again.close()


WRITER = """
import sys
from pathlib import Path
from assetbook.storage.sqlite_store import SqliteStore
from tests.contracts.store import materialized, printed
store = SqliteStore(Path(sys.argv[1]))
while True:
    store.later([printed("x" * 500)])
    print(store.commit([materialized(), materialized("raw")]).event_ids[1], flush=True)
"""


def test_a_killed_writer_loses_nothing_acknowledged(path: Path) -> None:
    for round_number in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        acknowledged = int(writer.stdout.readline())
        time.sleep(0.01 * round_number)
        writer.send_signal(signal.SIGKILL)
        lines = writer.stdout.read().split()
        writer.stdout.close()
        writer.wait()
        acknowledged = int(lines[-1]) if lines else acknowledged
        store = SqliteStore(path)
        ids = [each.id for each in store.events()]
        assert ids == list(range(1, len(ids) + 1))
        assert len(ids) % 2 == 0
        assert acknowledged <= len(ids)
        assert store.latest()[ORDERS].number == len(ids) // 2
        store.close()


LEAVER = """
import sys
from pathlib import Path
from assetbook.storage.sqlite_store import SqliteStore
from tests.contracts.store import printed
store = SqliteStore(Path(sys.argv[1]))
store.later([printed("last words")])
"""


def test_a_process_that_ends_unclosed_writes_what_is_queued(path: Path) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", LEAVER, str(path)], check=True)
    store = SqliteStore(path)
    assert [each.record.at for each in store.logs(RUN)] == [NOON]
    store.close()
