"""Dagster Pipes, "Client": an interrupt is forwarded, and nothing is left running. Real signals."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.execution.pipes.outside import Step, python
from tests.execution.pipes.waiting import WAITING, gone, interrupting, is_running, pid_of

from assetbook.execution.awaiting import run_coroutine
from assetbook.execution.pipes import child_process
from assetbook.execution.pipes.lifeline import Lifeline
from assetbook.execution.pipes.subprocess_client import PipesSubprocessClient


@pytest.fixture(autouse=True)
def own_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def none_left(tmp_path: Path) -> Iterator[None]:
    """Ends what a failing test has left."""
    yield
    with suppress(OSError, ValueError):
        pid = int((tmp_path / "pid").read_text())
        os.kill(pid, signal.SIGKILL)
        assert gone(pid)


def interrupted(
    step: Step, folder: Path, command: list[str], times: int = 1, **settings: Any
) -> int:
    """Runs the command, interrupts it when it is ready, and gives back its process id."""
    client = PipesSubprocessClient(cwd=str(folder), **settings)
    with pytest.raises(KeyboardInterrupt), interrupting(folder, times):
        step.run(command, client)
    return pid_of(folder)


def test_a_process_may_end_well_after_an_interrupt(step: Step, tmp_path: Path) -> None:
    code = f"""
{WAITING}
try:
    ready()
except KeyboardInterrupt:
    time.sleep(0.3)
    note("cleaned up")
    raise
"""
    pid = interrupted(step, tmp_path, python(code))
    assert not is_running(pid)
    assert (tmp_path / "notes").read_text() == "cleaned up\n"


def test_an_interrupt_arrives_once(step: Step, tmp_path: Path) -> None:
    code = f"{WAITING}\ntold(signal.SIGINT)\nready()"
    pid = interrupted(step, tmp_path, python(code), termination_timeout_seconds=1)
    assert not is_running(pid)
    assert (tmp_path / "notes").read_text() == "SIGINT\n"  # then SIGTERM, which it does not handle


def test_messages_after_the_interrupt_are_read(step: Step, tmp_path: Path) -> None:
    waiting = "\n".join(f"    {line}" for line in WAITING.splitlines())
    code = (
        "from dagster_pipes import open_dagster_pipes\nwith open_dagster_pipes() as pipes:\n"
        f"{waiting}\n    try:\n        ready()\n"
        "    except KeyboardInterrupt:\n        pipes.log.warning('interrupted at row 3')\n"
    )
    interrupted(step, tmp_path, python(code))
    assert ("WARNING", "interrupted at row 3") in step.log


def test_a_stubborn_process_is_killed(
    step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "_AFTER_TERM", 0.3)
    code = f"{WAITING}\ntold(signal.SIGINT, signal.SIGTERM)\nready()"
    pid = interrupted(step, tmp_path, python(code), termination_timeout_seconds=0.3)
    assert not is_running(pid)
    assert (tmp_path / "notes").read_text() == "SIGINT\nSIGTERM\n"


def test_a_second_interrupt_does_not_wait(step: Step, tmp_path: Path) -> None:
    code = f"{WAITING}\ntold(signal.SIGINT)\nready()"
    began = time.monotonic()
    pid = interrupted(step, tmp_path, python(code), 2, termination_timeout_seconds=60)
    assert not is_running(pid)
    assert time.monotonic() - began < 20


def test_what_the_process_has_started_ends_too(step: Step, tmp_path: Path) -> None:
    shell = "sleep 60 & echo $! > pid.new; mv pid.new pid; wait"
    pid = interrupted(step, tmp_path, ["/bin/sh", "-c", shell])
    assert gone(pid)


def test_without_forwarding_the_process_goes_on(step: Step, tmp_path: Path) -> None:
    pid = interrupted(step, tmp_path, python(f"{WAITING}\nready()"), forward_termination=False)
    assert is_running(pid)


@pytest.mark.parametrize("apart", [False, True], ids=["in the loop", "in a thread"])
def test_an_interrupt_reaches_a_process_of_an_async_step(
    step: Step, tmp_path: Path, apart: bool
) -> None:
    client = PipesSubprocessClient(cwd=str(tmp_path))

    async def run() -> None:
        if apart:
            await asyncio.to_thread(step.run, python(f"{WAITING}\nready()"), client)
        else:
            step.run(python(f"{WAITING}\nready()"), client)

    with pytest.raises(KeyboardInterrupt), interrupting(tmp_path):
        run_coroutine(run())
    assert not is_running(pid_of(tmp_path))


def test_an_interrupt_while_the_process_starts_leaves_none(
    step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []

    class Late(Lifeline):
        def __init__(self, group: int) -> None:
            started.append(group)
            os.kill(os.getpid(), signal.SIGINT)
            super().__init__(group)

    monkeypatch.setattr(child_process, "Lifeline", Late)
    with pytest.raises(KeyboardInterrupt):
        step.run(["sleep", "60"])
    assert not is_running(started[0])


def killed_parent(folder: Path, forward: bool) -> int:
    """The process id of a command whose Python was killed while it ran."""
    code = f"""
        from assetbook.execution.built_contexts import build_asset_context
        from assetbook.execution.pipes.subprocess_client import PipesSubprocessClient
        client = PipesSubprocessClient(cwd={str(folder)!r}, forward_termination={forward})
        client.run(context=build_asset_context(), command={python(f"{WAITING}{chr(10)}ready()")!r})
    """
    parent = subprocess.Popen(python(code), stdin=subprocess.DEVNULL)
    pid = pid_of(folder)
    parent.kill()
    parent.wait()
    return pid


def test_a_process_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    assert gone(killed_parent(tmp_path, forward=True))


def test_the_kill_alone_would_have_left_it(tmp_path: Path) -> None:
    assert not gone(killed_parent(tmp_path, forward=False), seconds=1)


def test_nothing_watches_when_the_process_has_ended(step: Step) -> None:
    def children() -> set[str]:
        return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())

    before = children()
    step.run(python(""))
    assert children() == before
