"""The steps of an asset that a graph makes."""

from __future__ import annotations

import pytest
from tests.definitions.some_ops import add_one, load, numbers, plus, split, total

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.graph_asset_decorator import graph_asset, graph_multi_asset
from assetbook.definitions.graph_decorator import graph
from assetbook.definitions.invocations import Collected, FromOutput
from assetbook.definitions.ports import AssetOut
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.planning.graph_asset_plan import graph_asset_steps
from assetbook.planning.op_steps import FromAsset


def test_ops_are_named_below_the_asset_and_the_last_one_materializes_it() -> None:
    @graph
    def inner(n):  # type: ignore[no-untyped-def]
        return plus(add_one(n), load())

    @graph_asset
    def orders(base):  # type: ignore[no-untyped-def]
        total(numbers().map(add_one).collect())
        return inner(base)

    steps = {each.name: each for each in graph_asset_steps(orders, orders.inputs)}
    assert list(steps) == [
        "orders.numbers",
        "orders.add_one[?]",
        "orders.total",
        "orders.inner.add_one",
        "orders.inner.load",
        "orders.inner.plus",
    ]
    ops = {name: each.op for name, each in steps.items() if each.op is not None}
    assert ops["orders.inner.add_one"].inputs == {"n": FromAsset(AssetKey("base"))}
    assert ops["orders.inner.load"].inputs["path"] == Unfed("orders.inner.load", "path")
    assert ops["orders.total"].inputs == {"xs": Collected("orders.add_one[?]", "result")}
    last = steps["orders.inner.plus"]
    assert last.keys == (AssetKey("orders"),)
    assert ops["orders.inner.plus"].materializes == {"result": AssetKey("orders")}
    assert ops["orders.inner.plus"].inputs["a"] == FromOutput("orders.inner.add_one", "result")


def test_several_assets_come_of_the_outputs_that_the_body_returns() -> None:
    @graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def parts():  # type: ignore[no-untyped-def]
        train, test = split()
        return {"b": train, "a": add_one(test)}

    steps = {each.name: each for each in graph_asset_steps(parts, ())}
    assert steps["parts.split"].keys == (AssetKey("b"),)
    assert steps["parts.add_one"].keys == (AssetKey("a"),)


def test_an_asset_of_a_function_has_no_ops() -> None:
    plain = asset(key="plain")(lambda: 1)
    with pytest.raises(DefinitionError, match="a function makes it, no graph"):
        graph_asset_steps(plain, ())
