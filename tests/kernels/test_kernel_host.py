"""The kernel host: kernels that are ready, each used once, and none that is left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.kernels.notebooks import written
from tests.kernels.test_notebook_runs import PID, Run, is_there
from tests.process_tree import command_of, host_processes

from assetbook.errors import NotLoadedError, RunFailedError, StoreError
from assetbook.kernels.cell_execution import CellExecution
from assetbook.kernels.host import renting
from assetbook.kernels.host.address import FOLDER_VARIABLE, host_folder
from assetbook.kernels.host.hosted_kernel import HostedKernel, KernelCommand
from assetbook.kernels.host.kept_kernels import MOST, KeptKernels
from assetbook.kernels.job_kernel import JobKernel
from assetbook.kernels.kernel_end import KernelGoneError
from assetbook.kernels.limits import Limits
from assetbook.kernels.own_kernel import OwnKernel
from assetbook.kernels.process_use import use_of
from assetbook.kernels.rented_kernel import RentedKernel, kernel_for

pytestmark = pytest.mark.xdist_group("kernel_host")


@pytest.fixture
def own_host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A host of this test alone, which ends soon when it is idle."""
    folder = Path(os.environ[FOLDER_VARIABLE]) / str(time.monotonic_ns())
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    monkeypatch.setattr(renting, "IDLE_SECONDS", 0.5)
    yield folder
    for pid in host_processes(folder):
        os.kill(pid, signal.SIGKILL)


def rented(folder: Path, **environment: str) -> RentedKernel:
    kernel = kernel_for("python3", folder / "a.ipynb", folder, {**os.environ, **environment})
    assert isinstance(kernel, RentedKernel)
    return kernel


async def answers(kernel: JobKernel, code: str) -> str:
    """What ``code`` prints in a kernel that is started for that."""
    import nbformat

    async with kernel:
        await kernel.start()
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        execution = CellExecution(notebook, kernel)
        await execution.go()
        (cell,) = execution.cells
        assert cell.state == "done", cell.traceback
        return "".join(each.get("text", "") for each in notebook.cells[0].outputs)


def test_the_second_kernel_was_started_ahead(tmp_path: Path, own_host: Path) -> None:
    first, second = rented(tmp_path), rented(tmp_path)

    pids = [asyncio.run(answers(each, "import os; print(os.getpid())")) for each in (first, second)]

    assert [first.was_ready, second.was_ready] == [False, True]
    assert len(set(pids)) == 2
    assert not any(is_there(int(each)) for each in pids)


def test_another_environment_has_kernels_of_its_own(tmp_path: Path, own_host: Path) -> None:
    asyncio.run(answers(rented(tmp_path), "1"))
    other = rented(tmp_path, OMP_NUM_THREADS="1", COLOUR="red")

    said = asyncio.run(answers(other, "import os; print(os.environ['COLOUR'])"))

    assert (said, other.was_ready) == ("red\n", False)


def test_what_was_imported_before_the_fork_works(tmp_path: Path, own_host: Path) -> None:
    kernel = rented(tmp_path)
    code = """
import sys
loaded = "pyarrow.parquet" in sys.modules
import numpy, pandas, pyarrow, pyarrow.compute, pyarrow.parquet, threading, subprocess
frame = pandas.DataFrame({"x": numpy.arange(300_000.0)})
frame.to_parquet("x.parquet")
back = pyarrow.parquet.read_table("x.parquet", use_threads=True)
whole = pyarrow.compute.sum(back["x"]).as_py()
square = numpy.ones((300, 300)) @ numpy.ones((300, 300))
import matplotlib; matplotlib.use("agg")
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.savefig("x.png")
child = subprocess.run(["echo", "child"], capture_output=True, text=True).stdout.strip()
import polars
print(loaded, whole, square[0, 0], child, polars.read_parquet("x.parquet")["x"].sum() == whole)
"""

    said = asyncio.run(answers(kernel, f"import os; os.chdir({str(tmp_path)!r})\n{code}"))

    assert said == "True 44999850000.0 300.0 child True\n"


def test_kernels_draw_different_numbers(tmp_path: Path, own_host: Path) -> None:
    code = "import random, numpy; print(random.random(), numpy.random.random())"

    said = {asyncio.run(answers(rented(tmp_path), code)) for _ in range(3)}

    assert len(said) == 3


def test_a_host_that_is_killed_takes_its_kernels_along(tmp_path: Path, own_host: Path) -> None:
    path = written(tmp_path / "a.ipynb", f"{PID}\nimport time\ntime.sleep(60)", "1")
    made = Run(path, {}, Limits())
    runner = threading.Thread(target=made.go)
    runner.start()
    while not made.pids:
        time.sleep(0.02)

    for pid in host_processes(own_host):
        if pid not in made.pids:
            os.kill(pid, signal.SIGKILL)
    runner.join(20)

    assert isinstance(made.error, RunFailedError) and "its kernel died" in str(made.error)
    assert made.states == ["failed", "pending"]
    assert not is_there(made.pids[0])
    (again := tmp_path / "again").mkdir()
    assert Run(written(again / "a.ipynb", "1"), {}, Limits()).go().error is None


