"""What any executor must do with ops. Inherit ``OpExecutorContract``, supply ``executor``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assetbook import (
    AssetMaterialization,
    AssetObservation,
    Config,
    ConfigurableIOManager,
    ConfigurableResource,
    DynamicOut,
    DynamicOutput,
    Failure,
    In,
    Instance,
    JobDefinition,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    RetryPolicy,
    RetryRequested,
    RunConfig,
    failure_hook,
    graph_asset,
    job,
    op,
    success_hook,
)
from assetbook.events.asset_events import AssetMaterialized, AssetObserved
from assetbook.events.records import Event
from assetbook.events.run_events import HookEnded, StepStarted, StepSucceeded, StepUpForRetry
from assetbook.execution.executor import Executor
from assetbook.instance.job_result import JobResult
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import materialize_definitions, origin_of

_OF_ASSETS = (AssetMaterialized, AssetObserved)


class Rate(ConfigurableResource):
    factor: int = 3


class Day(Config):
    day: int = 1


class Folder(ConfigurableIOManager):
    """A manager of one's own, which writes down what it is asked."""

    folder: str

    def handle_output(self, context: Any, value: Any) -> None:
        Path(self.folder, "-".join(context.get_identifier()[1:])).write_text(str(value))

    def load_input(self, context: Any) -> Any:
        name = "-".join(context.upstream_output.get_identifier()[1:])
        return Path(self.folder, name).read_text() + " again"


