"""Writers and a collector at one store, each a process: forked from one that has all imported.

``Crowd`` starts this module as a program, which ends when its writers have.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from tests.faults import worker
from tests.faults.collector import collect_for_ever
from tests.faults.warm_worker import REPOSITORY, environment

import assetbook.instance.collecting as collecting
import assetbook.planning.retention as retention


class Crowd:
    """So many writers, each for so many rounds, and a collector that finds nothing too young."""

    def __init__(self, project: Path, writers: int, rounds: int) -> None:
        program = [sys.executable, "-W", "ignore", "-m", "tests.faults.crowd"]
        arguments = [str(project), str(writers), str(rounds)]
        self._process = subprocess.Popen(
            [*program, *arguments], stdout=subprocess.PIPE, cwd=REPOSITORY, env=environment()
        )
        self.lines = [_lines(project, number) for number in range(writers)]

    def __enter__(self) -> Crowd:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._process.terminate()
        assert self._process.stdout is not None
        self._process.stdout.close()
        assert self._process.wait() == 0 or kind is not None

    @property
    def is_working(self) -> bool:
        """Whether a writer is at work still."""
        return self._process.poll() is None


def _lines(project: Path, number: int) -> Path:
    return project / f"lines {number}"


def _write(project: Path, number: int, rounds: int) -> bool:
    lines = os.open(_lines(project, number), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(lines, 1)
    worker.ROWS = 500
    return worker.work(project, rounds)


def _collect(project: Path) -> bool:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    collecting.YOUNGEST = retention.YOUNGEST = timedelta(0)
    collect_for_ever(worker.open_store(project))
    return True


def _forked(doing: Callable[[], bool]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if doing() else 1
        except BaseException:
            sys.excepthook(*sys.exc_info())
            raise
        finally:
            os._exit(code)
    return child


def main() -> int:
    """0 if every writer came to its end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("writers", type=int)
    parser.add_argument("rounds", type=int)
    asked = parser.parse_args()
    worker.open_store(asked.project).close()
    collector = _forked(lambda: _collect(asked.project))
    writers = [
        _forked(lambda number=number: _write(asked.project, number, asked.rounds))  # type: ignore[misc]
        for number in range(asked.writers)
    ]
    print("ready", flush=True)
    codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in writers]
    os.kill(collector, signal.SIGKILL)
    os.waitpid(collector, 0)
    # a run may fail: its value is collected as soon as it is written, over and over
    return 0 if set(codes) <= {0, 1} else 2


if __name__ == "__main__":
    raise SystemExit(main())
