"""Calling a decorated function directly: Dagster's rules of what a test gives (§ Testing)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.config import Config
from assetbook.definitions.resource import ConfigurableResource
from assetbook.definitions.results import AssetCheckResult, MaterializeResult
from assetbook.errors import ConfigError, UsageError
from assetbook.execution.built_contexts import build_asset_check_context, build_asset_context
from assetbook.execution.context import AssetExecutionContext


class Limit(Config):
    smallest: int = 20


class Shop(ConfigurableResource):
    url: str = "u"


@asset
def large(context: AssetExecutionContext, orders: list[int], config: Limit, shop: Shop) -> Any:
    context.add_output_metadata({"url": shop.url})
    return [each for each in orders if each >= config.smallest]


@asset
def doubled(orders: list[int]) -> list[int]:
    return [2 * each for each in orders]


@asset
def urls(config: Limit, shop: Shop) -> tuple[int, str]:
    return config.smallest, shop.url


def test_an_asset_is_called_as_the_function_that_it_is() -> None:
    assert doubled([1]) == doubled(orders=[1]) == [2]


def test_a_result_object_comes_back_as_it_is() -> None:
    @asset
    def told() -> Any:
        return MaterializeResult(metadata={"rows": 1})

    assert told() == MaterializeResult(metadata={"rows": 1})


def test_a_generator_yields() -> None:
    @asset
    def yields() -> Iterator[int]:
        yield 1
        yield 2

    assert list(yields()) == [1, 2]


def test_a_coroutine_can_be_awaited() -> None:
    @asset
    async def later() -> int:
        return 5

    assert asyncio.run(later()) == 5


def test_a_check_is_called_as_the_function_that_it_is() -> None:
    @asset_check(asset="orders")
    def positive(context: AssetExecutionContext, orders: list[int]) -> AssetCheckResult:
        return AssetCheckResult(passed=min(orders) > 0, description=str(context.asset_key))

    found = positive(build_asset_check_context(), [1])
    assert (found.passed, found.description) == (True, "orders")


def test_the_context_gives_resources_and_configuration() -> None:
    context = build_asset_context(resources={"shop": Shop(url="v")}, asset_config={"smallest": 2})
    assert large(context, [1, 2, 3]) == [2, 3]
    assert context.metadata_of("large") == {"url": "v"}


def test_a_function_without_a_context_takes_resources_from_one_that_comes_first() -> None:
    assert urls(build_asset_context(resources={"shop": Shop(url="w")})) == (20, "w")


def test_the_context_knows_the_asset_that_is_called() -> None:
    @asset(key_prefix="raw")
    def named(context: AssetExecutionContext) -> str:
        return str(context.asset_key)

    assert named(build_asset_context()) == "raw/named"


def test_arguments_by_name_win_over_nothing_else() -> None:
    context = build_asset_context()
    assert large(context, orders=[7], config=Limit(smallest=1), shop=Shop()) == [7]


def test_a_dict_stands_for_the_config_and_is_checked() -> None:
    assert urls(config={"smallest": 1}, shop=Shop()) == (1, "u")
    with pytest.raises(ConfigError, match="smallest"):
        urls(config={"smallest": "x"}, shop=Shop())


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: large(orders=[1], shop=Shop()), r"`context` is not given\nGive build_asset_con"),
        (lambda: large([1]), r"`context` is not given: a list is in its place\nGive build_asset_c"),
        (lambda: large(), r"`context`, `orders` and `shop` are not given"),
        (lambda: doubled(), r"`orders` is not given\nGive it by its name"),
        (lambda: doubled([1], [2]), r"2 arguments by position\nIt takes orders"),
        (lambda: doubled([1], orders=[1]), "`orders` is given twice"),
        (lambda: doubled(order=[1]), r"no parameter `order`\nDid you mean `orders`"),
        (lambda: urls(), r"`shop` is not given\nGive it by its name, or in the context's resou"),
        (
            lambda: urls(build_asset_context(resources={"shop": Shop()}), shop=Shop()),
            "the resource `shop` is given both by the context and as an argument",
        ),
    ],
)
def test_arguments_that_do_not_fit_are_named(call: Any, match: str) -> None:
    with pytest.raises(UsageError, match=match):
        call()


def test_what_the_function_raises_passes_through() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        doubled(5)


def test_a_resource_in_the_context_alone_is_no_argument() -> None:
    @asset(required_resource_keys={"shop"})
    def named(context: AssetExecutionContext) -> str:
        return str(context.resources.shop.url)

    assert named(build_asset_context(resources={"shop": Shop(url="v")})) == "v"
