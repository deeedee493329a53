"""A project for each test, and one warmed worker for each module."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.mounts import PROBLEMS
from tests.faults.warm_worker import WarmWorker


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


def make_project(folder: Path, lease: float = 1.0) -> Path:
    """A new project's folder, in which a stopped run counts as dead after ``lease`` seconds."""
    folder.mkdir(parents=True)
    text = f"[tool.assetbook]\nlease_seconds = {lease}\n"
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder
