"""A step's tag names the executor that runs it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from tests.contracts.executor import meet

from assetbook import Instance, asset
from assetbook.errors import DefinitionError
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.executor_choice import TAG
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.materializing import MaterializeOutcome, materialize_definitions


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


def make(instance: Instance, executor: Executor, *assets: object) -> MaterializeOutcome:
    return materialize_definitions(
        assets, instance=instance, executor=executor, raise_on_error=False
    )


def where(name: str, tag: str) -> object:
    @asset(name=name, tags={TAG: tag} if tag else None)
    def tells() -> list[object]:
        return [os.getpid(), threading.current_thread() is threading.main_thread()]

    return tells


@pytest.mark.parametrize(
    "own", [InProcessExecutor(), ThreadExecutor(2), ProcessExecutor(2)], ids=repr
)
def test_each_step_runs_where_its_tag_says(instance: Instance, own: Executor) -> None:
    tags = ["", "in_process", "in-process", "threads", "processes"]
    steps = [where(f"step{number}", tag) for number, tag in enumerate(tags)]
    assert make(instance, own, *steps).success
    here = [os.getpid(), True]
    found = [instance.value(f"step{number}") for number in range(len(tags))]
    assert found[1] == found[2] == here
    assert found[3] == [os.getpid(), False]
    assert found[4][0] != os.getpid()
    is_process = isinstance(own, ProcessExecutor)
    assert (found[0][0] != os.getpid()) == is_process


def test_values_go_between_executors(instance: Instance) -> None:
    @asset(tags={TAG: "processes"})
    def orders() -> pd.DataFrame:
        return pd.DataFrame({"n": range(1_100_000)})

    @asset
    def total(orders: pd.DataFrame) -> int:
        return int(orders["n"].sum())

    @asset(tags={TAG: "processes"})
    def doubled(total: int, orders: pd.DataFrame) -> int:
        return total * 2 + len(orders) * 0

    assert make(instance, InProcessExecutor(), orders, total, doubled).success
    assert instance.value("doubled") == 2 * sum(range(1_100_000))


def test_steps_of_several_executors_run_at_a_time(instance: Instance, tmp_path: Path) -> None:
    def meets(mine: str, other: str, tag: str) -> object:
        @asset(name=mine, tags={TAG: tag})
        def meeting() -> int:
            meet(tmp_path, mine, other)
            return 1

        return meeting

    together = (meets("a", "b", "threads"), meets("b", "a", "processes"))
    assert make(instance, InProcessExecutor(), *together, where("c", "")).success


def test_one_executor_s_steps_wait_for_its_own_room_alone(instance: Instance) -> None:
    steps = [where(f"here{n}", "in_process") for n in range(4)] + [where("there", "processes")]
    assert make(instance, ThreadExecutor(2), *steps).success


def test_a_tag_that_names_no_executor_is_refused_before_anything_runs(instance: Instance) -> None:
    steps = [where("first", ""), where("second", "proceses")]
    with pytest.raises(DefinitionError, match="there is no executor 'proceses'") as said:
        make(instance, InProcessExecutor(), *steps)
    assert "the tag `assetbook/executor` of `second`" in str(said.value)
    assert "Did you mean `processes`" in str(said.value)
    assert instance.runs() == []
