"""States, rule by rule: never fresh where the value could differ, fresh where nothing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from assetbook.definitions.code import CodeVersion, Piece, Unknown
from assetbook.definitions.parts import Parts
from assetbook.dependencies.freshness import AssetState, Defined, Recorded, states
from assetbook.events.records import (
    AssetMaterialized,
    CheckEvaluated,
    CodeRef,
    ErrorInfo,
    InputVersion,
    ValueRef,
)
from assetbook.keys import AssetKey

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CONFIG = Parts.of({"day": "1", "rows": "5"})
OTHER = Parts.of({"day": "2", "rows": "5"})
FILES = Parts.of({"data/a.csv": "f1"})
EDITED = Parts.of({"data/a.csv": "f2", "data/b.csv": "f1"})
TEXTS: Mapping[str, Mapping[str, str]] = {
    CONFIG.digest: {"day": "1", "rows": "5"},
    OTHER.digest: {"day": "2", "rows": "5"},
    FILES.digest: {"data/a.csv": "f1"},
}
"""What the store holds of configurations and files, by digest."""


def code(digest: str = "c1", *unknowns: str) -> CodeVersion:
    pieces = {"asset:x": Piece("asset", "x", digest, "")}
    return CodeVersion(digest, pieces, tuple(Unknown(name, f"`{name}` moves") for name in unknowns))


def define(name: str, **changes: Any) -> Defined:
    """An asset whose inputs are called like the assets they are."""
    inputs = {each: AssetKey(each) for each in changes.pop("inputs", ())}
    given: dict[str, Any] = {"code": code(), "config": CONFIG, "inputs": inputs, **changes}
    return Defined(AssetKey(name), **given)


def record(name: str, inputs: Mapping[str, str | None] | None = None, **changes: Any) -> Recorded:
    """A version of ``name`` that read ``inputs`` (data versions by name)."""
    checks = changes.pop("checks", {})
    file_gone = changes.pop("file_gone", False)
    given: dict[str, Any] = {
        "key": name,
        "step": name,
        "data_version": "d1",
        "code": CodeRef(digest="c1", manifest="m1"),
        "config": CONFIG.digest,
        "value": ValueRef(io_manager="io_manager", kind="json", path=f"{name}/1.json"),
        "inputs": {
            each: InputVersion(key=each, version=1, data_version=version)
            for each, version in (inputs or {}).items()
        },
        **changes,
    }
    return Recorded(1, AssetMaterialized(at=AT, **given), checks, file_gone)


def find(
    defined: list[Defined], recorded: list[Recorded], manifest: Mapping[str, str] | None = None
) -> dict[str, AssetState]:
    found = states(
        [each.key for each in defined],
        {each.key: each for each in defined},
        {AssetKey.from_text(each.event.key): each for each in recorded},
        NOW,
        lambda digest: TEXTS.get(digest, manifest),
    )
    return {str(key): state for key, state in found.items()}


def one(defined: Defined, recorded: Recorded, manifest: Mapping[str, str] | None = None) -> str:
    """The state of a single asset, with its reasons."""
    state = find([defined], [recorded], manifest)[str(defined.key)]
    return ": ".join([state.state, *(reason.text for reason in state.reasons)])


def below(
    changed: Defined, recorded: Recorded, now: Defined | None = None, was: Recorded | None = None
) -> str:
    """The state of ``y``, which reads ``x``, when ``x`` stands as given."""
    y = now or define("y", inputs=["x"])
    state = find([changed, y], [recorded, was or record("y", {"x": "d1"})])["y"]
    return ": ".join([state.state, *(reason.text for reason in state.reasons)])


# ---- an asset by itself


def test_without_a_version_it_is_missing() -> None:
    state = find([define("x")], [])["x"]
    assert (state.state, state.reasons[0].text, state.number) == (
        "missing",
        "never materialized",
        None,
    )
    assert not state.usable


def test_where_nothing_changed_it_is_fresh() -> None:
    state = find([define("x")], [record("x")])["x"]
    assert (state.state, state.reasons, state.as_of) == ("fresh", (), None)
    assert state.usable and state.number == 1 and state.data_version == "d1"


@pytest.mark.parametrize(
    ("defined", "recorded", "said"),
    [
        (define("x", config=OTHER), record("x"), "stale: config differs: day"),
        (define("x"), record("x", config=OTHER.digest), "stale: config differs: day"),
        (define("x"), record("x", config=None), "stale: config differs: day, rows"),
        (define("x", config=None), record("x"), "stale: config differs: day, rows"),
        (define("x", config=None), record("x", config="gone"), "stale: config differs: all of it"),
        (
            define("x", io_manager="arrow"),
            record("x"),
            "stale: I/O manager io_manager → arrow",
        ),
        (define("x"), record("x", file_gone=True), "stale: its file is gone: x/1.json"),
        (
            define("x", reads=EDITED),
            record("x", reads=FILES.digest),
            "stale: the files it reads changed: data/a.csv, data/b.csv",
        ),
        (
            define("x", reads=FILES),
            record("x"),
            "stale: it names files that it reads now: data/a.csv",
        ),
    ],
    ids=[
        "config",
        "config-back",
        "config-added",
        "config-removed",
        "config-forgotten",
        "io-manager",
        "file-gone",
        "reads",
        "reads-added",
    ],
)
def test_what_made_it_differs(defined: Defined, recorded: Recorded, said: str) -> None:
    assert one(defined, recorded) == said


def test_many_differing_files_are_counted() -> None:
    many = Parts.of({f"{name}.csv": "1" for name in "abcdefg"})
    said = one(define("x", reads=many), record("x"))
    assert said == "stale: it names files that it reads now: a.csv, b.csv, c.csv, d.csv and 3 more"


def test_a_value_that_was_not_stored_has_no_manager() -> None:
    assert one(define("x", io_manager="arrow"), record("x", value=None)) == "fresh"


def test_the_culprits_are_named_from_the_manifest() -> None:
    said = one(define("x", code=code("c2")), record("x"), {"asset:x": "c1"})
    assert said == "stale: its own code changed"
    helped = CodeVersion("c2", {"helper:clean": Piece("helper", "clean", "2", "", "In[3]")})
    assert one(define("x", code=helped), record("x"), {"helper:clean": "1"}) == (
        "stale: helper `clean` changed, In[3]"
    )


def test_several_reasons_are_all_given() -> None:
    state = find([define("x", config=OTHER, code=code("c2"), io_manager="arrow")], [record("x")])
    assert len(state["x"].reasons) == 3


# ---- an author's code version


def authored(version: str | None, *unknowns: str, digest: str = "c1") -> CodeRef:
    return CodeRef(digest=digest, authored=version, manifest="m1", unknowns=unknowns)


def test_an_authors_version_stands_for_the_code() -> None:
    defined = define("x", code=code("c2", "conn"), authored="1")
    assert one(defined, record("x", code=authored("1", "`conn` moves"))) == "fresh"


def test_changing_an_authors_version_makes_stale() -> None:
    defined = define("x", authored="2")
    assert one(defined, record("x", code=authored("1"))) == "stale: code version 1 → 2"


def test_adding_an_authors_version_keeps_fresh() -> None:
    assert one(define("x", authored="1"), record("x")) == "fresh"


def test_adding_an_authors_version_hides_no_change() -> None:
    said = one(define("x", code=code("c2"), authored="1"), record("x"))
    assert said == "stale: its own code changed"


def test_adding_an_authors_version_does_not_vouch_for_the_past() -> None:
    recorded = record("x", code=CodeRef(digest="c1", unknowns=("`conn` moves",)))
    said = one(define("x", code=code("c1", "conn"), authored="1"), recorded)
    assert said.startswith("unknown: its code version was given after the run")


def test_an_authors_version_stands_for_no_config_and_no_input() -> None:
    recorded = record("x", code=authored("1"))
    assert one(define("x", authored="1", config=OTHER), recorded) == "stale: config differs: day"
    y = define("y", inputs=["x"], authored="1")
    was = record("y", {"x": "d0"}, code=authored("1"))
    assert below(define("x"), record("x"), y, was) == "stale: `x` has a newer version"


def test_taking_an_authors_version_away_compares_the_code() -> None:
    assert one(define("x"), record("x", code=authored("1"))) == "fresh"
    assert one(define("x", code=code("c2")), record("x", code=authored("1"))) == (
        "stale: its own code changed"
    )


# ---- what nobody can know


def test_what_cannot_be_versioned_now_is_unknown() -> None:
    assert one(define("x", code=code("c1", "conn")), record("x")) == "unknown: `conn` moves"


def test_what_could_not_be_versioned_then_is_unknown() -> None:
    recorded = record("x", code=CodeRef(digest="c1", unknowns=("`cache` is changed by it",)))
    assert one(define("x"), recorded) == "unknown: `cache` is changed by it"


def test_the_same_doubt_is_said_once() -> None:
    recorded = record("x", code=CodeRef(digest="c1", unknowns=("`conn` moves",)))
    assert one(define("x", code=code("c1", "conn")), recorded) == "unknown: `conn` moves"


def test_a_remembered_asset_is_unknown() -> None:
    defined = define("x", code=None, config=None)
    assert one(defined, record("x", config=OTHER.digest)) == "unknown: cell not run in this kernel"


def test_a_remembered_asset_without_a_version_is_missing() -> None:
    assert find([define("x", code=None)], [])["x"].state == "missing"


def test_a_remembered_asset_is_stale_when_its_input_is_newer() -> None:
    y = define("y", code=None, inputs=["x"])
    assert below(define("x"), record("x", data_version="d2"), y) == "stale: `x` has a newer version"


def test_a_version_that_was_only_reported_is_unknown() -> None:
    said = one(define("x"), record("x", code=CodeRef()))
    assert said == "unknown: it was reported, and what made it is not known"


# ---- the world outside


def test_what_read_the_world_bears_its_mark() -> None:
    state = find([define("x")], [record("x", as_of=AT)])["x"]
    assert (state.state, state.as_of, state.own_as_of) == ("fresh", AT, True)


def test_a_mark_is_inherited_the_oldest_one_counts() -> None:
    older = AT - timedelta(hours=3)
    found = find(
        [
            define("w"),
            define("x"),
            define("y", inputs=["w", "x"]),
            define("z", inputs=["y"]),
            define("own", inputs=["x"]),
        ],
        [
            record("w", as_of=AT),
            record("x", as_of=older),
            record("y", {"w": "d1", "x": "d1"}),
            record("z", {"y": "d1"}),
            record("own", {"x": "d1"}, as_of=AT),
        ],
    )
    for name in "yz":
        assert (found[name].state, found[name].as_of) == ("fresh", older)
        assert not found[name].own_as_of
    assert (found["own"].as_of, found["own"].own_as_of) == (older, True)


def test_a_blocked_source_passes_its_mark_on() -> None:
    failed = CheckEvaluated(at=AT, key="x", check="ok", step="x:ok", passed=False, blocking=True)
    x = define("x", blocking_checks={"ok": None})
    found = find(
        [x, define("y", inputs=["x"])],
        [record("x", as_of=AT, checks={"ok": failed}), record("y", {"x": "d1"})],
    )
    assert found["x"].state == "blocked"
    assert (found["y"].state, found["y"].as_of) == ("fresh", AT)


def test_max_age_settles_the_mark_until_it_is_over() -> None:
    young = define("x", max_age=timedelta(days=5))
    state = find([young], [record("x", as_of=AT)])["x"]
    assert (state.state, state.as_of, state.own_as_of) == ("fresh", None, False)
    old = define("x", max_age=timedelta(days=1))
    assert one(old, record("x", as_of=AT)) == "stale: what it read is older than 1 day, 0:00:00"
    exact = define("x", max_age=NOW - AT)
    assert one(exact, record("x", as_of=AT)) == "fresh"


def test_max_age_leaves_the_marks_of_inputs() -> None:
    y = define("y", inputs=["x"], max_age=timedelta(days=9))
    found = find([define("x"), y], [record("x", as_of=AT), record("y", {"x": "d1"}, as_of=AT)])
    assert (found["y"].as_of, found["y"].own_as_of) == (AT, False)


def test_taking_reads_away_gives_the_mark_back() -> None:
    assert one(define("x", reads=FILES), record("x", reads=FILES.digest)) == "fresh"
    state = find([define("x")], [record("x", reads=FILES.digest)])["x"]
    assert (state.state, state.as_of, state.own_as_of) == ("fresh", AT, True)


# ---- checks


def evaluated(**changes: Any) -> CheckEvaluated:
    given: dict[str, Any] = {"passed": True, "severity": "error", "code": "k1", **changes}
    return CheckEvaluated(at=AT, key="x", check="ok", step="x:ok", blocking=True, **given)


@pytest.mark.parametrize(
    ("evaluation", "said"),
    [
        (evaluated(), "fresh"),
        (None, "blocked: its check `ok` has not run on this version"),
        (evaluated(passed=False), "blocked: its check `ok` failed"),
        (evaluated(passed=False, severity="warn"), "fresh"),
        (evaluated(code="k0"), "blocked: its check `ok` was changed since it ran"),
        (
            evaluated(passed=False, error=ErrorInfo(kind="KeyError", message="x")),
            "blocked: its check `ok` could not run",
        ),
    ],
    ids=["passed", "not-run", "failed", "warned", "changed", "errored"],
)
def test_a_blocking_check_decides(evaluation: CheckEvaluated | None, said: str) -> None:
    defined = define("x", blocking_checks={"ok": "k1"})
    checks = {} if evaluation is None else {"ok": evaluation}
    assert one(defined, record("x", checks=checks)) == said


def test_a_blocked_version_is_not_usable() -> None:
    state = find([define("x", blocking_checks={"ok": None})], [record("x")])["x"]
    assert state.state == "blocked" and not state.usable and state.number == 1


def test_being_blocked_is_not_inherited() -> None:
    assert below(define("x", blocking_checks={"ok": None}), record("x")) == "fresh"


def test_a_blocked_version_counts_as_the_latest() -> None:
    blocked = define("x", blocking_checks={"ok": None})
    assert below(blocked, record("x", data_version="d2")) == "stale: `x` has a newer version"


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
