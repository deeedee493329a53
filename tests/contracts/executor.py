"""What any executor must do. Inherit ``ExecutorContract``, supply ``executor``."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from assetbook import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetIn,
    AssetSpec,
    Config,
    ConfigurableResource,
    DataVersion,
    Instance,
    MaterializeResult,
    Output,
    asset,
    asset_check,
    multi_asset,
)
from assetbook.events.asset_events import AssetMaterialized, CheckEvaluated
from assetbook.events.run_events import StepEnded, StepStarted
from assetbook.execution.executor import Executor
from assetbook.instance.materializing import MaterializeOutcome, materialize_definitions

ROWS = 1_000
PATIENCE = 30.0  # seconds for which a step waits for another one


class Rate(ConfigurableResource):
    """A resource that tells each time it is set up and torn down."""

    told: str
    factor: int = 3

    def yield_for_execution(self, context: object) -> Iterator[Rate]:
        note(Path(self.told), "up")
        yield self
        note(Path(self.told), "down")


class Day(Config):
    day: int = 1


def note(path: Path, line: str) -> None:
    """Adds a line to a file, from any process."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def meet(folder: Path, mine: str, other: str) -> None:
    """Returns when the step ``other`` is on its way too; fails if it never is."""
    (folder / mine).touch()
    until = time.monotonic() + PATIENCE
    while not (folder / other).exists():
        assert time.monotonic() < until, f"`{other}` never began"
        time.sleep(0.005)


