"""States, rule by rule: never fresh where the value could differ, fresh where nothing changed."""

from __future__ import annotations

import pytest
from tests.dependencies.recorded import EDITED, FILES, OTHER, below, code, define, find, one, record

from assetbook.definitions.code import CodeVersion, Piece
from assetbook.definitions.parts import Parts
from assetbook.dependencies.asset_state import Defined, Recorded
from assetbook.events.parts import CodeRef

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
        (define("x", config=OTHER), record("x"), "stale: config changed: day"),
        (define("x"), record("x", config=OTHER.digest), "stale: config changed: day"),
        (define("x"), record("x", config=None), "stale: config changed: day, rows"),
        (define("x", config=None), record("x"), "stale: config changed: day, rows"),
        (define("x", config=None), record("x", config="gone"), "stale: config changed: all of it"),
        (define("x", io_manager="arrow"), record("x"), "stale: I/O manager io_manager → arrow"),
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
    assert one(define("x", authored="1", config=OTHER), recorded) == "stale: config changed: day"
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


def test_an_asset_that_has_ended_is_unknown_and_so_is_what_reads_it() -> None:
    ended = define("x", code=None, ended=True)
    assert one(ended, record("x")) == "unknown: no cell defines it now"
    assert below(ended, record("x")) == "unknown: upstream `x` is unknown"
    assert below(ended, record("x", data_version="d2")) == "stale: `x` has a newer version"


def test_a_remembered_asset_without_a_version_is_missing() -> None:
    assert find([define("x", code=None)], [])["x"].state == "missing"


def test_a_remembered_asset_is_stale_when_its_input_is_newer() -> None:
    y = define("y", code=None, inputs=["x"])
    assert below(define("x"), record("x", data_version="d2"), y) == "stale: `x` has a newer version"


def test_a_version_that_was_only_reported_is_unknown() -> None:
    said = one(define("x"), record("x", code=CodeRef()))
    assert said == "unknown: it was reported, and what made it is not known"
