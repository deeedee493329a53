"""Jobs of ops run: outputs reach inputs, in memory and through files, as in Dagster 1.13.28."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.definitions.some_ops import total

from assetbook import (
    Config,
    ConfigurableResource,
    DynamicOut,
    DynamicOutput,
    Failure,
    In,
    Instance,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    RetryPolicy,
    RetryRequested,
    ThreadExecutor,
    failure_hook,
    graph,
    job,
    op,
    success_hook,
)
from assetbook.definitions.job_definition import JobDefinition
from assetbook.errors import ConfigError, DefinitionError, SelectionError, TypeCheckError
from assetbook.events.run_events import StepSucceeded
from assetbook.instance.collecting import collect
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of


@op
def one() -> int:
    return 1


@op
def add(a: int, b: int = 5) -> int:
    return a + b


@pytest.fixture(params=["memory", "stored"])
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance | None]:
    if request.param == "memory":
        yield None
        return
    with closing(Instance.ephemeral()) as made:
        yield made


def ends(result: Any) -> dict[str, str]:
    return {each.step.name: each.status for each in result.result.outcomes}


def test_outputs_reach_inputs_through_nested_graphs(instance: Instance | None) -> None:
    @graph
    def inner(x):  # type: ignore[no-untyped-def]
        return add(x, b=add.alias("two")(x))

    @graph
    def outer():  # type: ignore[no-untyped-def]
        return inner(one())

    found = outer.execute_in_process(instance=instance)
    assert found.success
    assert found.output_value() == 7
    assert found.output_for_node("inner.two") == 6
    assert found.output_for_node("inner") == 7


def test_elements_are_mapped_and_collected(instance: Instance | None) -> None:
    @op(out=DynamicOut())
    def three() -> Iterator[DynamicOutput[int]]:
        for number in range(3):
            yield DynamicOutput(number, f"n{number}")

    @job
    def sums() -> None:
        total(three().map(add).collect())

    found = sums.execute_in_process(instance=instance)
    assert found.output_for_node("three") == {"n0": 0, "n1": 1, "n2": 2}
    assert found.output_for_node("add") == {"n0": 5, "n1": 6, "n2": 7}
    assert found.output_for_node("total") == 18
    assert ends(found)["add[n1]"] == "done"


def test_an_output_that_does_not_come_skips_what_needs_it(instance: Instance | None) -> None:
    @op(out={"left": Out(is_required=False), "right": Out(is_required=False)})
    def turn() -> Iterator[Output[int]]:
        yield Output(3, "left")

    @job
    def turns() -> None:
        left, right = turn()
        add.alias("go_left")(left)
        add.alias("go_right")(right)

    found = turns.execute_in_process(instance=instance)
    assert ends(found) == {"turn": "done", "go_left": "done", "go_right": "skipped"}
    assert found.is_node_skipped("go_right")
    with pytest.raises(SelectionError, match="In this run the op ended as skipped"):
        found.output_for_node("go_right")


def test_nothing_orders_and_carries_no_value(instance: Instance | None) -> None:
    order: list[str] = []

    @op(out=Out(Nothing))
    def first() -> None:
        order.append("first")

    @op(ins={"start": In(Nothing)})
    def second() -> str:
        order.append("second")
        return "done"

    @job
    def both() -> None:
        second(start=first())

    assert both.execute_in_process(instance=instance).output_for_node("second") == "done"
    assert order == ["first", "second"]


def test_an_output_of_nothing_need_not_be_yielded(instance: Instance | None) -> None:
    @op(out={"count": Out(), "ready": Out(Nothing), "more": Out(Nothing, is_required=False)})
    def first() -> Iterator[Output[int]]:
        yield Output(1, "count")

    @op(ins={"start": In(Nothing)})
    def second() -> str:
        return "done"

    @job
    def both() -> None:
        _, ready, more = first()
        second(start=ready)
        second.alias("third")(start=more)

    found = both.execute_in_process(instance=instance)
    assert found.output_for_node("second") == "done"
    assert found.is_node_skipped("third")


def test_tables_are_handed_over_isolated_and_as_annotated(instance: Instance | None) -> None:
    @op
    def table() -> pd.DataFrame:
        return pd.DataFrame({"n": [1, 2]})

    @op
    def spoil(frame: pd.DataFrame) -> int:
        frame["n"] = 0
        return int(frame["n"].sum())

    @op
    def read(frame: pd.DataFrame, spoilt: int) -> int:
        return int(frame["n"].sum()) + spoilt

    @job
    def tables() -> None:
        made = table()
        read(made, spoil(made))

    if instance is None:  # as they are, as in Dagster
        assert tables.execute_in_process().output_for_node("read") == 0
        return
    found = run_job(tables, instance, JobOptions(), origin=origin_of("python"))
    assert found.output_for_node("read") == 3


def test_a_value_without_a_format_stays_in_memory(instance: Instance | None) -> None:
    class Model:
        pass

    @op
    def train() -> Any:
        return Model()

    @op
    def name(model: Any) -> str:
        return type(model).__name__

    @job
    def models() -> None:
        name(train())

    assert models.execute_in_process(instance=instance).output_for_node("name") == "Model"


class Day(Config):
    day: str = "monday"
    limit: int = 3


@op
def fetch(config: Day) -> str:
    return f"{config.day}:{config.limit}"


@job
def fetching() -> None:
    fetch()


def test_an_op_is_configured_by_its_path() -> None:
    told = {"ops": {"fetch": {"config": {"day": "friday"}}}}
    assert fetching.execute_in_process(told).output_for_node("fetch") == "friday:3"
    with pytest.raises(ConfigError, match="fetsch"):
        fetching.execute_in_process({"ops": {"fetsch": {"config": {}}}})
    with pytest.raises(ConfigError, match="limit"):
        fetching.execute_in_process({"ops": {"fetch": {"config": {"limit": "many"}}}})


def test_inputs_come_from_the_configuration_and_from_values() -> None:
    @job
    def adding(a: int) -> None:
        add(a)

    @job
    def configured() -> None:
        add()

    assert adding.execute_in_process(input_values={"a": 2}).output_for_node("add") == 7
    told = {"ops": {"add": {"inputs": {"a": {"value": 2}, "b": 3}}}}
    assert configured.execute_in_process(told).output_for_node("add") == 5
    with pytest.raises(SelectionError, match="it has no input `c`"):
        adding.execute_in_process(input_values={"c": 2})


class Shop(ConfigurableResource):
    name: str = "main"


def test_resources_are_parameters_and_members_of_the_context() -> None:
    @op
    def by_name(shop: Shop) -> str:
        return shop.name

    @op(required_resource_keys={"shop"})
    def by_key(context: OpExecutionContext) -> str:
        return str(context.resources.shop.name)

    @job(resource_defs={"shop": Shop(name="own")})
    def shops() -> None:
        by_name()
        by_key()

    found = shops.execute_in_process()
    assert [found.output_for_node(each) for each in ("by_name", "by_key")] == ["own", "own"]
    other = shops.execute_in_process(resources={"shop": Shop(name="test")})
    assert other.output_for_node("by_key") == "test"
    told = shops.execute_in_process({"resources": {"shop": {"config": {"name": "told"}}}})
    assert told.output_for_node("by_name") == "told"


def test_the_context_tells_of_the_step_and_takes_metadata(instance: Instance | None) -> None:
    @op(out=DynamicOut())
    def keys() -> list[DynamicOutput[int]]:
        return [DynamicOutput(1, "a"), DynamicOutput(2, "b")]

    @op
    def tell(context: OpExecutionContext, number: int) -> str:
        context.add_output_metadata({"number": number})
        context.log.info("at %s", context.get_mapping_key())
        return f"{context.job_name}/{context.step_key}/{context.get_mapping_key()}"

    @job
    def telling() -> None:
        keys().map(tell)

    found = telling.execute_in_process(instance=instance)
    assert found.output_for_node("tell") == {"a": "telling/tell[a]/a", "b": "telling/tell[b]/b"}
    (ended,) = (
        each
        for each in found.all_events
        if isinstance(each, StepSucceeded) and each.step == "tell[b]"
    )
    assert "number" in ended.outputs[0].metadata


def test_a_wrong_type_names_the_op_and_its_port() -> None:
    @op
    def wrong() -> int:
        return "text"  # type: ignore[return-value]

    @job
    def wrongs() -> None:
        add(wrong())

    with pytest.raises(TypeCheckError, match="the output `result` of the op `wrong`"):
        wrongs.execute_in_process()
    found = wrongs.execute_in_process(raise_on_error=False)
    assert ends(found) == {"wrong": "failed", "add": "upstream_failed"}
    assert found.get_failed_step_keys() == {"wrong"}


@pytest.mark.parametrize(
    ("yielded", "said"),
    [
        ([Output(1, "left"), Output(2, "left")], "left"),
        ([Output(1, "lefd")], "Did you mean `left`"),
        ([Output(1, "left")], "right"),
    ],
)
def test_outputs_that_do_not_fit_are_told(yielded: list[Output[int]], said: str) -> None:
    @op(out={"left": Out(), "right": Out()})
    def both() -> Any:
        yield from yielded

    @job
    def outputs() -> None:
        both()

    with pytest.raises(DefinitionError, match=said):
        outputs.execute_in_process()


def test_a_selection_of_ops_runs_alone_with_configured_inputs() -> None:
    @job
    def chain() -> None:
        add.alias("second")(add.alias("first")(one()))

    told = {"ops": {"second": {"inputs": {"a": 10}}}}
    found = chain.execute_in_process(told, op_selection=["second"])
    assert (ends(found), found.output_for_node("second")) == ({"second": "done"}, 15)
    with pytest.raises(ConfigError, match="`first` does not run"):
        chain.execute_in_process(op_selection=["second"])


def failing(times: int, error: Exception) -> Any:
    left = [error] * times

    def flaky() -> int:
        if left:
            raise left.pop()
        return 7

    return flaky


def flaky_job(flaky: Any, policy: RetryPolicy | None = None) -> JobDefinition:
    made = op(name="flaky", retry_policy=policy)(flaky)

    @job(name="flaky_job")
    def flaky_job() -> None:
        add(made())

    return flaky_job


def test_a_policy_tries_a_failed_step_again() -> None:
    made = flaky_job(failing(2, ValueError("busy")), RetryPolicy(max_retries=2))
    found = made.execute_in_process()
    assert found.output_for_node("add") == 12
    assert found.retry_attempts_for_node("flaky") == 2


def test_a_step_that_fails_more_often_fails() -> None:
    made = flaky_job(failing(3, ValueError("busy")), RetryPolicy(max_retries=2))
    with pytest.raises(ValueError, match="busy"):
        made.execute_in_process()


def test_an_author_asks_for_a_retry_or_forbids_it() -> None:
    asked = flaky_job(failing(1, RetryRequested(max_retries=1, seconds_to_wait=0.01)))
    assert asked.execute_in_process().success
    forbidden = failing(1, Failure("no use", allow_retries=False))
    with pytest.raises(Failure, match="no use"):
        flaky_job(forbidden, RetryPolicy(max_retries=5)).execute_in_process()


def test_others_run_while_a_step_waits_for_its_retry() -> None:
    order: list[str] = []

    @op(retry_policy=RetryPolicy(max_retries=1, delay=0.2))
    def flaky(context: OpExecutionContext) -> None:
        order.append(f"flaky {context.retry_number}")
        if not context.retry_number:
            raise ValueError

    @op
    def other() -> None:
        order.append("other")

    @job
    def both() -> None:
        flaky()
        other()

    assert both.execute_in_process().success
    assert order == ["flaky 0", "other", "flaky 1"]


def test_hooks_are_told_how_a_step_ended() -> None:
    told: list[tuple[str, str, str]] = []

    @success_hook(required_resource_keys={"shop"})
    def well(context: Any) -> None:
        told.append(("well", context.step_key, context.resources.shop.name))

    @failure_hook
    def badly(context: Any) -> None:
        told.append(("badly", context.step_key, str(context.op_exception)))
        raise RuntimeError("a hook's fault changes nothing")

    @op
    def fail() -> None:
        raise ValueError("broken")

    @job(hooks={well, badly}, resource_defs={"shop": Shop()})
    def hooked() -> None:
        one()
        fail()

    assert not hooked.execute_in_process(raise_on_error=False).success
    assert sorted(told) == [("badly", "fail", "broken"), ("well", "one", "main")]


class Folder:
    """A user's own manager, which keeps values by their identifiers."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, ...], object] = {}

    def handle_output(self, context: Any, obj: object) -> None:
        self.kept[tuple(context.get_identifier()[1:])] = obj
        context.add_output_metadata({"stored": 1})

    def load_input(self, context: Any) -> object:
        return self.kept[tuple(context.upstream_output.get_identifier()[1:])]


def test_outputs_go_through_ones_own_manager(instance: Instance | None) -> None:
    @op(out=Out(io_manager_key="folder"))
    def made() -> object:
        return {"a": 1}

    @op(out=DynamicOut(io_manager_key="folder"))
    def elements() -> list[DynamicOutput[int]]:
        return [DynamicOutput(1, "x"), DynamicOutput(2, "y")]

    @op
    def size(value: dict[str, int], items: list[int]) -> int:
        return len(value) + sum(items)

    folder = Folder()

    @job(resource_defs={"folder": folder})
    def managed() -> None:
        size(made(), elements().collect())

    found = managed.execute_in_process(instance=instance)
    assert found.output_for_node("size") == 4
    assert set(folder.kept) == {
        ("made", "result"),
        ("elements", "result", "x"),
        ("elements", "result", "y"),
    }
    assert found.output_for_node("made") == {"a": 1}


def test_threads_run_ops_side_by_side() -> None:
    @op
    def nap() -> float:
        time.sleep(0.2)
        return time.monotonic()

    @op
    def both(a: float, b: float) -> float:
        return abs(a - b)

    @job
    def naps() -> None:
        both(nap(), nap())

    with closing(Instance.ephemeral()) as instance:
        found = run_job(
            naps,
            instance,
            JobOptions(),
            origin=origin_of("python"),
            executor=ThreadExecutor(workers=2),
        )
        assert found.success
        assert found.output_for_node("both") < 0.19


def test_what_ops_of_other_shapes_give_reaches_others(instance: Instance | None) -> None:
    @job
    def shapes() -> None:
        total([add(one()), add.alias("more")(one.alias("uno")())])

    assert shapes.execute_in_process(instance=instance).output_for_node("total") == 12


def test_a_collection_removes_what_ops_gave_a_day_ago_and_no_run_needs() -> None:
    @op
    def table() -> pd.DataFrame:
        return pd.DataFrame({"n": [1, 2]})

    @job
    def tables() -> None:
        table()

    with closing(Instance.ephemeral()) as instance:
        found = run_job(tables, instance, JobOptions(), origin=origin_of("python"))
        kept = [each for each in instance.op_files.root.rglob("*") if each.is_file()]
        assert kept
        assert collect(instance).strays == ()
        for each in kept:
            os.utime(each, (0, 0))
        assert [each.path.partition("/")[0] for each in collect(instance, plan=True).strays] == [
            found.run_id
        ]
        assert all(each.exists() for each in kept)
        collect(instance)
        assert not any(each.exists() for each in kept)
