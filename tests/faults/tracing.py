"""A program that materializes all assets in a project, under strace."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.faults.warm_worker import REPOSITORY, environment
from tests.faults.worker import CALLS


def need_strace() -> None:
    """Fails the test where there is none."""
    if shutil.which("strace") is None:
        pytest.fail("strace is not installed: apt-get install strace (make test-all does it)")


@dataclass
class Traced:
    """The program, what it prints and which calls it makes."""

    project: Path
    rounds: int
    protocol: str = "assetbook"

    @property
    def lines(self) -> Path:
        """What it printed."""
        return self.project / "lines"

    @property
    def record(self) -> str:
        """A line for each traced call: the thread, and the call with the paths of its files."""
        return (self.project / "calls").read_text(encoding="utf-8", errors="replace")

    def run(self, calls: str, injected: str = "", ahead: str = "") -> int:
        """Its exit code, once those calls are traced and that fault is injected.

        Threads that write values count their calls of the name ``ahead`` from ``AHEAD`` on.
        """
        need_strace()
        options = ["-f", "-qq", "-y", "-s", "64", "-o", str(self.project / "calls")]
        options += ["-e", f"trace={calls}"]
        options += ["-e", f"inject={injected}"] if injected else []
        program = [sys.executable, "-W", "ignore", "-m", "tests.faults.worker"]
        arguments = [str(self.project), f"--rounds={self.rounds}", f"--protocol={self.protocol}"]
        arguments += [f"--ahead={ahead}"] if ahead in CALLS else []
        with self.lines.open("wb") as output:
            return subprocess.run(
                ["strace", *options, *program, *arguments],
                stdout=output,
                stderr=subprocess.DEVNULL,
                cwd=REPOSITORY,
                env=environment(),
                timeout=120,
            ).returncode

    def fault(self, call: str, fault: str, at: int, *, ahead: bool = False) -> bool:
        """Whether the fault at that call of a thread came to pass, after a run with it."""
        code = self.run(call, f"{call}:{fault}:when={at}", ahead=call if ahead else "")
        return code == -signal.SIGKILL or "(INJECTED)" in self.record