def test_it_ends_when_nobody_wants_anything(tmp_path: Path, own_host: Path) -> None:
    asyncio.run(answers(rented(tmp_path), "1"))
    assert host_processes(own_host)

    deadline = time.monotonic() + 20
    while host_processes(own_host) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert host_processes(own_host) == []
    assert sorted(each.name for each in own_host.iterdir()) == ["lock", "log"]


def test_many_who_come_at_once_find_one_host(tmp_path: Path, own_host: Path) -> None:
    async def all_at_once() -> list[str]:
        code = "import os; print(os.getppid())"
        return await asyncio.gather(*(answers(rented(tmp_path), code) for _ in range(4)))

    assert len(set(asyncio.run(all_at_once()))) == 1


def test_a_kernel_that_does_not_start_says_why(
    tmp_path: Path, own_host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kernels" / "broken"
    folder.mkdir(parents=True)
    argv = '["sh", "-c", "echo no such library >&2; exit 3", "{connection_file}"]'
    spec = f'{{"argv": {argv}, "display_name": "b", "language": "python"}}'
    (folder / "kernel.json").write_text(spec)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    kernel = kernel_for("broken", tmp_path / "a.ipynb", tmp_path, os.environ)
    assert isinstance(kernel, RentedKernel)

    with pytest.raises(NotLoadedError, match=r"exit code 3.*no such library"):
        asyncio.run(answers(kernel, "1"))


def test_a_kernel_with_a_provisioner_is_started_by_the_runner(tmp_path: Path) -> None:
    environment = {**os.environ, "COLOUR": "red"}
    kernel = OwnKernel("python3", tmp_path / "a.ipynb", environment)

    said = asyncio.run(answers(kernel, "import os; print(os.getpid(), os.environ['COLOUR'])"))

    pid, colour = said.split()
    assert colour == "red" and not is_there(int(pid))


def test_the_folder_is_the_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = Path(os.environ[FOLDER_VARIABLE]) / str(time.monotonic_ns())
    runtime.mkdir()
    monkeypatch.delenv(FOLDER_VARIABLE)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))

    folder = host_folder(tmp_path / "store")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(os.fsencode(host_folder(tmp_path / ("x" * 200)).name)) == 16
    folder.parent.chmod(0o755)
    with pytest.raises(StoreError, match="not this user's alone"):
        host_folder(tmp_path / "store")


async def kept_as(kernel: RentedKernel, run: str, seconds: float = 60) -> int:
    """The pid of a kernel that is started, and let go to be kept."""
    async with kernel:
        await kernel.start()
        kernel.keep(run, seconds)
        return int(kernel._told["pid"])


def taken(folder: Path, run: str) -> RentedKernel:
    kernel = kernel_for("python3", folder / "a.ipynb", folder, os.environ, run)
    assert isinstance(kernel, RentedKernel)
    return kernel


def taken_anew(folder: Path) -> RentedKernel:
    """A new kernel of another notebook."""
    kernel = kernel_for("python3", folder / "other.ipynb", folder, os.environ)
    assert isinstance(kernel, RentedKernel)
    return kernel


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while is_there(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_there(pid)


def test_a_kept_kernel_is_taken_over_once(tmp_path: Path, own_host: Path) -> None:
    pid = asyncio.run(kept_as(rented(tmp_path), "run/step"))

    assert asyncio.run(answers(taken(tmp_path, "run/step"), "import os; print(os.getpid())")) == (
        f"{pid}\n"
    )
    assert gone(pid)
    with pytest.raises(KernelGoneError):
        asyncio.run(answers(taken(tmp_path, "run/step"), "1"))


def test_the_next_run_of_its_notebook_ends_it(tmp_path: Path, own_host: Path) -> None:
    pid = asyncio.run(kept_as(rented(tmp_path), "run/step"))
    other = kernel_for("python3", tmp_path / "other.ipynb", tmp_path, os.environ)

    asyncio.run(answers(other, "1"))
    assert is_there(pid)
    asyncio.run(answers(rented(tmp_path), "1"))

    assert gone(pid)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[HostedKernel]]:
    """Kernels as far as it is about keeping them: processes that wait."""
    command = KernelCommand(("sleep", "60"), dict(os.environ))
    started = [
        HostedKernel(command, tmp_path / f"k{number}", forked=False) for number in range(MOST + 2)
    ]
    yield started
    for each in started:
        each.signal(signal.SIGKILL)
        os.waitpid(each.pid, 0)


