"""Contexts and resources built for tests: set up, and torn down."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.op_decorator import op
from assetbook.definitions.resource import (
    ConfigurableResource,
    InitResourceContext,
    build_init_resource_context,
)
from assetbook.definitions.results import AssetObservation
from assetbook.errors import ConfigError, DefinitionError
from assetbook.execution.built_contexts import (
    build_asset_check_context,
    build_asset_context,
    build_hook_context,
    build_op_context,
    build_resources,
)
from assetbook.execution.context import AssetCheckExecutionContext
from assetbook.execution.hook_calls import HookContext
from assetbook.execution.op_context import OpExecutionContext
from assetbook.io.made_managers import io_manager
from assetbook.io.memory import InMemoryIOManager

happened: list[str] = []


class Shop(ConfigurableResource):
    url: str = "u"

    def setup_for_execution(self, context: InitResourceContext) -> None:
        happened.append(f"setup {self.url}")

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        happened.append("teardown")


@pytest.fixture(autouse=True)
def nothing_happened() -> None:
    happened.clear()


def test_a_context_sets_its_resources_up_and_a_block_tears_them_down() -> None:
    with build_asset_context(resources={"shop": Shop(url="v")}) as context:
        assert (context.resources.shop.url, happened) == ("v", ["setup v"])
    assert happened == ["setup v", "teardown"]


def test_without_a_block_they_are_torn_down_when_nobody_holds_the_context() -> None:
    context = build_asset_context(resources={"shop": Shop()})
    del context
    gc.collect()
    assert happened == ["setup u", "teardown"]


def test_environment_variables_are_read_when_the_context_is_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = Shop(url=EnvVar("SHOP_URL"))
    with pytest.raises(ConfigError, match="SHOP_URL"):
        build_asset_context(resources={"shop": shop})
    monkeypatch.setenv("SHOP_URL", "w")
    assert build_asset_context(resources={"shop": shop}).resources.shop.url == "w"


def test_a_check_gets_a_context_of_its_own_kind() -> None:
    context = build_asset_check_context(resources={"plain": 1})
    assert isinstance(context, AssetCheckExecutionContext)
    assert context.resources.plain == 1


def test_resources_are_built_for_the_time_of_a_block() -> None:
    with build_resources({"shop": Shop(url="x"), "plain": {"a": 1}}) as built:
        assert (built.shop.url, built.plain) == ("x", {"a": 1})
        assert happened == ["setup x"]
    assert happened == ["setup x", "teardown"]


def test_what_makes_a_manager_can_be_called_with_a_built_context() -> None:
    @io_manager
    def kept(context: InitResourceContext) -> InMemoryIOManager:
        made = InMemoryIOManager()
        made.values[("a",)] = (context.resource_config, context.resources.x, context.run_id)
        return made

    context = build_init_resource_context(config={"n": 1}, resources={"x": 2})
    with kept.made(context) as manager:
        assert isinstance(manager, InMemoryIOManager)
        assert manager.values == {("a",): ({"n": 1}, 2, "test")}


def test_a_resource_is_set_up_by_hand() -> None:
    shop = Shop()
    shop.setup_for_execution(build_init_resource_context())
    assert happened == ["setup u"]


def test_built_contexts_are_of_the_kinds_that_code_asks_for() -> None:
    assert isinstance(build_op_context(), OpExecutionContext)
    assert isinstance(build_hook_context(), HookContext)


def test_a_built_op_context_knows_the_op_that_is_called() -> None:
    @op
    def counted(context: OpExecutionContext) -> list[Any]:
        context.add_output_metadata({"rows": 3})
        context.log_event(AssetObservation("outside"))
        return [context.op_def, context.step_key, context.has_partition_key]

    context = build_op_context()
    assert counted(context) == [counted, "counted", False]
    assert context.get_output_metadata("result") == {"rows": 3}
    assert [each.asset_key for each in context.told] == ["outside"]


def test_an_op_context_takes_no_other_event() -> None:
    with pytest.raises(DefinitionError, match="it was given an int\nGive AssetObservation"):
        build_op_context().log_event(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("build", [build_asset_context, build_op_context, build_hook_context])
def test_a_resource_that_a_context_was_not_given_is_told_with_how_to_give_it(build: Any) -> None:
    context = build(resources={"shop": 1})
    with pytest.raises(AttributeError, match=r"`x` is not given to this context\nGive it where"):
        _ = context.resources.x
    with pytest.raises(AttributeError, match=r"resources={'x': \.\.\.}"):
        _ = context.resources.x
    with pytest.raises(AttributeError, match="Did you mean `shop`"):
        _ = context.resources.shp
