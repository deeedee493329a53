"""Each condition without parts, asked of a store in which it changes from false to true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.automation.conditions.evaluating import Evaluated

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.automation import AutomationCondition as When
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.freshness_policy import FreshnessPolicy
from assetbook.definitions.graph_asset_decorator import graph_asset
from assetbook.definitions.op_decorator import op
from assetbook.definitions.partitions import (
    DailyPartitionsDefinition,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
)
from assetbook.definitions.spec import AssetSpec
from assetbook.keys import AssetKey

X = AssetKey("x")
WHOLE: set[str | None] = {None}
DAYS = DailyPartitionsDefinition("2026-01-15")
worlds: list[Evaluated] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while worlds:
        worlds.pop().close()


def world_of(condition: When, **more: object) -> Evaluated:
    """An asset ``x`` with that condition, evaluated once."""

    @asset(automation_condition=condition, **more)  # type: ignore[call-overload]
    def x() -> int:
        return 1

    world = Evaluated(x)
    worlds.append(world)
    world.again()
    return world


def test_missing() -> None:
    world = world_of(When.missing())
    assert world.again() == {"x": WHOLE}
    world.updated("x")
    assert world.again() == {}


def test_missing_partitions() -> None:
    world = world_of(When.missing(), partitions_def=DAYS)
    world.updated("x", "2026-01-16")
    assert world.again() == {
        "x": {"2026-01-15", "2026-01-17", "2026-01-18", "2026-01-19"},
    }


def test_newly_missing_of_a_new_partition_alone() -> None:
    world = world_of(When.newly_missing(), partitions_def=DAYS)
    assert world.again() == {}
    assert world.again(days=1) == {"x": {"2026-01-20"}}
    assert world.again() == {}


def test_run_in_progress_until_it_is_made() -> None:
    world = world_of(When.run_in_progress(), partitions_def=DAYS)
    run = world.started("x[2026-01-15..2026-01-16]")
    world.again()
    assert world.result.explain("x").children == ()
    assert "being made already: 2" in world.result.explain("x").text
    world.made(run, X.at("2026-01-15"))
    world.again()
    assert "being made already: 1" in world.result.explain("x").text
    world.ended(run)
    world.again()
    assert "being made already" not in world.result.explain("x").text


def test_what_ops_make_is_in_progress_by_partition() -> None:
    @op
    def one() -> int:
        return 1

    @graph_asset(partitions_def=DAYS)
    def made_by_ops() -> Any:
        return one()

    @asset(automation_condition=When.any_deps_in_progress(), partitions_def=DAYS)
    def after(made_by_ops: int) -> int:
        return 1

    world = Evaluated(made_by_ops, after)
    worlds.append(world)
    assert world.again() == {}
    run = world.started("made_by_ops[2026-01-16].one")
    assert world.again() == {"after": {"2026-01-16"}}
    world.ended(run)
    assert world.again() == {}


def test_backfill_in_progress() -> None:
    from assetbook.storage.backfill_records import Backfill

    world = world_of(When.missing() & ~When.backfill_in_progress(), partitions_def=DAYS)
    backfill = Backfill("b1", "running", "x", world.clock.now(), "me")
    body = '{"partitions": {"x": ["2026-01-15", "2026-01-16"]}, "after": []}'
    world.instance.own.add_backfill(backfill, [body])
    assert world.again() == {"x": {"2026-01-17", "2026-01-18", "2026-01-19"}}


def test_execution_failed_until_it_is_made() -> None:
    world = world_of(When.execution_failed())
    assert world.again() == {}
    run = world.started("x")
    world.failed(run, X)
    world.ended(run, "failed")
    assert world.again() == {"x": WHOLE}
    world.ran(X)
    assert world.again() == {}


def test_newly_updated_once() -> None:
    world = world_of(When.newly_updated())
    world.updated("x")
    assert world.again() == {"x": WHOLE}
    assert world.again() == {}


def test_newly_updated_of_a_source_with_other_data() -> None:
    from assetbook.definitions.results import AssetObservation

    source = AssetSpec("source")

    @asset(deps=[source], automation_condition=When.any_deps_match(When.newly_updated()))
    def x() -> None: ...

    world = Evaluated(source, x)
    counts = []
    for data in ("1", "1", "2", "2"):
        seen = AssetObservation("source", tags={"dagster/data_version": data})
        world.instance.report_runless_asset_event(seen)
        counts.append(world.again() != {})
    assert counts == [False, False, True, False]


def test_newly_requested_is_of_the_evaluation_before() -> None:
    world = world_of(When.missing() & ~When.newly_requested())
    assert [world.again() != {} for _ in range(3)] == [False, True, False]


def test_code_version_changed_once() -> None:
    def versioned(version: str) -> object:
        @asset(code_version=version, automation_condition=When.code_version_changed())
        def x() -> int:
            return 1

        return x

    world = Evaluated(versioned("1"))
    assert world.again() == {}
    world.definitions = [versioned("2")]
    assert world.again() == {"x": WHOLE}
    assert world.again() == {}


def test_code_version_changed_where_it_is_computed() -> None:
    def made(number: int) -> object:
        @asset(automation_condition=When.code_version_changed())
        def x() -> int:
            return number

        return x

    world = Evaluated(made(1))
    assert world.again() == {}
    world.definitions = [made(2)]
    assert world.again() == {"x": WHOLE}


def test_data_version_changed_by_an_update_with_other_data() -> None:
    world = world_of(When.data_version_changed())
    found = []
    for data in ("1", "1", "2"):
        world.updated("x", data=data)
        found.append(world.again() != {})
    assert found == [True, False, True]


def test_cron_tick_passed_in_its_zone() -> None:
    world = world_of(When.cron_tick_passed("0 6 * * *", "Europe/Berlin"))
    times = [(4, 59), (5, 0), (5, 1)]
    found = [bool(world.at(datetime(2026, 1, 20, h, m, tzinfo=UTC))) for h, m in times]
    assert found == [False, True, False]


@pytest.mark.parametrize(
    ("lookback", "days"),
    [(None, {"2026-01-19"}), (timedelta(days=2), {"2026-01-18", "2026-01-19"})],
)
def test_in_latest_time_window(lookback: timedelta | None, days: set[str]) -> None:
    world = world_of(When.in_latest_time_window(lookback), partitions_def=DAYS)
    assert world.again() == {"x": days}


def test_in_latest_time_window_of_several_dimensions() -> None:
    colors = StaticPartitionsDefinition(["red", "blue"])
    both = MultiPartitionsDefinition({"color": colors, "day": DAYS})
    world = world_of(When.in_latest_time_window(), partitions_def=both)
    assert world.again() == {"x": {"red|2026-01-19", "blue|2026-01-19"}}


def test_in_latest_time_window_is_true_of_what_is_not_divided_by_time() -> None:
    colors = StaticPartitionsDefinition(["red", "blue"])
    assert world_of(When.in_latest_time_window()).again() == {"x": WHOLE}
    world = world_of(When.in_latest_time_window(), partitions_def=colors)
    assert world.again() == {"x": {"red", "blue"}}


def test_initial_evaluation_once() -> None:
    @asset(automation_condition=When.initial_evaluation())
    def x() -> int:
        return 1

    world = Evaluated(x)
    assert [world.again() != {} for _ in range(3)] == [True, False, False]


def test_checks_of_the_latest_version() -> None:
    @asset(automation_condition=When.any_checks_match(When.check_failed()))
    def x() -> int:
        return 1

    @asset_check(asset=x, automation_condition=When.check_passed())
    def good() -> bool:
        return True

    world = Evaluated(x, good)
    world.again()
    world.updated("x")
    assert world.again() == {}
    world.checked("x", "good", passed=False)
    assert world.again() == {"x": WHOLE}
    world.checked("x", "good", passed=True)
    assert world.again() == {"x:good": WHOLE}
    world.updated("x")
    assert world.again() == {}  # not checked yet


def test_a_check_runs_when_its_asset_was_updated() -> None:
    @asset
    def x() -> int:
        return 1

    @asset_check(asset=x, automation_condition=When.eager())
    def good() -> bool:
        return True

    world = Evaluated(x, good)
    world.again()
    world.updated("x")
    assert world.again() == {"x:good": WHOLE}
    assert world.again() == {}
    [run] = world.result.run_requests or [None]
    assert run is None


@pytest.mark.parametrize(
    ("hours", "state"), [(0, "freshness_passed"), (2, "freshness_warned"), (5, "freshness_failed")]
)
def test_freshness(hours: int, state: str) -> None:
    policy = FreshnessPolicy.time_window(timedelta(hours=4), timedelta(hours=1))
    for other in ("freshness_passed", "freshness_warned", "freshness_failed"):
        world = world_of(getattr(When, other)(), freshness_policy=policy)
        assert world.again() == {}  # never made: unknown
        world.updated("x")
        assert (world.again(hours=hours) != {}) is (other == state)


def test_executed_with_tags() -> None:
    world = world_of(When.executed_with_tags({"team"}, {"day": "one"}))
    world.ran(X, team="sales")
    assert world.again() == {}
    world.ran(X, team="sales", day="one")
    assert world.again() == {"x": WHOLE}


def test_new_updates_with_run_tags() -> None:
    some = world_of(When.any_new_update_has_run_tags(tag_values={"team": "sales"}))
    every = world_of(When.all_new_updates_have_run_tags(tag_values={"team": "sales"}))
    for world in (some, every):
        world.ran(X, team="sales")
        assert world.again() == {"x": WHOLE}
        assert world.again() == {}
        world.ran(X, team="sales")
        world.ran(X, team="other")
    assert some.again() == {"x": WHOLE}
    assert every.again() == {}
