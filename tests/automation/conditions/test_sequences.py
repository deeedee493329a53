"""What the ready-made conditions request, evaluation by evaluation: the sequences of Dagster's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.automation.conditions.evaluating import Evaluated

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.automation import AutomationCondition
from assetbook.definitions.partitions import (
    DailyPartitionsDefinition,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
)
from assetbook.definitions.ports import AssetIn
from assetbook.definitions.spec import AssetSpec
from assetbook.keys import AssetKey

EAGER = AutomationCondition.eager()
DAYS = DailyPartitionsDefinition("2026-01-17")
A, B = AssetKey("a"), AssetKey("b")
WHOLE: set[str | None] = {None}


@asset
def a() -> int:
    return 1


@asset(automation_condition=EAGER)
def b(a: int) -> int:
    return a


def test_eager_follows_its_parent() -> None:
    """0 with the parent missing, 1 after it materializes, 0 on the next tick, 1 when again."""
    world = Evaluated(a, b)
    assert world.again() == {}
    world.updated("a")
    assert world.again() == {"b": WHOLE}
    assert world.again() == {}
    world.updated("a")
    assert world.again() == {"b": WHOLE}


def test_eager_never_requests_what_runs() -> None:
    world = Evaluated(a, b)
    world.again()
    world.updated("a")
    run = world.started("b")
    assert world.again() == {}
    world.ended(run, "failed")
    assert world.again() == {"b": WHOLE}
    world.close()


def test_eager_waits_for_a_parent_that_runs() -> None:
    world = Evaluated(a, b)
    world.again()
    world.updated("a")
    run = world.started("a")
    assert world.again() == {}
    world.made(run, A)
    world.ended(run)
    assert world.again() == {"b": WHOLE}


def test_eager_ignores_an_update_of_the_run_that_made_it_too() -> None:
    world = Evaluated(a, b)
    world.again()
    world.ran(A, B)
    assert world.again() == {}


def test_eager_goes_down_a_chain_in_one_evaluation() -> None:
    @asset(automation_condition=EAGER)
    def c(b: int) -> int:
        return b

    world = Evaluated(a, b, c)
    world.again()
    world.updated("a")
    assert world.again() == {"b": WHOLE, "c": WHOLE}
    [run] = world.result.run_requests
    assert run.asset_selection == (B, AssetKey("c"))


def test_eager_takes_the_latest_day_alone() -> None:
    days = AssetSpec("days", partitions_def=DAYS)

    @asset(partitions_def=DAYS, automation_condition=EAGER, deps=[days])
    def daily() -> None: ...

    world = Evaluated(days, daily)
    world.again()
    world.updated("days", "2026-01-18")
    assert world.again() == {}
    world.updated("days", "2026-01-19")
    assert world.again() == {"daily": {"2026-01-19"}}
    assert world.again(days=1) == {}  # the new day's parent is missing
    world.updated("days", "2026-01-20")
    assert world.again() == {"daily": {"2026-01-20"}}


def test_eager_requests_a_new_partition_whose_parents_are_there() -> None:
    @asset(partitions_def=DAYS, automation_condition=EAGER)
    def root() -> None: ...

    world = Evaluated(root)
    assert world.again() == {}
    assert world.again(days=1) == {"root": {"2026-01-20"}}
    assert world.again() == {}


@pytest.mark.parametrize("cron", ["0 * * * *", "@hourly"])
def test_on_cron_of_a_root_asset(cron: str) -> None:
    """00:30, 00:59, 01:01, 01:02 and 02:00:01 give 0, 0, 1, 0, 1."""

    @asset(automation_condition=AutomationCondition.on_cron(cron))
    def root() -> int:
        return 1

    world = Evaluated(root)
    times = [(0, 30, 0), (0, 59, 0), (1, 1, 0), (1, 2, 0), (2, 0, 1)]
    counts = []
    for hour, minute, second in times:
        world.at(datetime(2026, 1, 20, hour, minute, second, tzinfo=UTC))
        counts.append(world.result.total_requested)
    assert counts == [0, 0, 1, 0, 1]


def test_on_cron_waits_until_all_parents_were_updated_since_the_tick() -> None:
    @asset
    def other() -> int:
        return 1

    @asset(automation_condition=AutomationCondition.on_cron("@hourly"))
    def both(a: int, other: int) -> int:
        return a

    world = Evaluated(a, other, both)
    world.updated("a")
    world.updated("other")
    world.again()
    assert world.again(hours=1) == {}  # updated before the tick
    world.updated("a")
    assert world.again() == {}
    world.updated("other")
    assert world.again() == {"both": WHOLE}
    assert world.again() == {}


def test_on_cron_never_requests_what_runs() -> None:
    @asset(automation_condition=AutomationCondition.on_cron("@hourly"))
    def root() -> int:
        return 1

    world = Evaluated(root)
    world.again()
    run = world.started("root")
    assert world.again(hours=1) == {}
    assert "being made already" in world.result.explain("root").text
    world.ended(run, "failed")
    assert world.again() == {"root": WHOLE}


def test_on_missing_of_partitions_that_become_missing() -> None:
    """Not of those that were missing when the condition came, nor while a parent is missing."""
    days = AssetSpec("days", partitions_def=DAYS)

    @asset(partitions_def=DAYS, automation_condition=AutomationCondition.on_missing(), deps=[days])
    def daily() -> None: ...

    world = Evaluated(days, daily)
    for day in ("2026-01-18", "2026-01-19"):
        world.updated("days", day)
    assert world.again() == {}
    assert world.again(days=1) == {}
    world.updated("days", "2026-01-20")
    assert world.again() == {"daily": {"2026-01-20"}}
    assert world.again() == {}


def test_another_condition_begins_anew() -> None:
    world = Evaluated(a, b)
    world.again()
    world.updated("a")
    other = b.replace(
        outputs=tuple(
            port._replace(
                spec=port.spec.replace_attributes(automation_condition=EAGER.with_label("mine"))
            )
            for port in b.outputs
        )
    )
    world.definitions = [a, other]
    assert world.again() == {}
    world.updated("a")
    assert world.again() == {"b": WHOLE}


def test_parents_of_other_partitions_are_asked_by_the_mapping() -> None:
    days = AssetSpec("days", partitions_def=DAYS)

    @asset(
        partitions_def=DAYS,
        automation_condition=EAGER,
        ins={"days": AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, -1))},
    )
    def shifted(days: object) -> None: ...

    world = Evaluated(days, shifted)
    world.again()
    world.updated("days", "2026-01-19")
    assert world.again() == {}
    world.updated("days", "2026-01-18")
    assert world.again() == {"shifted": {"2026-01-19"}}


def test_what_needs_a_partition_that_there_is_not_is_left_out() -> None:
    days = AssetSpec("days", partitions_def=DAYS)
    mapped = AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, 0))

    @asset(
        partitions_def=DAYS,
        automation_condition=AutomationCondition.missing(),
        ins={"days": mapped},
    )
    def two_days(days: object) -> None: ...

    world = Evaluated(days, two_days)
    assert world.again() == {"two_days": {"2026-01-18", "2026-01-19"}}
    assert "partitions that there are not: 1" in world.result.explain("two_days").text


def test_static_partitions_are_requested_one_by_one() -> None:
    colors = StaticPartitionsDefinition(["red", "blue"])
    source = AssetSpec("source", partitions_def=colors)

    @asset(partitions_def=colors, automation_condition=EAGER, deps=[source])
    def painted() -> None: ...

    world = Evaluated(source, painted)
    world.again()
    world.updated("source", "blue")
    assert world.again() == {"painted": {"blue"}}
    [run] = world.result.run_requests
    assert (run.partition_key, run.asset_selection) == ("blue", (AssetKey("painted"),))


def test_eager_goes_on_from_what_came_while_it_was_made() -> None:
    """Dagster takes all for handled that came between the same two evaluations as a new version,
    or while the run that was asked for went on."""
    world = Evaluated(a, b)
    world.again()
    world.updated("a", data="1")
    assert world.again() == {"b": WHOLE}
    run = world.started("b")
    world.updated("a", data="2")
    assert world.again() == {}  # it is on its way
    world.updated("b", read={"a": "1"})
    world.ended(run)
    assert world.again() == {"b": WHOLE}
    world.updated("b", read={"a": "2"})
    world.updated("a", data="3")
    assert world.again() == {"b": WHOLE}
    world.updated("b", read={"a": "3"})
    assert world.again() == {}
    assert world.again() == {}
    world.close()


def test_eager_takes_what_its_run_has_read_for_handled() -> None:
    world = Evaluated(a, b)
    world.again()
    world.updated("a", data="1")
    assert world.again() == {"b": WHOLE}
    run = world.started("b")
    world.updated("a", data="2")
    assert world.again() == {}
    world.updated("b", read={"a": "2"})  # it began after that
    world.ended(run)
    assert world.again() == {}
    assert world.again() == {}
    world.close()


def test_eager_asks_once_for_what_fails_with_what_it_reads() -> None:
    @asset(automation_condition=EAGER)
    def source(a: int) -> int:
        return a

    @asset(automation_condition=EAGER)
    def below(source: int) -> int:
        return source

    world = Evaluated(a, source, below)
    world.updated("source")
    world.updated("below")
    world.again()
    world.updated("a")
    assert world.again() == {"source": WHOLE, "below": WHOLE}
    run = world.started("source", "below")
    world.updated("source")  # by that run
    assert world.again() == {}
    world.ended(run, "failed")
    assert world.again() == {}
    world.close()
