"""A worker that starts in milliseconds: forked from a process that has everything imported.

``python -m tests.faults.warm_worker`` is that process; its arguments are more modules to import. It
forks one child at a time, as told by a line of JSON, answers with the child's pid, and with its
exit code once it has ended.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType

REPOSITORY = Path(__file__).parents[2]
_PATIENCE = 60.0  # seconds; only a hang takes longer
_LONGEST_LIFE = 300.0  # seconds, after which a child shows where it hangs, and ends


@dataclass(frozen=True)
class Order:
    """What one child does."""

    project: str
    lines: str
    """The file that takes what it prints."""
    rounds: int = 1
    protocol: str = "assetbook"
    """A name of ``naive_protocols.PROTOCOLS`` for a control."""
    crash: str = ""
    """A name of ``crash_points.POINTS`` at which it sends itself ``signal``."""
    signal: int = signal.SIGKILL
    assets: tuple[str, ...] = ("prices", "orders", "turnover")
    rows: int = 0
    """Of the table ``orders``; 0 is its usual size."""
    executor: str = "in-process"
    worker_crash: str = ""
    """A name of ``crash_points.WORKER_POINTS`` at which the worker of ``orders`` kills itself."""
    wipe: str = ""
    """A name of ``wiper.WIPES``: it wipes everything instead."""
    resume: str = ""
    """A name of ``resumer.WAYS``: it makes many assets instead, or goes on with that."""
    notebook: str = ""
    """The path of a notebook that it runs instead, ..."""
    by: str = "assetbook"
    """... by a name of ``notebook_runner.WAYS``."""


def environment() -> dict[str, str]:
    """The variables for a program of these tests: it can import them."""
    path = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)}


class WarmWorker:
    """The warmed process, and at most one child of it.

    ``under`` is a program with its arguments that runs it, as strace does; ``also`` are modules
    that it imports besides.
    """

    def __init__(self, *under: str, also: tuple[str, ...] = ()) -> None:
        self._server = subprocess.Popen(
            [*under, sys.executable, "-W", "ignore", "-m", "tests.faults.warm_worker", *also],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env=environment(),
            bufsize=0,
        )
        self._child = 0

    def __enter__(self) -> WarmWorker:
        assert self._answer() == "ready"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._child:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
        self._server.kill()
        self._server.wait()
        for pipe in (self._server.stdin, self._server.stdout):
            assert pipe is not None
            pipe.close()

    def start(self, order: Order) -> int:
        """The pid of a new child, which is at work."""
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        self._child = int(self._answer())
        return self._child

    def wait(self) -> int:
        """The exit code of the child once it has ended, negative for a signal."""
        code = int(self._answer())
        self._child = 0
        return code

    @property
    def has_ended(self) -> bool:
        """Whether the child is no more, and nobody has waited for it yet."""
        return bool(select.select([self._server.stdout], [], [], 0)[0])

    def kill(self, signal_number: int = signal.SIGKILL) -> int:
        """The exit code of the child after that signal, which may have come too late."""
        with suppress(ProcessLookupError):
            os.kill(self._child, signal_number)
        return self.wait()

    def run(self, order: Order) -> int:
        """The exit code of a child that is left to its work."""
        self.start(order)
        return self.wait()

    def _answer(self) -> str:
        assert self._server.stdout is not None
        ready, _, _ = select.select([self._server.stdout], [], [], _PATIENCE)
        assert ready, "the worker hangs"
        return self._server.stdout.readline().decode().strip()


def lifetimes(worker: WarmWorker, order: Order) -> tuple[float, float]:
    """Seconds from the start to the first run, and seconds that a run takes, on a good day."""
    one, three = (min(_seconds(worker, order, rounds) for _ in range(3)) for rounds in (1, 3))
    a_run = max((three - one) / 2, 0.01)
    return max(one - a_run, 0.01), a_run


def _seconds(worker: WarmWorker, order: Order, rounds: int) -> float:
    began = time.monotonic()
    assert worker.run(replace(order, rounds=rounds)) == 0
    return time.monotonic() - began


def _serve() -> None:
    _warm()
    _say("ready")
    for line in iter(sys.stdin.buffer.readline, b""):
        order = Order(**json.loads(line))
        child = os.fork()
        if child == 0:
            _be_child(order)
        _say(str(child))
        _say(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))


def _warm() -> None:
    """Loads what the first run of a process loads, and leaves no connection open."""
    import gc
    import tempfile

    import pyarrow as pa
    from tests.faults import crash_points, naive_protocols, resumer, wiper, worker  # noqa: F401

    pa.set_cpu_count(1)
    for each in sys.argv[1:]:
        importlib.import_module(each)
    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with tempfile.TemporaryDirectory() as folder:
        worker.work(Path(folder), 1)
    os.dup2(output, 1)
    gc.freeze()  # else the first collection in each child copies all of this process's pages


def _be_child(order: Order) -> None:
    from tests.faults import crash_points, naive_protocols, notebook_points, resumer, wiper, worker
    from tests.faults.notebook_runner import WAYS

    code = 70
    faulthandler.dump_traceback_later(_LONGEST_LIFE, exit=True)
    try:
        lines = os.open(order.lines, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(lines, 1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        naive_protocols.take(order.protocol)
        crash_points.arm(
            order.crash,
            order.signal,
            (
                *crash_points.POINTS,
                *crash_points.REMOTE_POINTS,
                *wiper.POINTS,
                *notebook_points.POINTS,
            ),
        )
        worker.ROWS = order.rows or worker.ROWS
        if order.wipe:
            wiper.WIPES[order.wipe](Path(order.project))
        if order.resume:
            code = resumer.WAYS[order.resume](Path(order.project))
            return
        if order.notebook:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            code = 0 if WAYS[order.by](Path(order.notebook)) else 1
            return
        assets = [each for each in worker.ASSETS if each.name in order.assets]
        if order.worker_crash:
            os.environ |= {worker.CRASH: order.worker_crash, worker.PROTOCOL: order.protocol}
        done = bool(order.wipe) or worker.work(
            Path(order.project), order.rounds, assets, order.executor
        )
        code = 0 if done else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        os._exit(code)


def _say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    _serve()
