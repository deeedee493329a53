"""Requests are written in order, in few transactions, each with its own result."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assetbook.errors import StoreError
from assetbook.storage.database import Database, open_database
from assetbook.storage.write_queue import WriteQueue


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "assetbook.db")
    database.writer().execute("CREATE TABLE words (word TEXT)")
    yield database
    database.close()


@pytest.fixture
def queue(database: Database) -> Iterator[WriteQueue]:
    queue = WriteQueue(database)
    yield queue
    queue.close()


def word(text: str) -> Callable[[sqlite3.Connection], str]:
    def write(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO words VALUES (?)", (text,))
        return text

    return write


def refused(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO words VALUES ('refused')")
    raise ValueError("no such word")


def words(database: Database) -> list[str]:
    with closing(sqlite3.connect(database.path)) as other:
        return [text for (text,) in other.execute("SELECT word FROM words ORDER BY rowid")]


class Held:
    """Work that holds the writing thread until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, connection: sqlite3.Connection) -> None:
        self.begun.set()
        self.go_on.wait(10)


def start(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.001)


def test_a_request_is_acknowledged_when_others_can_read_it(
    queue: WriteQueue, database: Database
) -> None:
    assert queue.submit(word("one")) == "one"
    assert words(database) == ["one"]


def test_what_queues_meanwhile_is_one_transaction_in_order(
    queue: WriteQueue, database: Database
) -> None:
    held, commits = Held(), []
    leader = start(lambda: queue.submit(held))
    held.begun.wait(10)
    followers = []
    for number in range(5):
        followers.append(start(lambda number=number: queue.submit(word(str(number)))))
        wait_for(lambda number=number: len(queue._pending) == number + 1)
    database.writer().set_trace_callback(
        lambda statement: commits.append(statement) if statement == "COMMIT" else None
    )
    held.go_on.set()
    for thread in (leader, *followers):
        thread.join()
    assert words(database) == ["0", "1", "2", "3", "4"]
    assert len(commits) == 2


def test_a_refused_request_is_undone_alone(queue: WriteQueue, database: Database) -> None:
    held, refusals = Held(), []

    def ask() -> None:
        with pytest.raises(ValueError, match="no such word"):
            queue.submit(refused)
        refusals.append(1)

    leader = start(lambda: queue.submit(held))
    held.begun.wait(10)
    threads = [start(lambda: queue.submit(word("a"))), start(ask)]
    wait_for(lambda: len(queue._pending) == 2)
    threads.append(start(lambda: queue.submit(word("b"))))
    wait_for(lambda: len(queue._pending) == 3)
    held.go_on.set()
    for thread in (leader, *threads):
        thread.join()
    assert sorted(words(database)) == ["a", "b"]
    assert refusals == [1]


def test_a_lazy_request_comes_before_the_next_one(queue: WriteQueue, database: Database) -> None:
    queue.later(word("lazy"), 1)
    queue.submit(word("eager"))
    assert words(database) == ["lazy", "eager"]


def test_flushing_waits_for_what_another_thread_writes(
    queue: WriteQueue, database: Database
) -> None:
    held = Held()
    leader = start(lambda: queue.submit(held))
    held.begun.wait(10)
    queue.later(word("lazy"), 1)
    flushing = start(queue.flush)
    held.go_on.set()
    flushing.join()
    leader.join()
    assert words(database) == ["lazy"]


def test_the_flusher_wakes_again_after_a_rest(queue: WriteQueue, database: Database) -> None:
    queue.later(word("one"), 1)
    wait_for(lambda: not queue._lazy_came.is_set())
    queue.later(word("two"), 1)
    wait_for(lambda: len(words(database)) > 1)
    assert words(database) == ["one", "two"]


def test_closing_writes_what_is_queued(queue: WriteQueue, database: Database) -> None:
    queue.later(word("last"), 1)
    queue.close()
    assert words(database) == ["last"]
    with pytest.raises(StoreError, match="the store is closed"):
        queue.later(word("too late"), 1)


def test_another_program_that_writes_is_waited_for(queue: WriteQueue, database: Database) -> None:
    other = sqlite3.connect(database.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(1.5, other.execute, ["COMMIT"])  # longer than SQLite's own wait
    timer.start()
    queue.submit(word("patient"))
    timer.join()
    other.close()
    assert words(database) == ["patient"]


def test_another_program_that_never_ends_is_told(database: Database) -> None:
    queue = WriteQueue(database, patience=0.1)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program has been writing"):
            queue.submit(word("impatient"))
    assert queue.submit(word("again")) == "again"
    assert words(database) == ["again"]
    queue.close()


@pytest.mark.parametrize("leads", [True, False], ids=["leading", "waiting"])
def test_an_interrupt_comes_when_the_commit_is_done(
    queue: WriteQueue, database: Database, leads: bool
) -> None:
    def interrupt(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO words VALUES ('first half')")
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        connection.execute("INSERT INTO words VALUES ('second half')")

    if leads:
        with pytest.raises(KeyboardInterrupt):
            queue.submit(interrupt)
    else:
        held = Held()
        leader = start(lambda: queue.submit(held))
        held.begun.wait(10)
        start(lambda: queue.submit(interrupt))
        threading.Timer(0.1, held.go_on.set).start()
        with pytest.raises(KeyboardInterrupt):
            queue.submit(word("mine"))
        leader.join()
        assert "mine" in words(database)
    assert [each for each in words(database) if each != "mine"] == ["first half", "second half"]
    assert queue.submit(word("after")) == "after"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_stop_that_cannot_wait_undoes_the_commit(queue: WriteQueue, database: Database) -> None:
    def exit_now(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO words VALUES ('half')")
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        queue.submit(exit_now)
    assert words(database) == []
    assert queue.submit(word("after")) == "after"