def test_no_more_are_kept_than_there_is_room_for(processes: list[HostedKernel]) -> None:
    kept = KeptKernels()
    for number, each in enumerate(processes):
        kept.keep(str(number), f"{number}.ipynb", each, 60)

    assert kept.over() == [processes[1], processes[0]]
    kept.gone(processes[0])
    kept.gone(processes[1])
    assert kept.over() == []
    kept.keep("late", "late.ipynb", processes[0], -1)
    assert kept.take("2") is processes[2] and kept.over() == [processes[0]]


def settled_memory(pid: int) -> int:
    """Bytes that a process holds once it has become the program that it is to be."""
    before, now = -1, 0
    while before != now or not command_of(pid).startswith(b"sleep"):
        time.sleep(0.1)
        found = use_of(pid)
        before, now = now, found.memory if found is not None else 0
    return now


def test_no_more_are_kept_than_hold_the_memory_that_they_may(
    processes: list[HostedKernel],
) -> None:
    held = [settled_memory(each.pid) for each in processes[:3]]
    kept = KeptKernels(allowed=held[1] + held[2] + held[0] / 2)
    for number, each in enumerate(processes[:3]):
        kept.keep(str(number), f"{number}.ipynb", each, 60)

    assert kept.over() == [processes[0]]
    unbounded = KeptKernels()  # the control: as many, with a machine's share
    for number, each in enumerate(processes[:3]):
        unbounded.keep(str(number), f"{number}.ipynb", each, 60)
    assert unbounded.over() == []


def test_the_host_says_how_long_one_is_kept(tmp_path: Path, own_host: Path) -> None:
    assert renting.seconds_kept(own_host, "run/step") is None  # and starts none for that
    assert host_processes(own_host) == []

    asyncio.run(kept_as(rented(tmp_path), "run/step", seconds=60))

    seconds = renting.seconds_kept(own_host, "run/step")
    assert seconds is not None and 30 < seconds < 60
    assert renting.seconds_kept(own_host, "another/step") is None


def test_one_ends_when_its_time_is_over(tmp_path: Path, own_host: Path) -> None:
    pid = asyncio.run(kept_as(rented(tmp_path), "run/step", seconds=0.2))
    other = asyncio.run(kept_as(taken_anew(tmp_path), "other/step", seconds=60))

    assert gone(pid) and is_there(other)


def said_by(line: socket.socket) -> dict[str, Any]:
    """The next thing that the host says on a line."""
    with line.makefile("rb") as file:
        return dict(json.loads(file.readline()))


def test_a_tenant_that_asks_for_nonsense_disturbs_nobody(tmp_path: Path, own_host: Path) -> None:
    asyncio.run(answers(rented(tmp_path), "1"))
    (host,) = {each for each in host_processes(own_host) if parent_of(each) == 1}
    nothing = {"argv": ["/nowhere/kernel"], "environment": {}, "folder": "/nowhere", "of": "x"}
    lines: list[bytes] = [b"\xff", b"5", b'{"rent": {}}', b'{"rent": []}']
    for asked in lines:
        with renting.connected(own_host) as line:
            line.sendall(asked + b"\n")
            assert "error" in said_by(line), asked
    with renting.connected(own_host) as line:
        line.sendall(json.dumps({"rent": nothing}).encode() + b"\n")
        with line.makefile("rb") as file:
            told = [json.loads(file.readline()) for _ in range(2)]
    assert told[1]["ended"]["code"] != 0 and "nowhere" in told[1]["ended"]["said"]

    assert asyncio.run(answers(rented(tmp_path), "import os; print(os.getppid())")) == f"{host}\n"


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_tenant_that_goes_leaves_no_files(tmp_path: Path, own_host: Path) -> None:
    with renting.connected(host_folder(tmp_path)) as line:
        command = {"argv": ["sleep", "60"], "environment": dict(os.environ), "folder": "/"}
        line.sendall(json.dumps({"rent": {**command, "of": "x"}}).encode() + b"\n")
        pid = said_by(line)["pid"]
        assert [*own_host.glob("k*.json")] and is_there(pid)

    assert gone(pid)
    deadline = time.monotonic() + 10
    while [*own_host.glob("k*")] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [*own_host.glob("k*")] == []


def test_a_kernel_started_ahead_knows_no_run(tmp_path: Path, own_host: Path) -> None:
    code = "import os; print(sorted(name for name in os.environ if name == 'ASSETBOOK_TOLD'))"

    said = asyncio.run(answers(rented(tmp_path, ASSETBOOK_TOLD="canary"), code))

    assert said == "[]\n"


def test_a_folder_that_cannot_be_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / ("x" * 100)))
    with pytest.raises(StoreError, match=r"too long for sockets.*\nSet ASSETBOOK_KERNEL_HOST"):
        host_folder(tmp_path)
    (tmp_path / "file").touch()
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "file" / "x"))
    with pytest.raises(StoreError, match="cannot be made: Not a directory"):
        host_folder(tmp_path)
