"""A program that waits to be ended, and what can be known of it from outside."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAITING = """
import os, pathlib, signal, time
def told(*signals):
    for each in signals:
        signal.signal(each, lambda number, frame: note(signal.Signals(number).name))
def note(text):
    with open("notes", "a") as file:
        file.write(text + "\\n")
def ready():
    pathlib.Path("pid.new").write_text(str(os.getpid()))
    os.rename("pid.new", "pid")
    for _ in range(600):
        time.sleep(0.1)
"""


def pid_of(folder: Path) -> int:
    """The process that has said in ``folder`` that it is ready."""
    until = time.monotonic() + 20
    while not (folder / "pid").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    return int((folder / "pid").read_text())


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pid: int, seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_running(pid)


@contextmanager
def interrupting(folder: Path, times: int = 1) -> Iterator[None]:
    """Interrupts this process when the one in ``folder`` is ready."""

    def interrupt() -> None:
        pid_of(folder)
        for number in range(times):
            time.sleep(0.5 * (number > 0))
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        yield
    finally:
        thread.join()
