"""``@job`` and ``graph.to_job``: ops by path, and what a run of them needs."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from tests.definitions.some_ops import add_one, load, more, numbers, one, plus, total

from assetbook.definitions.config import Config
from assetbook.definitions.config_by_partition import static_partitioned_config
from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.graph_config import ConfigMapping, config_mapping
from assetbook.definitions.graph_decorator import graph, job
from assetbook.definitions.hooks import failure_hook, success_hook
from assetbook.definitions.invocations import Collected, FanIn, FromInput, FromOutput
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_ports import In
from assetbook.definitions.partitions import StaticPartitionsDefinition
from assetbook.definitions.retries import RetryPolicy
from assetbook.definitions.run_config import RunConfig, node_configs
from assetbook.definitions.unfed_inputs import config_of_op, from_config
from assetbook.errors import ConfigError, DefinitionError
from assetbook.types.loader import value_type_loader
from assetbook.types.resolution import Nothing, usable_as_value_type

COLORS = StaticPartitionsDefinition(["red"])
BY_SIZE = static_partitioned_config(["small"])(lambda size: {})


@graph
def add_two(n):  # type: ignore[no-untyped-def]
    return add_one(add_one(n))


def sources(made: JobDefinition) -> dict[str, dict[str, object]]:
    return {path: dict(each.inputs) for path, each in made.ops.items()}


def test_nested_ops_have_paths_and_the_sources_of_their_values() -> None:
    @graph
    def add_four(n):  # type: ignore[no-untyped-def]
        return add_two(add_two(n))

    @job
    def deep():  # type: ignore[no-untyped-def]
        plus(add_four(one()), one.alias("other")())

    assert sources(deep) == {
        "one": {},
        "add_four.add_two.add_one": {"n": FromOutput("one", "result")},
        "add_four.add_two.add_one_2": {"n": FromOutput("add_four.add_two.add_one", "result")},
        "add_four.add_two_2.add_one": {"n": FromOutput("add_four.add_two.add_one_2", "result")},
        "add_four.add_two_2.add_one_2": {"n": FromOutput("add_four.add_two_2.add_one", "result")},
        "other": {},
        "plus": {
            "a": FromOutput("add_four.add_two_2.add_one_2", "result"),
            "b": FromOutput("other", "result"),
        },
    }


def test_a_graph_passes_lists_and_elements_on() -> None:
    @graph
    def summed(xs):  # type: ignore[no-untyped-def]
        return total(xs)

    @graph
    def spread():  # type: ignore[no-untyped-def]
        return numbers()

    @job
    def passing():  # type: ignore[no-untyped-def]
        summed([one(), one()])
        summed(spread().map(add_two).collect())

    assert sources(passing)["summed.total"] == {
        "xs": FanIn((FromOutput("one", "result"), FromOutput("one_2", "result")))
    }
    assert sources(passing)["summed_2.total"] == {"xs": Collected("add_two.add_one_2", "result")}
    assert passing.ops["add_two.add_one"].over == ("spread.numbers", "result")
    assert passing.ops["summed_2.total"].over is None


def test_an_input_that_nothing_gives_comes_from_configuration_or_a_default() -> None:
    @job
    def loading():  # type: ignore[no-untyped-def]
        add_two()
        load()

    assert sources(loading) == {
        "add_two.add_one": {"n": Unfed("add_two", "n")},
        "add_two.add_one_2": {"n": FromOutput("add_two.add_one", "result")},
        "load": {"path": Unfed("load", "path"), "times": Unfed("load", "times")},
    }


def test_an_input_that_nothing_can_give_is_refused() -> None:
    class Table: ...

    @op
    def rows(table: Table) -> int:
        return 1

    @graph
    def around():  # type: ignore[no-untyped-def]
        rows()

    with pytest.raises(
        DefinitionError,
        match=r"the input `table` of the op `around.rows` in the job `around_it`: nothing gives "
        r"it, and Table cannot be read from configuration",
    ):

        @job
        def around_it():  # type: ignore[no-untyped-def]
            around()

    rows_or_none = op(name="rows", ins={"table": In(default_value=None)})(rows.compute)
    assert list(graph(name="g")(lambda: rows_or_none()).to_job().ops) == ["rows"]


def test_the_inputs_of_a_job_take_values() -> None:
    @job(input_values={"start": 3})
    def counting(start):  # type: ignore[no-untyped-def]
        add_one(start)

    assert sources(counting) == {"add_one": {"n": FromInput("start")}}
    assert dict(counting.input_values) == {"start": 3}
    with pytest.raises(DefinitionError, match=r"it has no input `stat`\nDid you mean `start`"):
        counting.graph.to_job(input_values={"stat": 3})  # type: ignore[attr-defined]


def test_a_list_inside_a_list_is_refused() -> None:
    @graph
    def with_one(x):  # type: ignore[no-untyped-def]
        return total([x, one()])

    with pytest.raises(DefinitionError, match=r"the input `xs` of the op `with_one.total`"):
        graph(name="g")(lambda: with_one([one(), one()])).to_job()
    with pytest.raises(DefinitionError, match=r"holds a list or an element"):
        graph(name="g")(lambda: numbers().map(with_one)).to_job()
    with pytest.raises(DefinitionError, match=r"holds a value that nothing gives"):
        graph(name="g")(lambda: with_one()).to_job()


def test_a_dynamic_output_inside_another_is_refused() -> None:
    @graph
    def inner(i):  # type: ignore[no-untyped-def]
        return total(more(i).map(add_one).collect())

    with pytest.raises(
        DefinitionError,
        match=r"the op `inner.more`: it runs for each element of `numbers`, and has a dynamic",
    ):
        graph(name="g")(lambda: numbers().map(inner)).to_job()


def test_hooks_tags_and_policies_come_down_to_the_ops() -> None:
    @success_hook
    def told(context: Any) -> None: ...

    @failure_hook
    def page(context: Any) -> None: ...

    own, outer, whole = (RetryPolicy(max_retries=each) for each in (1, 2, 3))
    stubborn = op(name="stubborn", retry_policy=own, tags={"a": "op", "b": "op"})(lambda: 1)

    @graph(tags={"a": "graph", "c": "graph"})
    def inside():  # type: ignore[no-untyped-def]
        stubborn.with_hooks({page}).tag({"b": "call"})()
        one()

    @job(hooks={told}, op_retry_policy=whole)
    def outside():  # type: ignore[no-untyped-def]
        inside.with_hooks({told}).with_retry_policy(outer)()
        one()

    first, second, third = outside.ops.values()
    assert (first.hooks, first.retry_policy) == ({told, page}, own)
    assert dict(first.tags) == {"a": "op", "b": "call", "c": "graph"}
    assert (second.hooks, second.retry_policy) == ({told}, outer)
    assert (third.hooks, third.retry_policy) == (frozenset(), None)
    assert (outside.hooks, outside.op_retry_policy) == ({told}, whole)


def test_runs_have_the_tags_of_the_job_unless_they_have_their_own() -> None:
    made = add_two.to_job(name="named", tags={"a": "b"}, metadata={"team": "x"}, owners=["team:x"])
    assert (made.name, dict(made.run_tags), made.owners) == ("named", {"a": "b"}, ("team:x",))
    assert dict(add_two.to_job(tags={"a": "b"}, run_tags={}).run_tags) == {}
    assert made.place.filename == __file__


def test_the_configuration_of_a_job_names_its_ops() -> None:
    class Wanted(Config):
        day: str = "today"

    @op
    def fetch(config: Wanted) -> str:
        return config.day

    @graph
    def both():  # type: ignore[no-untyped-def]
        fetch()
        load()

    ops = {
        "both": {"ops": {"fetch": {"config": {"day": "monday"}}, "load": {"inputs": {"path": 1}}}}
    }

    @job(config=RunConfig(ops={**ops, "fetch": Wanted(day="friday")}))
    def configured():  # type: ignore[no-untyped-def]
        both()
        fetch()

    assert isinstance(configured.config, RunConfig)
    found = node_configs(configured.graph, "config=", configured.config.to_dict()["ops"])
    assert list(found) == ["both.fetch", "both.load", "fetch"]
    assert found["both.fetch"].config == {"day": "monday"}
    assert found["both.load"].inputs == {"path": 1}
    assert found["fetch"].config == Wanted(day="friday")


def test_a_mapping_configures_the_ops_of_its_graph() -> None:
    class Wanted(Config):
        day: str

    class Days(Config):
        both: str

    @op
    def fetch(config: Wanted) -> str:
        return config.day

    @config_mapping
    def same_day(days: Days) -> dict[str, Any]:
        return {"first": {"config": {"day": days.both}}, "second": {"config": {"day": days.both}}}

    @graph(config=same_day)
    def twice():  # type: ignore[no-untyped-def]
        fetch.alias("first")()
        fetch.alias("second")()

    @graph(config={"fetch": {"config": {"day": "monday"}}})
    def fixed():  # type: ignore[no-untyped-def]
        fetch()

    @job
    def mapped():  # type: ignore[no-untyped-def]
        twice()
        fixed()

    assert same_day == ConfigMapping(same_day.config_fn, Days)
    found = node_configs(mapped.graph, "run", {"twice": {"config": {"both": "friday"}}})
    assert {path: each.config for path, each in found.items()} == {
        "twice.first": {"day": "friday"},
        "twice.second": {"day": "friday"},
        "fixed.fetch": {"day": "monday"},
    }
    with pytest.raises(ConfigError, match=r"the graph `twice` says itself how its ops"):
        node_configs(mapped.graph, "run", {"twice": {"ops": {"first": {}}}})
    with pytest.raises(ConfigError, match=r"run: twice"):
        node_configs(mapped.graph, "run", {"twice": {"config": {"bth": "friday"}}})


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"ops": {"add_tow": {}}}, "`add_tow` is not known there\nDid you mean `add_two`"),
        ({"opps": {}}, "`opps` is not known there\nDid you mean `ops`"),
        ({"ops": {"add_two": {"ops": {"x": {}}}}}, "add_two: `x` is not known there"),
        ({"ops": {"one": {"confg": 3}}}, "one: `confg` is not known there\nDid you mean `config`"),
        ({"ops": {"one": 3}}, "one: it is an int\nGive a dict"),
        ({"ops": {"add_two": {"config": {"a": 1}}}}, "takes no config of its own"),
        (3, r"it is an int\nGive a dict, as in"),
    ],
)
def test_a_configuration_of_no_op_is_refused(config: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):

        @job(config=config)
        def wrong():  # type: ignore[no-untyped-def]
            add_two(one())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "a b"}, "'a b' as the name of a job"),
        ({"partitions_def": object()}, "partitions_def= of the job `j`: it is <object"),
        (
            {"partitions_def": COLORS, "config": BY_SIZE},
            "it is divided static: red, and its config static: small",
        ),
        ({"hooks": [3]}, "the job `j`: among its hooks is 3"),
        ({"op_retry_policy": 3}, "the job `j`: its retry policy is 3"),
        ({"tags": {"": "x"}}, "the tag ''"),
        ({"owners": ["me"]}, "'me'"),
    ],
)
def test_a_job_that_cannot_be_meant_is_refused(options: dict[str, Any], said: str) -> None:
    def j() -> None:
        one()

    with pytest.raises(DefinitionError, match=said):
        job(**options)(j)


def test_a_job_gives_nothing_back() -> None:
    with pytest.raises(DefinitionError, match=r"a job has no outputs\nReturn nothing, or make it"):
        job(name="j")(lambda: one())
    with pytest.raises(DefinitionError, match=r"a job is no function"):
        job(name="j")(lambda: None)()


@pytest.mark.parametrize(
    ("annotation", "plain"),
    [
        ("int", True),
        ("int | None", True),
        ("Optional[str]", True),
        ("list[int]", True),
        ("dict[str, int]", True),
        ("Literal['a']", True),
        ("Any", True),
        ("Nothing", True),
        ("Path", False),
        ("Path | None", False),
        ("set[int]", False),
    ],
)
def test_what_json_can_write_may_stand_in_a_configuration(annotation: str, plain: bool) -> None:
    names: dict[str, Any] = {"Any": Any, "Nothing": Nothing}
    exec("from typing import *\nfrom pathlib import Path", names)
    exec(f"def taking(x: {annotation}): return x", names)
    (port,) = op(names["taking"]).inputs
    assert from_config(port) is plain


def test_a_class_that_has_a_loader_may_stand_in_a_configuration() -> None:
    @value_type_loader(config_schema=int)
    def of_days(context: object, days: int) -> range:
        return range(days)

    @usable_as_value_type(name="Days", loader=of_days)
    class Days: ...

    @op
    def taking(days: Days) -> None: ...

    assert from_config(taking.inputs[0])


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("load", '{"ops": {"load": {"inputs": {"day": ...}}}}'),
        ("outer.load", '{"ops": {"outer": {"ops": {"load": {"inputs": {"day": ...}}}}}}'),
        ("", '{"inputs": {"day": ...}}'),
    ],
)
def test_the_configuration_of_an_op_is_written_below_its_graphs(path: str, written: str) -> None:
    assert config_of_op(path, "inputs", "day") == written


@pytest.mark.parametrize("decorate", [op, graph, job, success_hook, config_mapping])
def test_only_functions_are_decorated(decorate: Any) -> None:
    with pytest.raises(DefinitionError, match="it is not a Python function\nDecorate a function"):
        decorate(partial(print, 1))
