"""The program of several processes that write one store at once, and one that does it naively.

They are forked from a process that has everything imported, and begin together.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.faults import worker
from tests.faults.warm_worker import REPOSITORY, environment

_ROWS = 200
_NAIVE_SECONDS = 1.0


def write_at_once(project: Path, writers: int, rounds: int) -> list[Path]:
    """What each of the processes said, once all have ended; each made all assets ``rounds`` times.

    With no rounds each adds rows to a database by itself, by SQLite's defaults.
    """
    lines = project.with_name("lines")
    lines.mkdir()
    program = [sys.executable, "-W", "ignore", "-m", "tests.faults.many_writers"]
    arguments = [str(project), str(lines), str(writers), str(rounds)]
    subprocess.run(
        [*program, *arguments], cwd=REPOSITORY, env=environment(), check=True, timeout=600
    )
    return sorted(lines.iterdir())


def _together(works: list[Callable[[], object]], lines: Path) -> list[int]:
    """The exit codes of processes that do one work each, from one moment on."""
    begin, go = os.pipe()
    children = []
    for number, work in enumerate(works):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.dup2(os.open(lines / str(number), os.O_WRONLY | os.O_CREAT, 0o600), 1)
            os.read(begin, 1)
            _end(work)
        children.append(child)
    os.close(begin)
    os.close(go)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _end(work: Callable[[], object]) -> None:
    code = 1
    try:
        code = 0 if work() else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        sys.stdout.flush()
        os._exit(code)


def _naively(database: Path) -> bool:
    """Adds version after version: reads the last one's number, writes the next, by the book."""
    until = time.monotonic() + _NAIVE_SECONDS
    with closing(sqlite3.connect(database)) as connection:
        while time.monotonic() < until:
            try:
                with connection:
                    connection.execute("BEGIN")
                    ((last,),) = connection.execute("SELECT max(number) FROM versions")
                    connection.execute("INSERT INTO versions VALUES (?)", ((last or 0) + 1,))
                print("done", (last or 0) + 1)
            except sqlite3.OperationalError as error:
                print(error)
    return True


def _naive_database(project: Path) -> Path:
    database = project / "naive.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE versions (number INTEGER PRIMARY KEY)")
    return database


def main() -> int:
    """0 if all processes ended well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("lines", type=Path)
    parser.add_argument("writers", type=int)
    parser.add_argument("rounds", type=int)
    given = parser.parse_args()
    worker.ROWS = _ROWS
    if given.rounds:
        works = [lambda: worker.work(given.project, given.rounds)] * given.writers
    else:
        database = _naive_database(given.project)
        works = [lambda: _naively(database)] * given.writers
    return max(_together(works, given.lines))


if __name__ == "__main__":
    raise SystemExit(main())
