"""A project for each test, and one warmed worker for each module."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.mounts import PROBLEMS
from tests.faults.warm_worker import WarmWorker
from tests.process_tree import host_processes

from assetbook.kernels.host.address import FOLDER_VARIABLE


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what needs a mount that is not allowed here; `make` says so."""
    for mark, problem in PROBLEMS.items():
        mounting = [item for item in items if item.get_closest_marker(mark)]
        if mounting and problem() is not None:
            config.hook.pytest_deselected(items=mounting)
            items[:] = [item for item in items if item not in mounting]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory, where there is one: hundreds of stores are made in it."""
    place = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder).resolve()


@pytest.fixture(scope="module")
def worker() -> Iterator[WarmWorker]:
    with WarmWorker() as warm:
        yield warm


@pytest.fixture(scope="module")
def notebook_runner() -> Iterator[WarmWorker]:
    """A warmed runner of notebooks, whose kernels come from a host of the module alone."""
    folder = Path(os.environ[FOLDER_VARIABLE]) / str(time.monotonic_ns())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(folder))
        with WarmWorker(also=("papermill", "assetbook.kernels.notebook_run")) as warm:
            yield warm
        for pid in host_processes(folder):
            os.kill(pid, signal.SIGKILL)


def make_project(folder: Path, lease: float = 1.0) -> Path:
    """A new project's folder, in which a stopped run counts as dead after ``lease`` seconds."""
    folder.mkdir(parents=True)
    text = f"[tool.assetbook]\nlease_seconds = {lease}\n"
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder
