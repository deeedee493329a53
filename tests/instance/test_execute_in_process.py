"""``execute_in_process``: a job runs here and now, and tells what each op gave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from assetbook import (
    Config,
    ConfigurableResource,
    DynamicOut,
    DynamicOutput,
    In,
    Instance,
    Out,
    RunConfig,
    ValueType,
    asset,
    config_mapping,
    graph,
    graph_asset,
    graph_multi_asset,
    job,
    materialize,
    materialize_to_memory,
    op,
    value_type_loader,
)
from assetbook.definitions.ports import AssetOut
from assetbook.errors import ConfigError, DefinitionError, SelectionError, UsageError


@op
def one() -> int:
    return 1


@op
def add_one(n: int) -> int:
    return n + 1


@op(out=DynamicOut())
def numbers() -> Iterator[DynamicOutput[int]]:
    for number in (1, 2):
        yield DynamicOutput(number, mapping_key=f"n{number}")


@op
def total(ns: list[int]) -> int:
    return sum(ns)


@graph
def twice_more(n: int) -> Any:
    return add_one(add_one(n))


@graph
def everything() -> Any:
    return total([twice_more(one()), total(numbers().map(add_one).collect())])


def test_the_result_tells_what_each_node_gave() -> None:
    result = everything.execute_in_process()
    assert result.success
    assert result.output_value() == 3 + 5
    assert result.output_for_node("one") == 1
    assert result.output_for_node("twice_more") == 3
    assert result.output_for_node("twice_more.add_one") == 2
    assert result.output_for_node("numbers") == {"n1": 1, "n2": 2}
    assert result.output_for_node("add_one") == {"n1": 2, "n2": 3}
    with pytest.raises(SelectionError, match="numbers"):
        result.output_for_node("nubmers")


def test_objects_go_from_op_to_op_as_they_are() -> None:
    class Thing:
        pass

    @op
    def thing() -> Thing:
        return Thing()

    @op
    def same(thing: Thing) -> Thing:
        return thing

    @job
    def things() -> None:
        same(thing())

    result = things.execute_in_process()
    assert result.output_for_node("same") is result.output_for_node("thing")


def test_the_authors_own_exception_is_raised_again() -> None:
    @op
    def breaks() -> int:
        return 1 // 0

    @job
    def breaking() -> None:
        add_one(breaks())

    with pytest.raises(ZeroDivisionError):
        breaking.execute_in_process()
    result = breaking.execute_in_process(raise_on_error=False)
    assert not result.success
    assert result.is_node_failed("breaks") and result.is_node_untouched("add_one")
    assert result.failure_data_for_node("breaks").kind == "ZeroDivisionError"


def test_inputs_come_from_values_or_the_configuration() -> None:
    @job
    def counting(n: int) -> None:
        add_one(n)

    assert counting.execute_in_process(input_values={"n": 4}).output_for_node("add_one") == 5
    given = counting.execute_in_process(run_config={"inputs": {"n": {"value": 6}}})
    assert given.output_for_node("add_one") == 7
    with pytest.raises(ConfigError, match=r"the input `n` of the op `add_one`.*nothing gives it"):
        counting.execute_in_process()
    with pytest.raises(SelectionError, match="it has no input `m`"):
        counting.execute_in_process(input_values={"m": 4})


def test_an_option_that_there_is_not_is_told() -> None:
    @job
    def single() -> None:
        one()

    with pytest.raises(UsageError, match=r"execute_in_process\(run_confg=...\).*\n.*`run_config`"):
        single.execute_in_process(run_confg={})


def test_a_plain_input_of_another_type_is_refused_before_anything_runs() -> None:
    @job
    def counting(n: int) -> None:
        add_one(n)

    for given in ({"n": "six"}, {"n": {"value": 6.5}}):
        with pytest.raises(ConfigError, match=r"`n` is not as its type asks: .*\nGive int\."):
            counting.execute_in_process(run_config={"inputs": given})


def test_a_selection_takes_what_does_not_run_from_the_configuration() -> None:
    @job
    def chain() -> None:
        add_one(one())

    config = {"ops": {"add_one": {"inputs": {"n": 10}}}}
    result = chain.execute_in_process(op_selection=["add_one"], run_config=config)
    assert result.output_for_node("add_one") == 11
    assert [each.step.name for each in result.outcomes] == ["add_one"]
    with pytest.raises(ConfigError, match="`one` does not run"):
        chain.execute_in_process(op_selection=["add_one"])


def test_a_config_mapping_makes_the_configuration_of_the_ops() -> None:
    class Times(Config):
        times: int

    @op
    def repeated(config: Times) -> int:
        return config.times

    class Simple(Config):
        value: int

    @config_mapping
    def simple(config: Simple) -> RunConfig:
        return RunConfig(ops={"repeated": Times(times=config.value * 2)})

    @job(config=simple)
    def mapped() -> None:
        repeated()

    assert mapped.execute_in_process(run_config={"value": 4}).output_for_node("repeated") == 8
    with pytest.raises(ConfigError, match="value"):
        mapped.execute_in_process(run_config={"valeu": 4})


def test_a_config_mapping_that_raises_is_told() -> None:
    @config_mapping
    def by_key(given: dict[str, int]) -> RunConfig:
        return RunConfig(ops={"one": {"config": given["k"]}})

    @job(config=by_key)
    def mapped() -> None:
        one()

    with pytest.raises(ConfigError, match="the config mapping `by_key` raised KeyError: 'k'"):
        mapped.execute_in_process(run_config={"v": 4})


def test_a_loader_gets_the_resources_that_it_requires_and_no_other_is_set_up() -> None:
    class Down(ConfigurableResource):
        def setup_for_execution(self, context: object) -> None:
            raise ConnectionError("no such host")

    @value_type_loader(config_schema={"days": int}, required_resource_keys={"factor"})
    def load_span(context: Any, config: Any) -> list[int]:
        return list(range(config["days"] * context.resources.factor))

    span_type = ValueType(
        lambda context, value: isinstance(value, list), name="Span", loader=load_span
    )

    @op(ins={"span": In(span_type)})
    def length(span: Any) -> int:
        return len(span)

    @job
    def spans() -> None:
        length()

    config = {"ops": {"length": {"inputs": {"span": {"days": 5}}}}}
    given = {"factor": 2, "warehouse": Down()}
    result = spans.execute_in_process(run_config=config, resources=given)
    assert result.output_for_node("length") == 10
    with pytest.raises(ConfigError, match="the resource `factor` of the loader of `span`"):
        spans.execute_in_process(run_config=config, resources={"warehouse": Down()})


def _loaded_by(schema: object) -> Any:
    """A job of one op whose input `span` a loader makes of a configuration, as it is."""

    @value_type_loader(config_schema=schema)
    def load(context: Any, config: Any) -> Any:
        return config

    kind = ValueType(lambda context, value: True, name="Span", loader=load)

    @op(ins={"span": In(kind)})
    def taken(span: Any) -> Any:
        return span

    @job
    def loading() -> None:
        taken()

    return lambda given: loading.execute_in_process(
        run_config={"ops": {"taken": {"inputs": {"span": given}}}}
    ).output_for_node("taken")


class Days(Config):
    first: int
    last: str = "end"


@pytest.mark.parametrize(
    ("schema", "given", "found"),
    [
        (int, "3", "`span` should be a valid integer (given: str)"),
        ({"start": int}, {"strt": 1}, "`span.strt` is no field. Did you mean `start`?"),
        ({"of": {"names": [str]}}, {"of": {"names": [1]}}, "`span.of.names[0]` should be a valid"),
        ({"of": {"names": [str]}}, {"of": {"nams": []}}, "Did you mean `names`?"),
        ({"start": int}, 5, "`span` should be a dict of fields (given: int)"),
        (Days, {"frst": 1}, "`span.frst` is no field. Did you mean `first`?"),
    ],
)
def test_what_a_loader_does_not_take_is_told_before_the_run(
    schema: object, given: object, found: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(found)) as caught:
        _loaded_by(schema)(given)
    assert str(caught.value).startswith("the configured inputs of `taken`:")


def test_a_loader_gets_what_its_schema_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAST_DAY", "sunday")
    assert _loaded_by({"start": int, "json": [str]})({"start": 1, "json": ["a"]}) == {
        "start": 1,
        "json": ["a"],
    }
    assert _loaded_by(None)({"any": 1}) == {"any": 1}
    given = {"first": 1, "last": {"env": "LAST_DAY"}}
    assert _loaded_by(Days)(given) == Days(first=1, last="sunday")


def test_a_schema_that_says_nothing_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"config_schema\['day'\] of a loader: it is a str"):
        value_type_loader(config_schema={"day": "int"})
    with pytest.raises(DefinitionError, match="'1st' is no field's name"):
        value_type_loader(config_schema={"1st": int})


def test_configured_inputs_of_a_graph_asset_are_checked_before_the_run() -> None:
    @op
    def double(n: int) -> int:
        return n * 2

    @graph_asset
    def doubled() -> Any:
        return double()

    config = {"doubled": {"ops": {"double": {"inputs": {"m": 1}}}}}
    with pytest.raises(ConfigError, match="it has no input `m`"):
        materialize_to_memory([doubled], run_config=config)


def test_a_job_of_a_graph_is_configured_by_its_config_mapping() -> None:
    class Simple(Config):
        value: int

    @config_mapping
    def simple(config: Simple) -> dict[str, Any]:
        return {"add_one": {"inputs": {"n": config.value * 2}}}

    @graph(config=simple)
    def added() -> Any:
        return add_one()

    made = added.to_job(name="adding")
    result = made.execute_in_process(run_config={"ops": {"config": {"value": 4}}})
    assert result.output_value() == 9
    result = added.to_job(config={"ops": {"config": {"value": 5}}}).execute_in_process()
    assert result.output_value() == 11
    with pytest.raises(ConfigError, match="says itself how its ops are configured"):
        made.execute_in_process(run_config={"ops": {"add_one": {"inputs": {"n": 1}}}})
    with pytest.raises(ConfigError, match="`value` is missing"):
        made.execute_in_process()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"ops": {"onee": {}}}, "`onee` is not known there"),
        ({"ops": {"one": {"config": {"a": 1}}}}, "takes neither `config` nor `context`"),
        ({"ops": {"one": {"inputs": {"a": 1}}}}, "it has no input `a`"),
        ({"resources": {"rate": {}}}, "there is no resource of that name"),
        ({"loggers": {"consle": {}}}, "Did you mean `console`"),
    ],
)
def test_configuration_that_fits_nothing_is_refused_before_anything_runs(
    config: dict[str, Any], said: str
) -> None:
    @job
    def single() -> None:
        one()

    with pytest.raises(ConfigError, match=said):
        single.execute_in_process(run_config=config)


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ((1, 2, 3), "it returned a tuple of 3"),
        (5, "it returned an int"),
    ],
)
def test_outputs_that_do_not_fit_are_named(returned: Any, said: str) -> None:
    @op(out={"a": Out(), "b": Out()})
    def two():  # type: ignore[no-untyped-def]
        return returned

    @job
    def single() -> None:
        two()

    with pytest.raises(DefinitionError, match=said):
        single.execute_in_process()


def test_an_instance_records_the_run() -> None:
    instance = Instance.ephemeral()
    everything.to_job(name="nightly", tags={"team": "sales"}).execute_in_process(
        instance=instance, tags={"by": "hand"}
    )
    (run,) = instance.runs()
    assert (run.status, run.asked) == ("success", "nightly")
    started = instance.events(run_id=run.id)[0].event
    assert (started.job, started.tags) == ("nightly", {"team": "sales", "by": "hand"})  # type: ignore[union-attr]


def test_async_ops_and_async_streams_run() -> None:
    @op
    async def late() -> int:
        return 3

    @op(out=DynamicOut())
    async def spread(n: int):  # type: ignore[no-untyped-def]
        for number in range(n):
            yield DynamicOutput(number, mapping_key=str(number))

    @job
    def waiting() -> None:
        total(spread(late()).collect())

    assert waiting.execute_in_process().output_for_node("total") == 3


def test_a_graph_of_several_assets_makes_each() -> None:
    @asset
    def base() -> int:
        return 10

    @op(ins={"n": In(int)}, out={"low": Out(), "high": Out()})
    def around(n):  # type: ignore[no-untyped-def]
        return n - 1, n + 1

    @graph_multi_asset(outs={"low": AssetOut(), "high": AssetOut()})
    def bounds(base: Any) -> Any:
        low, high = around(base)
        return {"low": add_one(low), "high": high}

    outcome = materialize_to_memory([base, bounds])
    assert (outcome.asset_value("low"), outcome.asset_value("high")) == (10, 11)


def test_a_graph_of_an_asset_that_fails_is_tried_anew_and_fresh_then() -> None:
    state = {"fail": True}

    @op
    def maybe() -> int:
        if state["fail"]:
            raise ValueError("not now")
        return 1

    @graph_asset
    def made() -> Any:
        return add_one(maybe())

    instance = Instance.ephemeral()
    failed = materialize([made], instance=instance, raise_on_error=False)
    assert [each.status for each in failed.outcomes] == ["failed", "upstream_failed"]
    state["fail"] = False
    assert materialize([made], instance=instance).asset_value("made") == 2
