"""Calling an op or a hook directly: Dagster's rules, and the types of values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from assetbook.definitions.config import Config
from assetbook.definitions.graph_asset_decorator import graph_asset
from assetbook.definitions.hooks import failure_hook
from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_ports import In, Out
from assetbook.definitions.resource import ConfigurableResource
from assetbook.definitions.results import Output
from assetbook.errors import TypeCheckError, UsageError
from assetbook.execution.built_contexts import build_hook_context, build_op_context
from assetbook.execution.context import ResourceAttributeError
from assetbook.types.resolution import Nothing


class Days(Config):
    days: int = 1


class Store(ConfigurableResource):
    url: str = "u"


@op
def summed(x: int, y: int = 2) -> int:
    return x + y


@op(required_resource_keys={"db"})
def told(context: Any, config: Days, store: Store) -> Any:
    context.add_output_metadata({"url": store.url})
    return [context.resources.db, config.days, context.op_config]


def test_an_op_is_called_as_the_function_that_it_is() -> None:
    assert summed(1) == summed(x=1, y=2) == 3


def test_an_op_of_several_outputs_gives_what_it_returns() -> None:
    @op(out={"a": Out(int), "b": Out(str)})
    def two() -> tuple[int, str]:
        return 1, "x"

    assert two() == (1, "x")


def test_an_input_of_type_nothing_is_not_given() -> None:
    @op(ins={"before": In(Nothing)})
    def waits() -> int:
        return 1

    assert waits() == 1
    with pytest.raises(UsageError, match="no parameter `before`"):
        waits(before=1)


def test_the_context_gives_resources_configuration_and_takes_metadata() -> None:
    context = build_op_context(resources={"db": 5, "store": Store(url="v")}, op_config={"days": 3})
    assert told(context) == [5, 3, {"days": 3}]
    assert context.get_output_metadata("result") == {"url": "v"}
    assert context.get_output_metadata("other") is None


def test_an_input_in_the_place_of_the_context_is_told() -> None:
    @op
    def logged(context: Any, x: int) -> int:
        return x

    found = r"`context` is not given: an int is in its place\nGive build_op_context\(\) first"
    with pytest.raises(UsageError, match=found):
        logged(1)


def test_a_resource_that_the_context_lacks_is_named() -> None:
    with pytest.raises(ResourceAttributeError, match=r"context\.resources\.db"):
        told(build_op_context(resources={"store": Store()}))


def test_configuration_is_given_once() -> None:
    with pytest.raises(UsageError, match="op_config= and config= are the same"):
        build_op_context(op_config={}, config={})


def test_an_element_has_its_mapping_key() -> None:
    assert build_op_context(mapping_key="one").get_mapping_key() == "one"


def test_an_input_of_another_type_is_refused() -> None:
    with pytest.raises(TypeCheckError, match=r"the input `x` of summed\(...\): expected int"):
        summed("1")


@pytest.mark.parametrize("returned", ["x", Output("x")])
def test_an_output_of_another_type_is_refused(returned: Any) -> None:
    @op(out=Out(int))
    def wrong() -> Any:
        return returned

    with pytest.raises(TypeCheckError, match="the output `result` of wrong"):
        wrong()


def test_of_several_outputs_the_wrong_one_is_named() -> None:
    @op(out={"a": Out(int), "b": Out(str)})
    def two() -> tuple[int, str]:
        return 1, 2  # type: ignore[return-value]

    with pytest.raises(TypeCheckError, match="the output `b` of two"):
        two()


def test_what_is_yielded_is_left_to_the_caller() -> None:
    @op(out={"a": Out(int), "b": Out(int)})
    def yields() -> Iterator[Output[int]]:
        yield Output(1, "a")
        yield Output(2, "b")

    assert [each.value for each in yields()] == [1, 2]


def test_a_graph_asset_is_called_with_its_ops() -> None:
    @graph_asset
    def more(x: int) -> Any:
        return summed(x)

    assert more(1) == 3


def test_a_hook_is_called_with_a_built_context() -> None:
    @failure_hook
    def tell(context: Any) -> str:
        return (
            f"{context.op.name} of {context.job_name}: {context.op_exception} {context.resources.n}"
        )

    error = ValueError("no")
    with build_hook_context({"n": 1}, op=summed, job_name="j", op_exception=error) as context:
        assert tell(context) == "summed of j: no 1"
