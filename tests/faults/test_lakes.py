"""Processes that die between a lake's commit and the event that records it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.faults.lake_worker import append, manager_of
from tests.faults.warm_worker import environment

from assetbook.instance.instance import Instance
from assetbook.io.contexts import OutputContext
from assetbook.io.lake_manager import LakeIOManager
from assetbook.io.recorded_runs import NothingRecorded
from assetbook.project import find_project


def die(project: Path, lake: str, number: int) -> None:
    """A process that appends the number and is killed before it is recorded."""
    program = [sys.executable, "-W", "ignore", "-m", "tests.faults.lake_worker"]
    done = subprocess.run(
        [*program, str(project), lake, str(number), "die"],
        env=environment(),
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == -signal.SIGKILL


def asking_nothing(
    self: LakeIOManager,
    context: OutputContext,
    obj: Any,
    store: Any = LakeIOManager.handle_output,
) -> None:
    """A manager's ``handle_output`` that does not ask what became of earlier runs: the control."""
    object.__setattr__(context, "recorded", NothingRecorded())
    store(self, context, obj)


def found(project: Path, lake: str) -> list[list[int]]:
    """The rows of each version, the oldest first."""
    at = find_project(project)
    instance = Instance.open(at.store, project=at)
    resources = {"lake": manager_of(lake, project)}
    values = [
        instance.value("rows", each.number, as_type=pa.Table, resources=resources)
        for each in instance.versions("rows")
    ]
    instance.close()
    return [sorted(each["n"].to_pylist()) for each in reversed(values)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    return folder


@pytest.mark.parametrize("lake", ["delta", pytest.param("iceberg", marks=pytest.mark.long)])
def test_rows_of_a_killed_run_count_once(
    project: Path, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(project, lake, 1)
    die(project, lake, 2)
    naive = project.with_name("naive")
    shutil.copytree(project, naive)
    assert found(project, lake) == [[1]]
    append(project, lake, 2)
    assert found(project, lake) == [[1], [1, 2]]
    if lake == "delta":  # a catalog of Iceberg's names its place
        monkeypatch.setattr(LakeIOManager, "handle_output", asking_nothing)
        append(naive, lake, 2)
        assert found(naive, lake) == [[1], [1, 2, 2]]
