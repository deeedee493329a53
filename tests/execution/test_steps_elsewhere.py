"""Steps called elsewhere, as bytes: by the executor that the documentation shows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.executor import ConcurrentExecutorContract

from assetbook import Instance, Secret, asset
from assetbook.execution.executor import Executor
from assetbook.instance.materializing import materialize_definitions

PAGE = Path(__file__).parents[2] / "docs/extension-points.md"


def executor_of_the_page(folder: Path) -> Executor:
    folder.mkdir()
    [code] = re.findall(r"```\{code-cell\} ipython3\n(.*?class JobExecutor.*?)```", PAGE.read_text(encoding="utf-8"), re.S)  # fmt: skip  # noqa: E501
    names: dict[str, Any] = {}
    exec(code, names)
    made: Executor = names["JobExecutor"](folder)
    return made


@pytest.mark.long
class TestStepsElsewhere(ConcurrentExecutorContract):
    @pytest.fixture
    def executor(self, tmp_path_factory: pytest.TempPathFactory) -> Executor:
        return executor_of_the_page(tmp_path_factory.mktemp("jobs") / "files")


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


def test_values_output_secrets_and_failures_come_back(
    instance: Instance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    @asset
    def numbers() -> list[int]:
        return [1, 2]

    @asset
    def told(numbers: list[int]) -> int:
        token = Secret("tulip-rose-" + "daisy")
        print(f"with {token.get_value()}: {sum(numbers)}")
        return sum(numbers)

    @asset
    def dies() -> int:
        os._exit(3)

    @asset
    def asks(numbers: list[int]) -> int:
        raise ValueError("no rows today")

    outcome = materialize_definitions(
        [numbers, told, dies, asks],
        instance=instance,
        executor=executor_of_the_page(tmp_path / "jobs"),
        raise_on_error=False,
    )
    ended = {each.step.name: each for each in outcome.outcomes}
    assert {name: each.status for name, each in ended.items()} == {
        "numbers": "done", "told": "done", "dies": "failed", "asks": "failed"
    }  # fmt: skip
    assert instance.value("told") == 3
    kept = "".join(each.record.text for each in instance.logs(outcome.run_id or "", "told"))
    assert kept == "with ***: 3\n"
    assert "tulip-rose" not in capsys.readouterr().out
    assert ended["asks"].message == "ValueError: no rows today"
