"""A process is told from every other one, living or not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from assetbook.storage.process_identity import (
    ProcessIdentity,
    activity,
    current_process,
    is_alive,
)

WHO = """
from assetbook.storage.process_identity import current_process
print(current_process().text, flush=True)
"""

# newer Pythons warn of what is tested here: a fork beside other threads
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


@pytest.fixture
def sleeper() -> Iterator[tuple[ProcessIdentity, subprocess.Popen[str]]]:
    code = f"{WHO}\nimport time\ntime.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield ProcessIdentity.from_text(process.stdout.readline().strip()), process
    process.kill()
    process.wait()
    process.stdout.close()


def test_an_identity_reads_back_from_its_text() -> None:
    me = current_process()
    assert ProcessIdentity.from_text(me.text) == me
    odd = replace(me, host="a:b:c")
    assert ProcessIdentity.from_text(odd.text) == odd


def test_this_process_is_alive_and_says_its_pid() -> None:
    assert current_process().pid == os.getpid()
    assert is_alive(current_process()) is True
    assert f"process {os.getpid()} on " in str(current_process())


def test_another_process_is_alive_until_it_is_killed(
    sleeper: tuple[ProcessIdentity, subprocess.Popen[str]],
) -> None:
    identity, process = sleeper
    assert identity.pid == process.pid
    assert is_alive(identity) is True
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_alive(identity) is False  # a zombie: ended, though nobody has asked for its status
    process.wait()
    assert is_alive(identity) is False


def test_a_pid_that_is_used_again_is_another_process() -> None:
    assert is_alive(replace(current_process(), started=1)) is False


def test_the_boot_before_is_over_on_this_host() -> None:
    assert is_alive(replace(current_process(), boot="another")) is False


@pytest.mark.parametrize("elsewhere", [{"boot": "b", "host": "h"}, {"namespace": "1"}])
def test_what_cannot_be_seen_from_here_is_unknown(elsewhere: dict[str, str]) -> None:
    assert is_alive(replace(current_process(), **elsewhere)) is None  # type: ignore[arg-type]


def test_a_forked_child_has_an_identity_of_its_own() -> None:
    mine = current_process()
    child = os.fork()
    if child == 0:
        other = current_process()
        os._exit(0 if other != mine and other.pid == os.getpid() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_stopped_process_is_alive_and_seen_to_stand(
    sleeper: tuple[ProcessIdentity, subprocess.Popen[str]],
) -> None:
    identity, process = sleeper
    process.send_signal(signal.SIGSTOP)
    until = time.monotonic() + 5
    while not (doing := activity(identity)) or not doing.stopped:
        assert time.monotonic() < until
    assert is_alive(identity) is True
    process.send_signal(signal.SIGCONT)
    while (doing := activity(identity)) and doing.stopped:
        assert time.monotonic() < until


LEADERLESS = f"""{WHO}
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
ctypes.CDLL(None).pthread_exit(None)
"""


def test_a_process_whose_other_threads_run_still_has_not_ended() -> None:
    command = [sys.executable, "-c", LEADERLESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        identity = ProcessIdentity.from_text(process.stdout.readline().strip())
        until = time.monotonic() + 10
        while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
            assert time.monotonic() < until
            time.sleep(0.005)
        assert is_alive(identity) is True
        process.kill()
        while is_alive(identity):
            assert time.monotonic() < until
            time.sleep(0.005)