class ExecutorContract:
    """Tests of what runs by an executor, held against what every run is."""

    @pytest.fixture
    def executor(self) -> Executor:
        raise NotImplementedError

    @pytest.fixture
    def instance(self, project: Path) -> Iterator[Instance]:
        instance = Instance.get(project)
        yield instance
        instance.close()

    @pytest.fixture
    def project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "pyproject.toml").touch()
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def make(
        self, instance: Instance, executor: Executor, *assets: object, **more: object
    ) -> MaterializeOutcome:
        return materialize_definitions(
            assets, instance=instance, executor=executor, raise_on_error=False, **more  # type: ignore[arg-type]
        )  # fmt: skip

    def test_values_go_from_step_to_step(self, instance: Instance, executor: Executor) -> None:
        @asset
        def orders() -> pd.DataFrame:
            return pd.DataFrame({"n": range(ROWS), "text": ["ü"] * ROWS})

        @asset
        def table(orders: pa.Table) -> pa.Table:
            return orders.slice(0, 10)

        @asset
        def total(orders: pd.DataFrame, table: pd.DataFrame) -> int:
            return int(orders["n"].sum()) + len(table)

        outcome = self.make(instance, executor, orders, table, total)
        assert outcome.success
        assert instance.value("total") == sum(range(ROWS)) + 10
        assert instance.value("table").num_rows == 10

    def test_the_record_is_that_of_any_run(self, instance: Instance, executor: Executor) -> None:
        @asset
        def one(context: AssetExecutionContext) -> Output[int]:
            context.add_output_metadata({"seen": context.run_id})
            return Output(1, metadata={"rows": 5}, data_version=DataVersion("v1"), tags={"k": "v"})

        @asset(deps=[one])
        def nothing() -> None:
            return None

        @asset
        def two(one: int) -> int:
            return one + 1

        outcome = self.make(instance, executor, one, nothing, two)
        events = instance.events(run_id=outcome.run_id)
        started = [each.event.step for each in events if isinstance(each.event, StepStarted)]
        made = {
            each.event.key: each.event
            for each in events
            if isinstance(each.event, AssetMaterialized)
        }
        assert sorted(started) == sorted(made) == ["nothing", "one", "two"]
        assert (made["one"].data_version, made["one"].tags) == ("v1", {"k": "v"})
        assert {"rows", "seen"} <= made["one"].metadata.keys()
        assert made["two"].inputs["one"].version == 1
        assert made["two"].code.digest and not made["two"].code.unknowns
        again = self.make(instance, executor, one, nothing, two)
        assert again.plan.all_fresh

    def test_a_failure_ends_what_reads_it_alone(
        self, instance: Instance, executor: Executor
    ) -> None:
        @asset
        def broken() -> int:
            raise ValueError("no rows today")

        @asset
        def reads_it(broken: int) -> int:
            return broken

        @asset
        def apart() -> int:
            return 1

        outcome = self.make(instance, executor, broken, reads_it, apart)
        ended = {each.step.name: each for each in outcome.outcomes}
        assert {name: each.status for name, each in ended.items()} == {
            "broken": "failed",
            "reads_it": "upstream_failed",
            "apart": "done",
        }
        assert ended["broken"].message == "ValueError: no rows today"
        error = ended["broken"].error
        assert error is not None and "raise ValueError" in error.traceback
        assert error.where is not None and "executor.py" in error.where

    def test_output_stays_with_its_step(
        self, instance: Instance, executor: Executor, capfd: pytest.CaptureFixture[str]
    ) -> None:
        def talks(name: str) -> object:
            @asset(name=name)
            def talking(context: AssetExecutionContext) -> int:
                for number in range(5):
                    print(f"{name} {number}")
                    time.sleep(0.002)
                context.log.warning("logged by %s", name)
                return 1

            return talking

        names = ["anna", "berta", "carla"]
        outcome = self.make(instance, executor, *map(talks, names))
        assert outcome.run_id is not None
        for name in names:
            lines = [each.record for each in instance.logs(outcome.run_id, name)]
            text = "".join(each.text for each in lines if each.stream == "stdout")
            assert text == "".join(f"{name} {number}\n" for number in range(5))
            assert [each.text for each in lines if each.stream == "log"] == [f"logged by {name}"]
        shown = capfd.readouterr().out
        assert all(f"{name} 4" in shown for name in names)

    def test_checks_run_and_block(self, instance: Instance, executor: Executor) -> None:
        @asset
        def orders() -> int:
            return 0

        @asset_check(asset=orders, blocking=True)
        def positive(orders: int) -> AssetCheckResult:
            return AssetCheckResult(orders > 0, metadata={"found": orders})

        @asset
        def report(orders: int) -> int:
            return orders

        outcome = self.make(instance, executor, orders, positive, report)
        ended = {each.step.name: each.status for each in outcome.outcomes}
        assert ended["orders"] == "done" and ended["orders:positive"] == "failed"
        assert ended["report"] != "done"

    def test_a_check_that_cannot_be_called_is_recorded_as_failed(
        self, instance: Instance, executor: Executor
    ) -> None:
        @asset
        def orders() -> int:
            return 1

        @asset
        def prices() -> None:
            return None

        @asset_check(asset=orders, additional_ins={"prices": AssetIn("prices")})
        def fitting(orders: int, prices: int) -> bool:
            return orders < prices

        self.make(instance, executor, orders, prices, fitting)
        [found] = instance.events(kinds=[CheckEvaluated])
        assert isinstance(found.event, CheckEvaluated) and not found.event.passed
        error = found.event.error
        assert error is not None and "materialized without a value" in error.message

    def test_several_outputs_and_checks_of_one_function(
        self, instance: Instance, executor: Executor
    ) -> None:
        @multi_asset(specs=[AssetSpec("left"), AssetSpec("right", deps=["left"])])
        def both() -> tuple[MaterializeResult, MaterializeResult]:
            return (
                MaterializeResult(asset_key="left", value=[1], metadata={"n": 1}),
                MaterializeResult(asset_key="right", value=[2]),
            )

        assert self.make(instance, executor, both).success
        assert (instance.value("left"), instance.value("right")) == ([1], [2])

    def test_config_and_resources_arrive(
        self, instance: Instance, executor: Executor, project: Path
    ) -> None:
        told = project / "told"

        def priced(name: str) -> object:
            @asset(name=name)
            def made(config: Day, rate: Rate) -> int:
                return config.day * rate.factor

            return made

        rate = {"rate": Rate(told=str(told))}
        outcome = self.make(
            instance, executor, priced("a"), priced("b"),
            resources=rate, record=True, run_config={"b": {"day": 7}},
        )  # fmt: skip
        assert outcome.success
        assert (instance.value("a"), instance.value("b")) == (3, 21)
        lines = told.read_text(encoding="utf-8").split()
        assert lines.count("up") == lines.count("down") <= 2

    def test_inputs_are_apart(self, instance: Instance, executor: Executor) -> None:
        @asset
        def orders() -> pd.DataFrame:
            return pd.DataFrame({"n": [1, 2]})

        def spoils(name: str) -> object:
            @asset(name=name)
            def spoiling(orders: pd.DataFrame) -> int:
                seen = int(orders["n"].sum())
                orders["n"] = 0
                return seen

            return spoiling

        assert self.make(instance, executor, orders, spoils("a"), spoils("b")).success
        assert (instance.value("a"), instance.value("b")) == (3, 3)

    def test_code_that_ends_the_process_fails_its_step_alone(
        self, instance: Instance, executor: Executor
    ) -> None:
        @asset
        def leaves() -> int:
            raise SystemExit("no more orders")

        @asset
        def after(leaves: int) -> int:
            return leaves

        @asset
        def other() -> int:
            return 3

        outcome = self.make(instance, executor, leaves, after, other)
        outcomes = {each.step.name: each for each in outcome.outcomes}
        failed, unreached, done = (outcomes[each] for each in ("leaves", "after", "other"))
        assert (failed.status, unreached.status, done.status) == (
            "failed", "upstream_failed", "done",
        )  # fmt: skip
        assert "asked to end the process (SystemExit: no more orders)" in failed.message
        assert failed.error is not None
        assert 'raise SystemExit("no more orders")' in failed.error.traceback

    def test_an_interrupt_ends_the_run(
        self, instance: Instance, executor: Executor, project: Path
    ) -> None:
        @asset
        def slow() -> int:
            (project / "begun").touch()
            for _ in range(2_000):
                time.sleep(0.01)
            return 1

        @asset
        def after(slow: int) -> int:
            return slow

        threading.Thread(target=_interrupt_when, args=(project / "begun",)).start()
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            self.make(instance, executor, slow, after)
        assert time.monotonic() - began < PATIENCE / 2
        [run] = instance.runs()
        ended = [each.event for each in instance.events(run_id=run.id)]
        canceled = [each for each in ended if isinstance(each, StepEnded)]
        assert run.status == "canceled"
        assert [(each.step, each.status) for each in canceled] == [("slow", "canceled")]


class ConcurrentExecutorContract(ExecutorContract):
    """Tests of executors that run several steps at a time, two of them at least."""

    def test_two_steps_run_at_a_time(
        self, instance: Instance, executor: Executor, project: Path
    ) -> None:
        def meets(mine: str, other: str) -> object:
            @asset(name=mine)
            def meeting() -> int:
                meet(project, mine, other)
                return 1

            return meeting

        assert self.make(instance, executor, meets("a", "b"), meets("b", "a")).success


def _interrupt_when(path: Path) -> None:
    import os
    import signal

    while not path.exists():
        time.sleep(0.005)
    os.kill(os.getpid(), signal.SIGINT)
