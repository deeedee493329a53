"""The mark of what read the world outside, and what settles it."""

from __future__ import annotations

from datetime import timedelta

from tests.dependencies.recorded import AT, FILES, NOW, define, find, one, record

from assetbook.events.asset_events import CheckEvaluated


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
