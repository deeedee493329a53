"""A million lines by print and by logging in one step, beside the same into a plain file.

Run it as ``python benchmarks/logs.py``, perhaps with the number of lines; it prints a table.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from assetbook import Instance, asset, materialize

Spent = dict[str, tuple[float, float]]


@contextmanager
def measured(spent: Spent, name: str) -> Iterator[None]:
    """Puts the wall and CPU seconds of the block into ``spent``."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    spent[name] = (time.perf_counter() - wall, time.process_time() - cpu)


def printing(lines: int) -> None:
    for number in range(lines):
        print("line", number)


def logging_lines(lines: int, handler: logging.Handler) -> None:
    log = logging.getLogger("benchmark")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    for number in range(lines):
        log.info("logged %d", number)
    log.removeHandler(handler)


def raw(folder: Path, lines: int) -> Spent:
    """Into files by Python alone."""
    spent: Spent = {}
    with (folder / "raw.out").open("w") as out, redirect_stdout(out), measured(spent, "print"):
        printing(lines)
    handler = logging.FileHandler(folder / "raw.log")
    with measured(spent, "logging"):
        logging_lines(lines, handler)
    handler.close()
    return spent


def ours(folder: Path, lines: int) -> Spent:
    """In one step of a run each; what is shown goes nowhere."""
    spent: Spent = {}
    (folder / "pyproject.toml").touch()
    os.chdir(folder)
    ways: dict[str, Callable[[], None]] = {
        "print": lambda: printing(lines),
        "logging": lambda: logging_lines(lines, logging.NullHandler()),
    }
    for name, way in ways.items():

        @asset(name=name, ignore={"way", "spent", "name"})
        def flood() -> int:
            with measured(spent, name):  # noqa: B023 - called before the next one is made
                way()  # noqa: B023
            return 1

        instance = Instance.get()
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):  # noqa: PTH123
            assert materialize([flood], instance=instance).success
    instance.close()
    return spent


def size_below(folder: Path, pattern: str) -> float:
    """Megabytes."""
    return sum(each.stat().st_size for each in folder.rglob(pattern)) / 1e6


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        found = {"a plain file": raw(folder, lines), "assetbook": ours(folder, lines)}
        print(f"{lines:,} lines; microseconds a line, wall (CPU)")
        for who, spent in found.items():
            said = [
                f"{way} {wall / lines * 1e6:.1f} ({cpu / lines * 1e6:.1f})"
                for way, (wall, cpu) in spent.items()
            ]
            print(f"{who:>14}  {'  '.join(said)}")
        database = size_below(folder, "assetbook.db*")
        files = size_below(folder / ".assetbook" / "logs", "*.*")
        print(f"assetbook's database has {database:.2f} MB, its log files {files:.1f} MB")
        os.chdir("/")


if __name__ == "__main__":
    main()
