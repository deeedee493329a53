"""Whose turn it is, from who runs, who waits, and the limits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assetbook.planning.run_queue import LiveRun, priority_of, waiting_runs
from assetbook.settings import Concurrency, TagLimit

TWO = Concurrency(max_concurrent_runs=2)
ETL = {"team": "etl"}


def runs(*said: str, tags: dict[str, str] | None = None) -> list[LiveRun]:
    """``!a`` runs, ``a`` waits, ``a:3`` waits with that priority."""
    found = []
    for each in said:
        name, _, priority = each.lstrip("!").partition(":")
        own = {**(tags or {}), **({"dagster/priority": priority} if priority else {})}
        found.append(LiveRun(name, own, waits=not each.startswith("!")))
    return found


def may_start(live: list[LiveRun], limits: Concurrency) -> list[str]:
    """The waiting runs whose turn it is."""
    held = waiting_runs(live, limits)
    return [each.id for each in live if each.waits and each.id not in held]


def test_without_limits_nobody_waits() -> None:
    assert waiting_runs(runs("!a", "!b", "c"), Concurrency()) == {}


def test_the_first_that_came_has_its_turn_first() -> None:
    assert may_start(runs("!a", "b", "c"), TWO) == ["b"]
    assert may_start(runs("a", "b", "c"), TWO) == ["a", "b"]


def test_a_higher_priority_passes_those_before_it() -> None:
    assert may_start(runs("!a", "b", "c:2", "d:-1", "e:2"), TWO) == ["c"]
    assert [priority_of(each.tags) for each in runs("a", "b:7", "c:-1", "d:x")] == [0, 7, -1, 0]


def test_a_run_is_told_its_place_and_why_it_waits() -> None:
    held = waiting_runs(runs("!a", "!b", "c", "d"), TWO)
    assert held["c"].text == "place 1 of 2: 2 of 2 runs are running"
    assert held["d"].text == "place 2 of 2: 2 of 2 runs are running"
    assert (
        waiting_runs(runs("!a", "b", "c"), TWO)["c"].why == "1 of 2 runs is running, 1 comes first"
    )


def test_a_limit_by_key_and_value_counts_those_runs_alone() -> None:
    limits = Concurrency(tag_concurrency_limits=(TagLimit("team", 1, "etl"),))
    live = [*runs("!a", "b", tags=ETL), *runs("c", tags={"team": "web"}), *runs("d")]
    assert may_start(live, limits) == ["c", "d"]
    assert waiting_runs(live, limits)["b"].why == "1 of 1 run with team=etl is running"


def test_a_limit_by_key_counts_all_values_together() -> None:
    limits = Concurrency(tag_concurrency_limits=(TagLimit("team", 1),))
    live = [*runs("!a", tags=ETL), *runs("b", tags={"team": "web"}), *runs("c")]
    assert may_start(live, limits) == ["c"]
    assert waiting_runs(live, limits)["b"].why == "1 of 1 run with team is running"


def test_a_limit_for_each_value_counts_each_for_itself() -> None:
    limits = Concurrency(tag_concurrency_limits=(TagLimit("user", 1, per_value=True),))
    live = [*runs("!a", "b", tags={"user": "ada"}), *runs("c", "d", tags={"user": "bob"})]
    assert may_start(live, limits) == ["c"]
    assert waiting_runs(live, limits)["d"].what == "with user=bob"


def test_a_run_that_a_tag_holds_back_lets_others_pass() -> None:
    limits = Concurrency(2, (TagLimit("team", 1, "etl"),))
    assert may_start([*runs("!a", "b:9", tags=ETL), *runs("c")], limits) == ["c"]


LIVE = st.lists(
    st.builds(
        lambda team, priority, waits: ({"team": team, "dagster/priority": str(priority)}, waits),
        st.sampled_from(["etl", "web"]),
        st.integers(-1, 1),
        st.booleans(),
    ),
    max_size=8,
)


@given(LIVE, st.integers(1, 3), st.integers(1, 3))
def test_starting_who_may_never_breaks_a_limit_and_leaves_no_slot_unused(
    said: list[tuple[dict[str, str], bool]], most: int, of_etl: int
) -> None:
    limits = Concurrency(most, (TagLimit("team", of_etl, "etl"),))
    live = [LiveRun(str(number), *each) for number, each in enumerate(said)]
    held = waiting_runs(live, limits)
    before = [each for each in live if not each.waits]
    after = [each for each in live if each.id not in held]
    assert len(after) <= max(most, len(before))
    etl = [sum(each.tags["team"] == "etl" for each in some) for some in (before, after)]
    assert etl[1] <= max(of_etl, etl[0])
    for each in live:
        if each.id in held:
            full = len(after) >= most
            assert full or (each.tags["team"] == "etl" and etl[1] >= of_etl)
