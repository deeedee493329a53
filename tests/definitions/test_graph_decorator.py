"""``@graph``: its body says which ops are connected, and no op runs.

What is connected how, and what is refused, is what Dagster 1.13.28 does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.definitions.some_ops import (
    add_one,
    after,
    branch,
    more,
    numbers,
    one,
    plus,
    split,
    total,
)

from assetbook.definitions.graph_decorator import graph, job
from assetbook.definitions.graph_definition import GraphDefinition
from assetbook.definitions.hooks import success_hook
from assetbook.definitions.invocations import Collected, FanIn, FromInput, FromOutput
from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_ports import GraphIn, GraphOut
from assetbook.definitions.retries import RetryPolicy
from assetbook.errors import DefinitionError


def calls(made: GraphDefinition) -> dict[str, dict[str, object]]:
    return {each.name: dict(each.inputs) for each in made.composed.invocations}


def refused(body: Callable[..., Any], said: str, **options: Any) -> None:
    with pytest.raises(DefinitionError, match=said):
        graph(name="g", **options)(body)


def test_a_call_notes_where_each_input_comes_from() -> None:
    @graph
    def sums(start: int):  # type: ignore[no-untyped-def]
        """Adds."""
        return plus(add_one(start), b=one())

    assert calls(sums) == {
        "add_one": {"n": FromInput("start")},
        "one": {},
        "plus": {"a": FromOutput("add_one", "result"), "b": FromOutput("one", "result")},
    }
    assert [(each.name, each.dagster_type) for each in sums.inputs] == [("start", int)]
    assert [each.name for each in sums.outputs] == ["result"]
    assert sums.description == "Adds."


def test_a_second_call_gets_a_number() -> None:
    @graph
    def twice():  # type: ignore[no-untyped-def]
        add_one(add_one(one()))
        add_one.alias("add_one_3")(one.alias("first")())
        add_one(one())

    assert list(calls(twice)) == [
        "one",
        "add_one",
        "add_one_2",
        "first",
        "add_one_3",
        "one_2",
        "add_one_4",
    ]


def test_several_outputs_are_a_named_tuple_in_their_order() -> None:
    seen = []

    @graph
    def parts():  # type: ignore[no-untyped-def]
        both = split()
        seen.append(both._fields)
        train, _ = both
        plus(train, both.test)

    assert seen == [("train", "test")]
    assert calls(parts)["plus"] == {
        "a": FromOutput("split", "train"),
        "b": FromOutput("split", "test"),
    }


def test_an_output_that_there_is_not_is_told() -> None:
    with pytest.raises(AttributeError, match=r"`split` has no output `tran`\nDid you mean `train`"):
        graph(name="g")(lambda: add_one(split().tran))
    with pytest.raises(DefinitionError, match=r"no output `map`\nIts outputs are train, test"):
        graph(name="g")(lambda: split().map(add_one))


def test_a_list_is_a_fan_in() -> None:
    @graph
    def summed(x):  # type: ignore[no-untyped-def]
        total([one(), x])
        after(start=[one(), branch().left])

    assert calls(summed)["total"] == {
        "xs": FanIn((FromOutput("one", "result"), FromInput("x"))),
    }
    assert calls(summed)["after"] == {
        "start": FanIn((FromOutput("one_2", "result"), FromOutput("branch", "left"))),
    }


def test_dynamic_outputs_are_mapped_and_collected() -> None:
    @graph
    def each_number():  # type: ignore[no-untyped-def]
        def both(n):  # type: ignore[no-untyped-def]
            more_one = add_one(n)
            return more_one, plus(more_one, n)

        firsts, sums = numbers().map(both)
        total(firsts.collect())
        total(sums.map(add_one).collect())
        total(numbers().collect())

    noted = {each.name: each.over for each in each_number.composed.invocations}
    assert noted == {
        "numbers": None,
        "add_one": ("numbers", "result"),
        "plus": ("numbers", "result"),
        "total": None,
        "add_one_2": ("numbers", "result"),
        "total_2": None,
        "numbers_2": None,
        "total_3": None,
    }
    assert calls(each_number)["total_2"] == {"xs": Collected("add_one_2", "result")}


def test_map_may_connect_and_return_nothing() -> None:
    def wait(n):  # type: ignore[no-untyped-def]
        after(start=n)

    @graph
    def only_effects():  # type: ignore[no-untyped-def]
        assert numbers().map(wait) is None

    assert calls(only_effects)["after"] == {"start": FromOutput("numbers", "result")}


def test_tags_hooks_and_policies_belong_to_a_call() -> None:
    @success_hook
    def told(context: Any) -> None: ...

    policy = RetryPolicy(max_retries=2)

    @graph
    def marked():  # type: ignore[no-untyped-def]
        one.tag({"a": "b"}).with_hooks({told}).with_retry_policy(policy).alias("first")()
        one()

    first, second = marked.composed.invocations
    assert (first.name, dict(first.tags), first.hooks) == ("first", {"a": "b"}, {told})
    assert first.retry_policy is policy
    assert (second.name, dict(second.tags), second.retry_policy) == ("one", {}, None)


def test_several_outputs_of_a_graph_are_named() -> None:
    @graph(out={"a": GraphOut("first"), "b": GraphOut()}, ins={"x": GraphIn("given")})
    def by_dict(x):  # type: ignore[no-untyped-def]
        return {"b": one(), "a": add_one(x)}

    @graph(out={"train": GraphOut(), "test": GraphOut()})
    def by_tuple():  # type: ignore[no-untyped-def]
        return one(), one()

    @graph(out={"test": GraphOut(), "train": GraphOut()})
    def by_name():  # type: ignore[no-untyped-def]
        return split()

    assert by_dict.composed.outputs == {
        "a": FromOutput("add_one", "result"),
        "b": FromOutput("one", "result"),
    }
    assert by_tuple.composed.outputs["test"] == FromOutput("one_2", "result")
    assert by_name.composed.outputs["train"] == FromOutput("split", "train")
    assert [each.description for each in by_dict.outputs] == ["first", None]
    assert by_dict.inputs[0].description == "given"


def test_the_output_of_a_graph_may_be_dynamic() -> None:
    @graph
    def inner():  # type: ignore[no-untyped-def]
        return numbers().map(add_one)

    @graph
    def outer():  # type: ignore[no-untyped-def]
        total(inner().map(add_one).collect())

    assert inner.outputs[0].is_dynamic
    assert calls(outer)["total"] == {"xs": Collected("add_one", "result")}


def test_a_graph_is_called_only_in_a_graph() -> None:
    @graph
    def alone():  # type: ignore[no-untyped-def]
        one()

    with pytest.raises(DefinitionError, match=r"Make a job of it: alone.to_job\(\)"):
        alone()


def test_an_op_called_after_a_body_that_raised_is_the_function_again() -> None:
    with pytest.raises(ZeroDivisionError):
        graph(name="g")(lambda: 1 / 0)
    assert add_one(1) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            lambda: add_one(split()),
            "all 2 outputs at once are given\nPick one of `.train`, `.test`",
        ),
        (lambda: add_one(m=one()), "the input `m` of the op `add_one`: it has no such input"),
        (lambda: add_one(3), "it is an int, not an output of an op\nA fixed value belongs into"),
        (lambda: add_one(one), r"`one` is not called\nWrite one\(\)"),
        (lambda: add_one(one.alias("x")), r"`one` is not called"),
        (lambda: one(2), "1 input is given, and it has none"),
        (lambda: add_one(one(), one()), "2 inputs are given, and it has 1\nIts inputs are n"),
        (lambda: add_one(one(), n=one()), "it is given twice, by place and by name"),
        (lambda: total((one(), one())), "it is a tuple\nGive a list for several values"),
        (lambda: total([one(), 3]), "it is an int, not an output of an op"),
        (lambda: (lambda x: total([x, x]))(one()), "`one` is in the list twice"),
        (lambda: total([numbers().collect()]), r"item 0 of the list, `numbers.collect\(\)`, is dy"),
        (lambda: total([one(), numbers()]), "item 1 of the list, `numbers`, is dynamic"),
        (lambda: numbers().map(lambda n: total([n])), "is an element of a dynamic output"),
        (lambda: add_one(numbers()), r"`numbers` is dynamic.*\nWrite numbers.map\(...\) for"),
        (lambda: add_one(numbers().map(add_one)), "`add_one` is dynamic"),
        (lambda: after(start=numbers()), "`numbers` is dynamic"),
        (lambda: numbers().map(lambda n: 5), r"the function returned 5"),
        (lambda: numbers().map(lambda n: one()), "`one`, which does not come of the element"),
        (
            lambda: numbers().map(lambda i: numbers.alias("k")().map(lambda k: plus(i, k))),
            "comes after elements of two dynamic outputs, `numbers` and `k`",
        ),
        (
            lambda: (lambda d: d.map(lambda i: plus(i, d.collect())))(numbers()),
            r"it runs for each element of `numbers` and collects `numbers.collect\(\)`",
        ),
        (lambda: numbers().map(more), "it has a dynamic output, and runs for each element of"),
        (lambda: 5, "the body returns 5 for it"),
        (lambda: one, "the body returns <op one> for it"),
        (lambda: {"a": one()}, "it has no output `a`\nIts outputs are `result`"),
        (lambda: (one(), one()), "2 outputs of 1\nReturn the output of one op, or name several"),
        (lambda: add_one.alias("x")(one.alias("x")()), "another call there is named `x`"),
        (lambda: one() and add_one(one()), "whether `one`: it stands for a value that is only"),
        (lambda: list(one()), "the items of `one`"),
        (lambda: one()["a"], "item 'a' of `one`"),
        (lambda: one()(), "calling `one`"),
        (lambda: one().shape, "`.shape` of `one`"),
        (lambda: one().map(add_one), "`one` is no dynamic output\nDeclare it with out=Dyn"),
        (lambda: one().alias("b"), r"`one` is called already\nWrite alias\(...\) before"),
        (lambda x: None, "the input `x` of the graph `g`: its body passes it to nothing"),
        (lambda x: x, "its body passes it to nothing"),
        (lambda context: one(), "its body takes a context, config or resource"),
    ],
)
def test_what_no_run_could_mean_is_refused(body: Callable[..., Any], said: str) -> None:
    refused(body, said)


def test_options_that_do_not_fit_are_refused() -> None:
    refused(lambda n: add_one(n), r"ins\['m'\] of the graph `g`", ins={"m": GraphIn()})
    refused(lambda: one(), "it is 3, an int\nGive GraphOut", out=3)
    refused(lambda: one(), "1 output of 2", out={"a": GraphOut(), "b": GraphOut()})
    refused(lambda: None, "no outputs of 1", out=GraphOut())
    with pytest.raises(DefinitionError, match=r"'<lambda>' as the name of a graph"):
        graph(lambda: one())


def test_the_value_of_another_graph_is_refused() -> None:
    kept = []

    @graph
    def first():  # type: ignore[no-untyped-def]
        kept.append(one())

    refused(lambda: add_one(kept[0]), "`one` belongs to another graph")


def test_a_job_is_no_part_of_a_graph() -> None:
    @job
    def inner():  # type: ignore[no-untyped-def]
        one()

    refused(lambda: inner(), "a job is no function, and no part of a graph")


def test_hostile_names_stay_text() -> None:
    with pytest.raises(DefinitionError, match=r"as the name of an op"):
        op(name="<script>alert(1)</script>")(lambda: 1)
    with pytest.raises(DefinitionError, match=r"as the name of the op `one`"):
        one.alias("a.b")
