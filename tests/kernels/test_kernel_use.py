"""What the kernel of a notebook's run used: measured for each alone, also where it ended well."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.kernels.notebooks import written
from tests.kernels.test_kernel_host import own_host, rented
from tests.kernels.test_notebook_runs import Run

from assetbook.kernels.cell_runs import Watch
from assetbook.kernels.job_kernel import JobKernel
from assetbook.kernels.kernel_end import KernelEnd
from assetbook.kernels.limits import Limits
from assetbook.kernels.own_kernel import OwnKernel

pytestmark = pytest.mark.xdist_group("kernel_host")
__all__ = ["own_host"]

HELD = 400_000_000  # bytes
TAKES = f"held = b'x' * {HELD}\ndel held"
BUSY = "import time\nuntil = time.process_time() + 0.5\nwhile time.process_time() < until: pass"


class Used(Run, Watch):
    """A run, and what its kernel had used."""

    end: KernelEnd | None = None

    def used(self, end: KernelEnd) -> None:
        self.end = end


def used(folder: Path, *cells: str, limits: Limits | None = None) -> KernelEnd:
    made = Used(written(folder / "a.ipynb", *cells), {}, limits or Limits())
    made.go()
    assert made.end is not None
    return made.end


def test_a_run_that_ends_well_tells_what_it_used(tmp_path: Path) -> None:
    end = used(tmp_path, TAKES, BUSY)

    assert end.code is None
    assert HELD < end.use.peak < 3 * HELD
    assert 0.5 <= end.use.cpu < 10


def test_one_whose_kernel_is_killed_tells_it_too(tmp_path: Path) -> None:
    end = used(tmp_path, TAKES, BUSY, "import os\nos.kill(os.getpid(), 9)")

    assert end.code == -9
    assert HELD < end.use.peak < 3 * HELD
    assert end.use.cpu >= 0.5
    assert str(end).startswith(f"killed (SIGKILL), peak memory {end.use.peak / 1e6:.0f} MB")


def test_one_that_ends_itself_tells_its_exit_code(tmp_path: Path) -> None:
    end = used(tmp_path, "import os\nos._exit(7)")

    assert end.code == 7 and str(end).startswith("exit code 7, peak memory ")


def test_one_that_a_limit_kills_tells_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetbook.kernels import cell_execution

    monkeypatch.setattr(cell_execution, "GRACE", 0.3)
    deaf = "while True:\n    try: time.sleep(9)\n    except KeyboardInterrupt: pass"

    end = used(tmp_path, "import time", deaf, limits=Limits(cell_seconds=0.3))

    assert end.code == -9


def test_what_a_line_of_the_shell_computes_counts(tmp_path: Path) -> None:
    busy = "import time; e = time.process_time() + 0.5\nwhile time.process_time() < e: pass"

    end = used(
        tmp_path, f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', '''{busy}'''])"
    )

    assert end.use.cpu >= 0.5


async def _seen_and_told(kernel: JobKernel) -> tuple[int, KernelEnd]:
    """The peak of a kernel while it is there, and how it ended."""
    async with kernel:
        await kernel.start()
        seen = kernel.use.peak
        kernel.kill()
        return seen, await kernel.ended()


@pytest.mark.parametrize("kind", ["of the host", "of a provisioner"])
def test_a_kernel_of_its_own_program_is_measured_without_the_host(
    tmp_path: Path, own_host: Path, kind: str
) -> None:
    """It is forked from the host before it is a program, and the system counts that with it."""
    used(tmp_path, "1")  # so that the host has imported what its own kernels begin with
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    made: dict[str, Callable[[], JobKernel]] = {
        "of the host": lambda: rented(tmp_path, OMP_NUM_THREADS="1"),
        "of a provisioner": lambda: OwnKernel("python3", tmp_path / "a.ipynb", environment),
    }

    seen, end = asyncio.run(_seen_and_told(made[kind]()))

    assert end.code == -9
    assert seen <= end.use.peak < seen + 5_000_000


def test_a_forked_one_does_not_begin_with_the_peak_of_others(tmp_path: Path) -> None:
    greedy = used(tmp_path, TAKES)
    (other := tmp_path / "other").mkdir()

    end = used(other, "1")

    assert end.use.peak < greedy.use.peak - HELD / 2
