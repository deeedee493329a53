"""``@op``: what its parameters, annotations and options become."""

from __future__ import annotations

import pickle
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from assetbook.definitions.config import Config
from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.op_ports import DynamicOut, In, OpOutput, Out
from assetbook.definitions.results import NO_VALUE, DynamicOutput, Output
from assetbook.definitions.retries import RetryPolicy
from assetbook.errors import DefinitionError
from assetbook.types.resolution import Nothing


class Path(Config):
    path: str = "a"


def outputs(made: OpDefinition) -> list[tuple[str, object, bool]]:
    return [(each.name, each.dagster_type, each.is_dynamic) for each in made.outputs]


def test_parameters_are_inputs_but_for_context_config_and_resources() -> None:
    @op(resources={"db": object()}, required_resource_keys={"api"})
    def load(context, orders: int, config: Path, db, day="today"):  # type: ignore[no-untyped-def]
        """Loads."""

    assert [(each.name, each.dagster_type, each.default) for each in load.inputs] == [
        ("orders", int, NO_VALUE),
        ("day", None, "today"),
    ]
    assert (load.name, load.context_name, load.config_type) == ("load", "context", Path)
    assert [name for name, _ in load.resource_names] == ["db"]
    assert load.required_resource_keys == {"api"}
    assert load.description == "Loads."
    assert load.place.filename == __file__


def test_outside_of_a_graph_a_call_calls_the_function() -> None:
    @op
    def add_one(n: int) -> int:
        return n + 1

    assert add_one(2) == 3
    assert add_one.alias("other")(n=3) == 4


def test_options_are_kept() -> None:
    policy = RetryPolicy(max_retries=2)

    @op(name="other", tags={"a": "b"}, retry_policy=policy, code_version="3", pool="db")
    def first() -> None: ...

    assert (first.name, dict(first.tags), first.retry_policy) == ("other", {"a": "b"}, policy)
    assert (first.code_version, first.pool) == ("3", "db")


def test_nothing_is_an_input_without_a_parameter() -> None:
    @op(ins={"start": In(Nothing), "a": In(int, default_value=5)})
    def wait(a): ...  # type: ignore[no-untyped-def]

    assert [(each.name, each.is_nothing, each.has_default) for each in wait.inputs] == [
        ("a", False, True),
        ("start", True, False),
    ]


def test_an_annotation_says_what_comes_out() -> None:
    @op
    def plain() -> int:
        return 1

    @op
    def wrapped() -> Output[int]:
        return Output(1)

    @op
    def none() -> None: ...

    @op
    def stream() -> Generator[Any, None, None]:
        yield 1

    @op
    def dynamic() -> list[DynamicOutput[int]]:
        return []

    assert outputs(plain) == [("result", int, False)]
    assert outputs(wrapped) == [("result", int, False)]
    assert outputs(none) == [("result", Nothing, False)]
    assert outputs(stream) == [("result", None, False)]
    assert outputs(dynamic) == [("result", int, True)]


def test_several_outputs_share_a_tuple() -> None:
    @op(out={"b": Out(), "a": Out(is_required=False)})
    def two() -> tuple[int, str]:
        return 1, ""

    assert outputs(two) == [("b", int, False), ("a", str, False)]
    assert [each.is_required for each in two.outputs] == [True, False]


def test_out_describes_the_only_output() -> None:
    @op(out=DynamicOut(io_manager_key="arrow", description="rows"))
    def rows() -> Iterator[DynamicOutput[int]]:
        yield DynamicOutput(1, "a")

    assert rows.outputs == (
        OpOutput("result", is_dynamic=True, io_manager_key="arrow", description="rows"),
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "a b"}, "'a b' as the name of an op: such a name is letters"),
        ({"ins": {"m": In()}}, r"ins\['m'\] of first\(\): the function has no such input"),
        ({"ins": {"n": In(Nothing)}}, "it is of type Nothing, and the function has a parameter"),
        ({"ins": {"n": int}}, r"it is <class 'int'>, a type\nGive In"),
        ({"out": {}}, "it is {}, a dict\nGive Out"),
        ({"out": {"a b": Out()}}, "'a b' as the name of an output of the op `first`"),
        ({"out": {"a": int}}, r"out\['a'\] of the op `first`"),
        ({"out": {"a": Out(), "b": Out()}}, "it has 2 outputs, and its return annotation is"),
        ({"retry_policy": 3}, "its retry policy is 3, an int"),
        ({"tags": {"a": "b c"}}, "the tag 'a': 'b c'"),
        ({"config": 3}, "the function has no parameter `config`"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any], said: str) -> None:
    def first(n: int) -> int:
        return n

    with pytest.raises(DefinitionError, match=said):
        op(**options)(first)


def test_the_nearest_input_is_offered() -> None:
    def first(orders: int) -> int:
        return orders

    with pytest.raises(DefinitionError, match=r"Did you mean `orders`"):
        op(ins={"order": In()})(first)


def test_an_op_is_frozen_and_does_not_travel() -> None:
    @op
    def first() -> None: ...

    with pytest.raises(DefinitionError, match=r"definitions are frozen"):
        first.name = "b"
    with pytest.raises(TypeError, match=r"the definition first cannot be pickled"):
        pickle.dumps(first)


@pytest.mark.parametrize("key", ["a-b", "", "a b", "a\n", 1, None])
def test_a_mapping_key_is_letters_digits_and_underscores(key: Any) -> None:
    with pytest.raises(DefinitionError, match=r"a mapping key is text of letters, digits"):
        DynamicOutput(1, mapping_key=key)
    assert DynamicOutput(1, mapping_key="File_1").mapping_key == "File_1"
