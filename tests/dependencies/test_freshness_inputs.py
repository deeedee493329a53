"""States between assets: versions of inputs, external assets, what goes before what."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from tests.dependencies.recorded import AT, NOW, OTHER, below, code, define, find, one, record

from assetbook.dependencies.asset_state import Recorded
from assetbook.dependencies.freshness import states
from assetbook.events.asset_events import AssetMaterialized
from assetbook.keys import AssetKey

# ---- inputs


def test_a_newer_input_makes_stale_and_the_same_data_leaves_fresh() -> None:
    assert below(define("x"), record("x", data_version="d2")) == "stale: `x` has a newer version"
    again = Recorded(7, record("x").event)
    assert below(define("x"), again) == "fresh"


def test_a_stale_upstream_makes_stale() -> None:
    assert below(define("x", code=code("c2")), record("x")) == "stale: upstream `x` is stale"


def test_an_unknown_upstream_makes_unknown() -> None:
    assert below(define("x", code=code("c1", "conn")), record("x")) == (
        "unknown: upstream `x` is unknown"
    )


def test_an_upstream_without_a_version_makes_stale() -> None:
    found = find([define("x"), define("y", inputs=["x"])], [record("y", {"x": "d1"})])
    assert found["y"].state == "stale"
    assert found["y"].reasons[0].text == "its input `x` has no version"


def test_an_input_that_nobody_defines_makes_stale() -> None:
    found = find([define("y", inputs=["x"])], [record("y", {"x": "d1"})])
    assert found["y"].reasons[0].text == "its input `x` has no version"


def test_added_and_removed_inputs_make_stale() -> None:
    y = define("y", inputs=["x"])
    assert below(define("x"), record("x"), y, record("y")) == "stale: `x` is a new input"
    none = define("y")
    assert below(define("x"), record("x"), none) == "stale: `x` is no longer an input"


def test_a_replaced_input_makes_stale() -> None:
    y = replace(define("y"), inputs={"x": AssetKey(["raw", "x"])})
    found = find([define("x"), y], [record("x"), record("y", {"x": "d1"})])
    assert [reason.text for reason in found["y"].reasons] == ["its input x is now `raw/x`"]


def test_an_input_whose_version_was_not_known_is_unknown() -> None:
    said = below(define("x"), record("x"), was=record("y", {"x": None}))
    assert said == "unknown: the version of `x` that it read is not known"


def test_order_only_dependencies_carry_nothing() -> None:
    found = find([define("x", code=code("c2")), define("y")], [record("x"), record("y")])
    assert (found["x"].state, found["y"].state) == ("stale", "fresh")


# ---- external assets


def test_an_external_asset_is_as_it_was_reported() -> None:
    x = define("x", code=None, external=True)
    state = find([x], [record("x")])["x"]
    assert (state.state, state.as_of, state.own_as_of) == ("fresh", AT, True)
    nothing = find([x], [])["x"]
    assert (nothing.state, nothing.usable) == ("missing", False)
    assert nothing.reasons[0].text == "external, and nothing was reported of it yet"


def test_what_reads_an_external_asset_follows_its_reports() -> None:
    x = define("x", code=None, external=True)
    assert below(x, record("x")) == "fresh"
    assert below(x, record("x", data_version="d2")) == "stale: `x` has a newer version"
    found = find([x, define("y", inputs=["x"])], [record("y", {"x": None})])
    assert found["y"].reasons[0].text == "its input `x` has no version"


# ---- precedence


def test_stale_goes_before_blocked_and_blocked_before_unknown() -> None:
    unknown = {"code": code("c1", "conn")}
    blocked = {"blocking_checks": {"ok": None}}
    stale = {"config": OTHER}
    assert one(define("x", **unknown, **blocked, **stale), record("x")).startswith("stale")
    assert one(define("x", **unknown, **blocked), record("x")).startswith("blocked")
    assert one(define("x", **unknown), record("x")).startswith("unknown")


def test_unknown_and_stale_upstreams_make_stale() -> None:
    found = find(
        [
            define("w", code=code("c1", "conn")),
            define("x", code=code("c2")),
            define("y", inputs=["w", "x"]),
        ],
        [record("w"), record("x"), record("y", {"w": "d1", "x": "d1"})],
    )
    assert found["y"].state == "stale"


def test_keys_that_are_not_defined_have_no_state() -> None:
    found = states([AssetKey("x")], {}, {AssetKey("x"): record("x")}, NOW)
    assert found == {}


def test_the_records_used_here_are_what_stores_give_back() -> None:
    event = record("y", {"x": "d1"}, as_of=AT).event
    assert msgspec.json.decode(msgspec.json.encode(event), type=AssetMaterialized) == event