def note(path: Path, line: str) -> None:
    """Adds a line to a file, from any process."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


class OpExecutorContract:
    """Tests of ops that run by an executor, held against what every run is."""

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

    def run(
        self, made: JobDefinition, instance: Instance, executor: Executor, **given: Any
    ) -> JobResult:
        options = JobOptions(**given)
        return run_job(made, instance, options, origin=origin_of("test"), executor=executor)

    def test_an_op_that_returns_nothing_gives_none(
        self, instance: Instance, executor: Executor
    ) -> None:
        @op
        def send(amount: int):  # type: ignore[no-untyped-def]
            pass

        @op
        def shown(sent: object) -> str:
            return repr(sent)

        @op
        def count() -> int:
            return 3

        @job
        def sending() -> None:
            shown(send(count()))

        result = self.run(sending, instance, executor)
        assert result.success
        assert result.output_for_node("send") is None
        assert result.output_for_node("shown") == "None"

    def test_outputs_go_from_op_to_op(self, instance: Instance, executor: Executor) -> None:
        @op(out={"table": Out(), "count": Out()})
        def orders() -> tuple[pd.DataFrame, int]:
            return pd.DataFrame({"n": [1, 2, 3]}), 3

        @op
        def total(table: pd.DataFrame, count: int, more: int = 10) -> int:
            return int(table["n"].sum()) + count + more

        @op
        def listed(amounts: list[int]) -> list[int]:
            return sorted(amounts)

        @job
        def all_of_it() -> None:
            table, count = orders()
            listed([total(table, count), count])

        result = self.run(all_of_it, instance, executor)
        assert result.success
        assert result.output_for_node("listed") == [3, 19]
        ends = [each for each in result.all_events if isinstance(each, StepSucceeded)]
        assert {each.step: [one.name for one in each.outputs] for each in ends} == {
            "orders": ["table", "count"],
            "total": ["result"],
            "listed": ["result"],
        }
        assert all(one.value is not None for each in ends for one in each.outputs)

    def test_nothing_only_waits(
        self, instance: Instance, executor: Executor, project: Path
    ) -> None:
        told = project / "told"

        @op
        def first() -> None:
            note(told, "first")

        @op(ins={"start": In(Nothing)})
        def second() -> None:
            note(told, "second")

        @job
        def ordered() -> None:
            second(first())

        assert self.run(ordered, instance, executor).success
        assert told.read_text().split() == ["first", "second"]

    def test_elements_run_each_and_are_collected(
        self, instance: Instance, executor: Executor
    ) -> None:
        @op(out=DynamicOut())
        def numbers(context: OpExecutionContext) -> Iterator[DynamicOutput[int]]:
            for number in range(context.op_config["count"]):
                yield DynamicOutput(number, mapping_key=f"n{number}")

        @op
        def tenfold(context: OpExecutionContext, number: int) -> str:
            return f"{context.get_mapping_key()}={number * 10}"

        @op
        def gathered(texts: list[str]) -> str:
            return " ".join(texts)

        @job
        def spread() -> None:
            gathered(numbers().map(tenfold).collect())

        for count, said in ((3, "n0=0 n1=10 n2=20"), (0, "")):
            config = {"ops": {"numbers": {"config": {"count": count}}}}
            result = self.run(spread, instance, executor, run_config=config)
            assert result.success
            assert result.output_for_node("gathered") == said
            if count:
                assert result.output_for_node("tenfold")["n1"] == "n1=10"

    def test_what_did_not_come_skips_what_needs_it(
        self, instance: Instance, executor: Executor
    ) -> None:
        @op(out={"left": Out(is_required=False), "right": Out(is_required=False)})
        def branch() -> Iterator[Output[int]]:
            yield Output(1, "left")

        @op
        def go(n: int) -> int:
            return n

        @op
        def both(ns: list[int]) -> int:
            return len(ns)

        @job
        def branching() -> None:
            left, right = branch()
            both([go.alias("go_left")(left), go.alias("go_right")(right)])

        result = self.run(branching, instance, executor)
        assert result.success
        assert result.is_node_skipped("go_right")
        assert result.output_for_node("both") == 1

    def test_a_failure_ends_what_needs_it_alone(
        self, instance: Instance, executor: Executor
    ) -> None:
        @op
        def broken() -> int:
            raise Failure("no rows today", metadata={"rows": 0})

        @op
        def needs(n: int) -> int:
            return n

        @op
        def other() -> int:
            return 2

        @job
        def failing() -> None:
            needs(broken())
            other()

        result = self.run(failing, instance, executor)
        assert not result.success
        assert result.get_failed_step_keys() == {"broken"}
        assert result.is_node_untouched("needs")
        assert result.output_for_node("other") == 2
        error = result.failure_data_for_node("broken")
        assert error is not None and error.message == "no rows today"
        (failed,) = [
            each for each in result.events_for_node("broken") if type(each).__name__ == "StepEnded"
        ]
        assert failed.metadata["rows"] == {"type": "int", "value": 0}

    def test_config_resources_and_context_are_there(
        self, instance: Instance, executor: Executor
    ) -> None:
        @op(required_resource_keys={"rate"})
        def seen(context: OpExecutionContext, config: Day, n: int) -> str:
            context.log.info("it is day %d", config.day)
            context.add_output_metadata({"day": config.day})
            assert context.config == config and context.op_config == {"day": config.day}
            return f"{context.job_name} {context.step_key} {context.resources.rate.factor} {n}"

        @op
        def factor(rate: Rate) -> int:
            return rate.factor

        @job(resource_defs={"rate": Rate(factor=4)})
        def told() -> None:
            seen()
            factor()

        config = RunConfig(
            ops={"seen": {"config": {"day": 5}, "inputs": {"n": 7}}},
            resources={"rate": {"config": {"factor": 6}}},
        )
        result = self.run(told, instance, executor, run_config=config)
        assert result.output_for_node("seen") == "told seen 6 7"
        assert result.output_for_node("factor") == 6
        (ended,) = [
            each for each in result.events_for_node("seen") if isinstance(each, StepSucceeded)
        ]
        assert ended.outputs[0].metadata == {"day": {"type": "int", "value": 5}}
        assert "it is day 5" in [each.record.text for each in instance.logs(result.run_id, "seen")]

    def test_a_manager_of_ones_own_is_called_for_each(
        self, instance: Instance, executor: Executor, project: Path
    ) -> None:
        @op(out=Out(io_manager_key="folder"))
        def stored() -> str:
            return "text"

        @op
        def loaded(text: str) -> str:
            return text

        @job(resource_defs={"folder": Folder(folder=str(project))})
        def through_files() -> None:
            loaded(stored())

        result = self.run(through_files, instance, executor)
        assert (project / "stored-result").read_text() == "text"
        assert result.output_for_node("loaded") == "text again"

    def test_an_op_tells_of_assets(self, instance: Instance, executor: Executor) -> None:
        @op
        def told(context: OpExecutionContext) -> Iterator[Any]:
            context.log_event(AssetObservation("seen", metadata={"rows": 2}))
            yield AssetMaterialization("outside", metadata={"rows": 3})
            yield Output(1)

        @op
        def fails(context: OpExecutionContext) -> int:
            context.log_event(AssetObservation("lost"))
            raise ValueError("no")

        @job
        def j() -> None:
            told()
            fails()

        result = self.run(j, instance, executor)
        assert result.output_for_node("told") == 1
        found = [each for each in result.all_events if isinstance(each, _OF_ASSETS)]
        assert [(each.key, each.metadata["rows"]["value"]) for each in found] == [
            ("outside", 3),
            ("seen", 2),
        ]
        assert {each.run_id for each in found} == {result.run_id}

    def test_types_are_checked(self, instance: Instance, executor: Executor) -> None:
        @op
        def wrong() -> int:
            return "text"  # type: ignore[return-value]

        @job
        def typed() -> None:
            wrong()

        result = self.run(typed, instance, executor)
        error = result.failure_data_for_node("wrong")
        assert error is not None and "expected int" in error.message

    def test_a_policy_tries_again_and_each_attempt_is_an_event(
        self, instance: Instance, executor: Executor, project: Path
    ) -> None:
        told = project / "told"

        @op(retry_policy=RetryPolicy(max_retries=3, delay=0.01))
        def flaky(context: OpExecutionContext) -> int:
            note(told, str(context.retry_number))
            if context.retry_number < 2:
                raise ValueError("not yet")
            return context.retry_number

        @op
        def asks(context: OpExecutionContext) -> int:
            if context.retry_number == 0:
                raise RetryRequested(max_retries=1)
            return 1

        @op(retry_policy=RetryPolicy(max_retries=3))
        def gives_up() -> int:
            raise Failure("never", allow_retries=False)

        @job
        def trying() -> None:
            flaky()
            asks()
            gives_up()

        result = self.run(trying, instance, executor)
        assert told.read_text().split() == ["0", "1", "2"]
        assert result.output_for_node("flaky") == 2
        assert result.output_for_node("asks") == 1
        attempts = {
            each: result.retry_attempts_for_node(each) for each in ("flaky", "asks", "gives_up")
        }
        assert attempts == {"flaky": 2, "asks": 1, "gives_up": 0}
        assert result.get_failed_step_keys() == {"gives_up"}
        kinds: list[type[Event]] = [type(each) for each in result.events_for_node("asks")]
        assert kinds == [StepStarted, StepUpForRetry, StepStarted, StepSucceeded]
        logged = [each.record.text for each in instance.logs(result.run_id, "flaky")]
        assert any("attempt 1 failed: ValueError: not yet" in each for each in logged)

    def test_a_retry_whose_time_has_come_waits_for_room(
        self, instance: Instance, executor: Executor
    ) -> None:
        @op(retry_policy=RetryPolicy(delay=0.05))
        def flaky(context: OpExecutionContext) -> int:
            if context.retry_number == 0:
                raise ValueError("not yet")
            return 1

        @op
        def slow() -> None:
            time.sleep(0.2)

        @job
        def busy() -> None:
            flaky()
            for number in range(4):  # more than there is room for
                slow.alias(f"slow_{number}")()

        result = self.run(busy, instance, executor)
        assert result.success
        assert result.output_for_node("flaky") == 1

    def test_hooks_are_called_when_it_has_ended(
        self, instance: Instance, executor: Executor
    ) -> None:
        told: list[str] = []

        @success_hook
        def good(context: Any) -> None:
            told.append(f"{context.step_key} is done: {dict(context.op_output_values)}")

        @failure_hook(required_resource_keys={"rate"})
        def bad(context: Any) -> None:
            told.append(
                f"{context.step_key}: {context.op_exception} {context.resources.rate.factor}"
            )
            raise RuntimeError("the pager is off")

        @op
        def works() -> int:
            return 1

        @op
        def breaks() -> int:
            raise ValueError("oh")

        @job(hooks={good, bad}, resource_defs={"rate": Rate()})
        def hooked() -> None:
            works()
            breaks()

        result = self.run(hooked, instance, executor)
        assert sorted(told) == ["breaks: oh 3", "works is done: {'result': 1}"]
        hooks = [each for each in result.all_events if isinstance(each, HookEnded)]
        assert {each.hook: each.error and each.error.message for each in hooks} == {
            "good": None,
            "bad": "the pager is off",
        }

    def test_a_graph_makes_a_version_of_its_asset(
        self, instance: Instance, executor: Executor
    ) -> None:
        from assetbook import asset

        @asset
        def orders() -> pd.DataFrame:
            return pd.DataFrame({"n": [1, 2, 3]})

        @op
        def summed(table: pd.DataFrame) -> int:
            return int(table["n"].sum())

        @op
        def doubled(n: int) -> Output[int]:
            return Output(n * 2, metadata={"from": n})

        @graph_asset
        def twice(orders: Any) -> Any:
            return doubled(summed(orders))

        @asset
        def after(twice: int) -> int:
            return twice + 1

        made = [orders, twice, after]
        outcome = materialize_definitions(
            made, instance=instance, executor=executor, raise_on_error=False
        )
        assert outcome.success
        assert (instance.value("twice"), instance.value("after")) == (12, 13)
        version = instance.version("twice")
        assert version.event.inputs["orders"].version == 1
        assert version.event.code.digest and "from" in version.event.metadata
        again = materialize_definitions(made, instance=instance, executor=executor)
        assert again.plan.all_fresh
