"""Definitions held against each other: what is meant by a name, and every fault at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.collection import Definition
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetIn, AssetOut
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey


def make(key: str, *inputs: str, **options: Any) -> AssetsDefinition:
    """An asset that reads ``inputs`` by name."""
    names: dict[str, Any] = {}
    exec(f"def fn({', '.join(inputs)}): return 1", names)
    return asset(key=key, **options)(names["fn"])


def parents(graph: AssetGraph, key: str) -> list[str]:
    return [str(each) for each in graph.dag.parents_of(AssetKey.from_user_string(key))]


def faults(definitions: Iterable[Definition]) -> str:
    with pytest.raises(DefinitionError) as raised:
        AssetGraph.build(definitions)
    return str(raised.value)


def test_names_lead_to_keys() -> None:
    graph = AssetGraph.build([make("c", "a", "b"), make("a"), make("b", "a")])
    assert parents(graph, "c") == ["a", "b"]
    assert [str(key) for key in graph.order] == ["a", "b", "c"]


def test_a_name_finds_the_one_key_that_ends_in_it() -> None:
    graph = AssetGraph.build([make("raw/orders"), make("clean", "orders")])
    assert parents(graph, "clean") == ["raw/orders"]
    assert str(graph.inputs[AssetKey("clean")][0].key) == "raw/orders"


def test_an_exact_key_counts_before_a_longer_one() -> None:
    graph = AssetGraph.build([make("raw/orders"), make("orders"), make("clean", "orders")])
    assert parents(graph, "clean") == ["orders"]


def test_a_name_that_fits_two_keys_is_a_fault() -> None:
    said = faults([make("raw/orders"), make("eu/orders"), make("clean", "orders")])
    assert "`clean` reads `orders`, which fits `raw/orders` and `eu/orders`" in said
    assert "ins={'orders': AssetIn(key=...)}" in said


def test_a_given_key_is_taken_literally() -> None:
    clean = make("clean", "o", ins={"o": AssetIn(key="orders")})
    assert "`clean` needs `orders`, which nothing defines" in faults([make("raw/orders"), clean])


def test_an_unknown_upstream_offers_the_nearest() -> None:
    said = faults([make("orders"), make("clean", "ordrs")])
    assert "`clean` needs `ordrs`, which nothing defines. Did you mean `orders`?" in said


def test_a_key_defined_twice_names_both_places() -> None:
    first, second = make("a"), make("a")
    said = faults([first, second])
    assert f"`a` is defined twice: {first.place}, and {second.place}" in said
    assert "an external AssetSpec" in faults([AssetSpec("a"), make("a")])


def test_the_same_object_twice_is_one_definition() -> None:
    one = make("a")
    assert list(AssetGraph.build([one, one]).specs) == [AssetKey("a")]


def test_a_cycle_is_drawn() -> None:
    said = faults([make("a", "c"), make("b", "a"), make("c", "b")])
    assert "a → b → c → a" in said


def test_every_fault_is_told_at_once() -> None:
    @asset_check(asset="nowhere")
    def ok() -> bool:
        return True

    said = faults([make("a", "b"), make("b", "a"), make("c", "x"), make("d"), make("d"), ok])
    assert "4 things are wrong" in said
    for each in ("a → b → a", "`c` needs `x`", "`d` is defined twice", "`nowhere:ok` needs"):
        assert each in said
    assert [line[:5] for line in said.splitlines()[1:]] == [f"  {n}. " for n in range(1, 5)]


def test_deps_order_and_load_nothing() -> None:
    graph = AssetGraph.build([make("a"), make("b", deps=["a"])])
    assert parents(graph, "b") == ["a"]
    assert graph.inputs[AssetKey("b")] == ()
    assert "`b` needs `z`" in faults([make("b", deps=["z"])])


def test_an_external_asset_is_known_and_not_made() -> None:
    graph = AssetGraph.build([AssetSpec("landing", deps=["lake"]), AssetSpec("lake"), make("a")])
    assert AssetKey("landing") not in graph.makers
    assert parents(graph, "landing") == ["lake"]
    facts = graph.facts()
    assert facts[AssetKey("landing")].is_external and not facts[AssetKey("a")].is_external


def test_facts_give_what_selections_ask() -> None:
    one = make("a", group_name="g", tags={"k": "v"}, kinds={"sql"}, owners=["team:x"])
    facts = AssetGraph.build([one]).facts()[AssetKey("a")]
    assert (facts.group_name, facts.kinds, facts.owners) == ("g", {"sql"}, ("team:x",))
    assert facts.tags == {"k": "v"}


def test_remembered_assets_may_be_read() -> None:
    remembered = {
        AssetKey("a"): AssetSpec("a"),
        AssetKey("b"): AssetSpec("b", deps=["a"]),
        AssetKey("c"): AssetSpec("c"),
    }
    graph = AssetGraph.build([make("c", "b")], remembered=remembered)
    assert graph.remembered == {AssetKey("a"), AssetKey("b")}
    assert parents(graph, "c") == ["b"] and parents(graph, "b") == ["a"]
    assert not graph.facts()[AssetKey("b")].is_external


def test_checks_are_held_by_their_asset() -> None:
    @asset(check_specs=[AssetCheckSpec("inside", asset="a", blocking=True)])
    def a() -> int:
        return 1

    @asset_check(asset=a, additional_ins={"b": AssetIn()})
    def outside(a: int, b: int) -> bool:
        return True

    graph = AssetGraph.build([a, outside, make("raw/b")])
    inside, other = graph.check_nodes(a.key)
    assert (inside.own_step, other.own_step) == (False, True)
    assert [str(port.key) for port in other.inputs] == ["a", "raw/b"]
    assert [str(key) for key in other.others] == ["raw/b"]
    assert graph.check_nodes(AssetKey(["raw", "b"])) == ()


def test_a_check_defined_twice_is_a_fault() -> None:
    @asset_check(asset="a", name="ok")
    def first(a: int) -> bool:
        return True

    @asset_check(asset="a", name="ok")
    def second(a: int) -> bool:
        return True

    assert "the check `a:ok` is defined twice" in faults([make("a"), first, second])


def test_each_output_follows_what_it_says() -> None:
    @multi_asset(
        outs={"a": AssetOut(), "b": AssetOut()},
        internal_asset_deps={"a": ["x"], "b": ["a", "y"]},
    )
    def both(x: int, y: int) -> tuple[int, int]:
        return x, y

    graph = AssetGraph.build([both, make("x"), make("y", deps=["x"])])
    assert parents(graph, "a") == ["x"]
    assert sorted(parents(graph, "b")) == ["a", "y"]
    place = {str(key): index for index, key in enumerate(graph.order)}
    assert place["y"] < place["a"]  # the function reads y, whichever asset is looked at


def test_an_internal_dep_that_nothing_defines_is_a_fault() -> None:
    @multi_asset(outs={"a": AssetOut()}, internal_asset_deps={"a": ["nowhere"]})
    def one() -> int:
        return 1

    assert "`one` needs `nowhere`" in faults([one])


def test_a_function_cannot_run_before_and_after_another() -> None:
    @multi_asset(outs={"a": AssetOut(), "b": AssetOut()}, internal_asset_deps={"a": [], "b": ["n"]})
    def both(n: int) -> tuple[int, int]:
        return n, n

    said = faults([both, make("n", "a")])
    assert "no order of steps can make these" in said and "A function makes all" in said


def test_a_blocking_check_cannot_wait_for_what_waits_for_it() -> None:
    @asset_check(asset="a", blocking=True, additional_ins={"b": AssetIn()})
    def ok(a: int, b: int) -> bool:
        return True

    assert "waits for its blocking checks" in faults([make("a"), make("b", "a"), ok])


def test_a_check_that_blocks_nothing_may_look_downstream() -> None:
    @asset_check(asset="a", additional_ins={"b": AssetIn()})
    def ok(a: int, b: int) -> bool:
        return True

    assert len(AssetGraph.build([make("a"), make("b", "a"), ok]).order) == 2


def test_what_is_wrong_is_left_out_with_what_needs_it() -> None:
    @asset
    def good() -> int:
        return 1

    @asset
    def bad(nowhere: int) -> int:
        return nowhere

    @asset
    def below(bad: int) -> int:
        return bad

    graph, wrong = AssetGraph.build_usable([good, bad, below])
    assert set(graph.specs) == {good.key}
    assert "`bad` needs `nowhere`, which nothing defines" in wrong[bad.key]
    assert "`below` needs `bad`, which nothing defines" in wrong[below.key]


def test_a_cycle_leaves_the_others_usable() -> None:
    @asset
    def one(two: int) -> int:
        return two

    @asset
    def two(one: int) -> int:
        return one

    @asset
    def apart() -> int:
        return 1

    graph, wrong = AssetGraph.build_usable([one, two, apart])
    assert set(graph.specs) == {apart.key}
    assert set(wrong) == {one.key, two.key}


def test_an_asset_goes_with_its_wrong_check() -> None:
    @asset
    def checked() -> int:
        return 1

    @asset_check(asset=checked, blocking=True, additional_ins={"more": AssetIn("nowhere")})
    def holds(checked: int, more: int) -> bool:
        return True

    graph, wrong = AssetGraph.build_usable([checked, holds])
    assert not graph.specs
    assert "nowhere" in wrong[checked.key]


def test_blocking_checks_cannot_wait_for_each_other() -> None:
    def check(name: str, other: str) -> Any:
        @asset_check(asset=name, name="ok", blocking=True, additional_deps=[other])
        def ok() -> bool:
            return True

        return ok

    said = faults([make("a"), make("z"), check("a", "z"), check("z", "a")])
    assert "their blocking checks wait for each other: a → z → a" in said
    further = [make("a"), make("z"), make("b", "a"), check("a", "z"), check("z", "b")]
    assert "no order of steps can make these" in faults(further)


def test_a_check_of_an_unknown_asset_is_one_fault() -> None:
    @asset_check(asset="ordrs")
    def ok(ordrs: int) -> bool:
        return True

    said = faults([make("orders"), ok])
    assert said.count("`ordrs:ok` needs `ordrs`") == 1 and "things are wrong" not in said
