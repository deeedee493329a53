"""The steps of an asset that a graph makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pytest
from tests.definitions.some_ops import add_one, load, numbers, plus, split, total
from tests.planning.situations import NEVER, make, plan, stale_above, state

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.graph_asset_decorator import graph_asset, graph_multi_asset
from assetbook.definitions.graph_decorator import graph
from assetbook.definitions.invocations import Collected, FromOutput
from assetbook.definitions.ports import AssetOut
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.planning.graph_asset_plan import graph_asset_steps, with_ops
from assetbook.planning.op_steps import FromAsset
from assetbook.planning.scheduler import Done, Scheduler
from assetbook.planning.steps import Plan


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


@graph_asset
def sums(a):  # type: ignore[no-untyped-def]
    first = add_one(a)
    return total(numbers().map(lambda n: plus(n, first)).collect())


DEFINITIONS = [make("a"), sums, make("z", "sums")]
RUN = ["a", "sums.add_one", "sums.numbers", "sums.plus[k0]", "sums.plus[k1]", "sums.total", "z"]


def ends(made: Plan, how: Mapping[str, Done | Literal["failed"]] = {}) -> dict[str, str]:
    """How each step of the plan with its ops ends."""
    elements = Done(mapping_keys={"result": ("k0", "k1")})
    fates = {"sums.numbers": elements, **how}
    scheduler = Scheduler(with_ops(made, AssetGraph.build(DEFINITIONS)))
    found: dict[str, str] = {}
    while ready := list(iter(scheduler.next, None)):
        for step in ready:
            fate = fates.get(step.name, Done())
            found[step.name] = "failed" if fate == "failed" else "done"
            found |= {each.step.name: each.status for each in scheduler.ended(step.name, fate)}
    assert scheduler.over
    return found


def test_a_plan_of_assets_takes_the_ops_of_graphs() -> None:
    states = [state(each, "missing", NEVER) for each in ("a", "sums", "z")]
    made = plan(DEFINITIONS, states, "a", "sums", "z")
    expanded = with_ops(made, AssetGraph.build(DEFINITIONS))
    after = {step.name: step.after for step in expanded}
    assert after["sums.add_one"] == after["sums.numbers"] == ("a",)
    assert after["z"] == ("sums.total",)
    assert expanded.by_key[AssetKey("sums")].name == "sums.total"
    assert ends(made) == dict.fromkeys(RUN, "done")


def test_what_fails_before_or_in_a_graph_ends_what_follows() -> None:
    states = [state(each, "missing", NEVER) for each in ("a", "sums", "z")]
    made = plan(DEFINITIONS, states, "a", "sums", "z")
    failed = ends(made, {"a": "failed"})
    assert {failed[each] for each in ("sums.add_one", "sums.total")} == {"upstream_failed"}
    inside = ends(made, {"sums.plus[k1]": "failed"})
    assert inside["sums.total"] == "upstream_failed"


def test_the_condition_of_an_asset_is_that_of_its_ops() -> None:
    states = [
        state("a", "stale", NEVER),
        state("sums", "stale", stale_above("a")),
        state("z", "stale", stale_above("sums")),
    ]
    made = with_ops(plan(DEFINITIONS, states, "a", "sums", "z"), AssetGraph.build(DEFINITIONS))
    ops = [step for step in made if step.kind == "op"]
    assert {step.condition for step in ops} == {(AssetKey("a"),)}
