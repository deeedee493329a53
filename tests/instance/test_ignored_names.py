"""Names that are ignored since, or no longer: only what still counts makes stale."""

from __future__ import annotations

import linecache
from collections.abc import Collection

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.dependencies.reasons import text_of
from assetbook.instance.code_difference import code_differences
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Home, load
from assetbook.instance.materializing import materialize_definitions
from assetbook.instance.remembered import remembered_standing
from assetbook.instance.snapshots import remember, snapshot_of
from assetbook.instance.states import Standing, standing
from assetbook.keys import AssetKey

CELLS = """
RATE = 2
LIMIT = 9
CACHE = {}
def scaled(number):
    return min(number * RATE, LIMIT)
def orders():
    return scaled(4)
"""
FILLING = CELLS.replace("return scaled(4)", "CACHE['x'] = scaled(4)\n    return CACHE['x']")


def orders(text: str = CELLS, ignore: Collection[str] = ()) -> AssetsDefinition:
    name = f"<cell {hash(text)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec(compile(text, name, "exec", dont_inherit=True), namespace)
    made: AssetsDefinition = asset(ignore=ignore)(namespace["orders"])  # type: ignore[arg-type]
    return made


def now(instance: Instance, definition: AssetsDefinition) -> Standing:
    return standing(instance, load([definition], instance, home=Home(location="book.ipynb")))


def said(standing: Standing) -> str:
    state = standing.states[AssetKey("orders")]
    return f"{state.state}: {text_of(state.reasons)}" if state.reasons else state.state


def make(instance: Instance, definition: AssetsDefinition) -> None:
    materialize_definitions([definition], instance=instance)


def test_ignoring_a_name_changes_nothing_by_itself(instance: Instance) -> None:
    make(instance, orders())
    assert said(now(instance, orders(ignore={"RATE"}))) == "fresh"
    assert said(now(instance, orders(ignore={"RATE", "LIMIT"}))) == "fresh"


def test_what_is_ignored_since_may_have_changed_as_well(instance: Instance) -> None:
    make(instance, orders())
    changed = CELLS.replace("RATE = 2", "RATE = 3")
    assert said(now(instance, orders(changed, {"RATE"}))) == "fresh"
    assert said(now(instance, orders(changed))) == "stale: constant RATE 2 → 3"


def test_what_else_changed_is_named_alone(instance: Instance) -> None:
    make(instance, orders())
    changed = CELLS.replace("LIMIT = 9", "LIMIT = 8").replace("RATE = 2", "RATE = 3")
    assert said(now(instance, orders(changed, {"RATE"}))) == "stale: constant LIMIT 9 → 8"
    helper = CELLS.replace("min(number", "max(number")
    assert said(now(instance, orders(helper, {"RATE"}))).startswith(
        "stale: helper `scaled` changed"
    )


def test_a_name_that_counts_again_makes_stale(instance: Instance) -> None:
    make(instance, orders(ignore={"RATE", "LIMIT"}))
    assert said(now(instance, orders(ignore={"RATE", "LIMIT"}))) == "fresh"
    assert said(now(instance, orders(ignore={"RATE"}))) == "stale: `LIMIT` is no longer ignored"
    changed = CELLS.replace("scaled(4)", "scaled(5)")
    assert said(now(instance, orders(changed, {"LIMIT"}))).startswith(
        "stale: `RATE` is no longer ignored; its own code changed"
    )


def test_ignoring_a_name_settles_that_it_was_state(instance: Instance) -> None:
    filling = orders(FILLING)
    make(instance, filling)
    assert said(now(instance, filling)).startswith("unknown: `CACHE` is changed by")
    assert said(now(instance, filling.replace(ignore=frozenset({"CACHE"})))) == "fresh"


def test_the_store_remembers_it_so(instance: Instance) -> None:
    make(instance, orders())
    loaded = load([orders(ignore={"RATE"})], instance, home=Home(location="book.ipynb"))
    for _ in range(2):
        snapshot, texts = snapshot_of(loaded, standing(instance, loaded), instance.clock.now())
        remember(instance, snapshot, texts)
        found, _sources = remembered_standing(instance)
        assert said(found) == "fresh"
        defined = found.defined[AssetKey("orders")].code
        assert defined is not None and defined.ignored == {"RATE"}
        make(instance, orders(ignore={"RATE"}))


def test_ignored_names_are_no_piece_of_code(instance: Instance) -> None:
    make(instance, orders(ignore={"RATE"}))
    code = now(instance, orders(ignore={"RATE"})).defined[AssetKey("orders")].code
    assert code is not None and "RATE" not in {piece.name for piece in code.pieces.values()}
    assert code_differences(instance, instance.latest_materialization("orders"), code) == ()
