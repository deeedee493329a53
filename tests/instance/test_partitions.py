"""Assets with partitions: made one by one, several in a call, and read by what they are part of."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from tests.instance.making import make, steps

from assetbook.clock import ManualClock
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.partitions import (
    BackfillPolicy,
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    MultiPartitionKey,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    WeeklyPartitionsDefinition,
)
from assetbook.definitions.ports import AssetIn, AssetOut
from assetbook.definitions.results import AssetMaterialization
from assetbook.definitions.secret import known_secrets
from assetbook.errors import DefinitionError, SelectionError, UsageError
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.partitions_asked import PartitionsAsked, Which
from assetbook.instance.states import standing
from assetbook.keys import AssetKey

DAYS = DailyPartitionsDefinition("2026-01-01")
WEEKS = WeeklyPartitionsDefinition("2026-01-01")
NOON = datetime(2026, 1, 20, 12, tzinfo=UTC)


@asset(partitions_def=DAYS)
def weather(context) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    """Two hours of a day."""
    start = context.partition_time_window.start
    return pd.DataFrame({"day": [context.partition_key] * 2, "hour": [start.hour, start.hour + 1]})


@asset(partitions_def=DAYS)
def hours(weather: pd.DataFrame) -> int:
    return len(weather)


@asset(partitions_def=WEEKS)
def weekly(weather: dict[str, pd.DataFrame]) -> list[str]:
    return list(weather)


@asset
def rows(weather: pl.DataFrame) -> int:
    return weather.height


@pytest.fixture
def store() -> Instance:
    return Instance.ephemeral(clock=ManualClock(NOON))


def asked(keys: str = "", which: Which = "", **more: bool) -> Options:
    return Options(partitions=PartitionsAsked(keys, which), **more)


def test_one_partition_is_made_with_what_it_needs_and_is_fresh_then(instance: Instance) -> None:
    day = asked("2026-01-02")
    made = make(instance, weather, hours, selection="hours", options=day)
    assert steps(made) == ["weather[2026-01-02]", "hours[2026-01-02]"]
    again = make(instance, weather, hours, selection="hours", options=day)
    assert again.plan.all_fresh
    [version] = instance.versions("hours")
    assert version.partition == "2026-01-02"
    assert version.event.inputs["weather"].partition == "2026-01-02"
    assert instance.latest_materialization("hours") is None


def test_a_week_reads_its_days_by_key(store: Instance) -> None:
    made = make(store, weather, weekly, selection="weekly", options=asked("first"))
    days = [f"2026-01-{day:02}" for day in range(4, 11)]
    assert steps(made) == [*(f"weather[{day}]" for day in days), "weekly[2026-01-04]"]
    assert store.value_of(store.versions("weekly")[0]) == days


def test_what_has_no_partitions_reads_them_all_as_one_table(store: Instance) -> None:
    make(store, weather, rows, selection="rows")
    assert store.value("rows") == 2 * 19
    # a new day is a new input
    store.clock.advance(86_400)  # type: ignore[attr-defined]
    later = make(store, weather, rows, selection="rows")
    assert steps(later) == ["weather[2026-01-20]", "rows"]
    assert "weather[2026-01-20]" in later.plan.steps[-1].why
    assert store.value("rows") == 2 * 20


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (pa.Table, lambda table: table.num_rows),
        (pl.LazyFrame, lambda frame: frame.collect().height),
        (ds.Dataset, lambda dataset: dataset.count_rows()),
        (pd.DataFrame, len),
        (dict[str, pl.DataFrame], lambda parts: sum(each.height for each in parts.values())),
    ],
)
def test_partitions_come_together_as_annotated(instance: Instance, wanted, count) -> None:  # type: ignore[no-untyped-def]
    def counted(weather):  # type: ignore[no-untyped-def]
        return int(count(weather))

    counted.__annotations__["weather"] = wanted
    three = StaticPartitionsDefinition(["a", "b", "c"])

    @asset(partitions_def=three)
    def weather(context) -> pd.DataFrame:  # type: ignore[no-untyped-def]
        return pd.DataFrame({"key": [context.partition_key] * 2})

    make(instance, weather, options=asked("all"))
    make(instance, weather, asset(counted))
    assert instance.value("counted") == 6


def test_a_range_is_one_call_and_a_version_of_each(store: Instance) -> None:
    calls = []

    @asset(partitions_def=DAYS, backfill_policy=BackfillPolicy.single_run(), ignore={"calls"})
    def ranged(context, weather):  # type: ignore[no-untyped-def]
        calls.append((context.partition_keys, list(weather)))
        assert context.asset_partition_keys_for_input("weather") == context.partition_keys
        return {key: len(weather[key]) for key in context.partition_keys}

    one = make(store, weather, ranged, selection="ranged", options=asked("2026-01-07"))
    assert store.value_of(store.versions("ranged")[0]) == 2
    assert steps(one)[-1] == "ranged[2026-01-07]"
    store = Instance.ephemeral(clock=ManualClock(NOON))
    calls.clear()
    three = asked("2026-01-01..2026-01-03")
    made = make(store, weather, ranged, selection="ranged", options=three)
    keys = ["2026-01-01", "2026-01-02", "2026-01-03"]
    assert steps(made)[-1] == "ranged[2026-01-01..2026-01-03]"
    assert calls == [(tuple(keys), keys)]
    assert {each.partition: store.value_of(each) for each in store.versions("ranged")} == (
        dict.fromkeys(keys, 2)
    )


def test_a_range_that_gives_no_dict_is_told_what_to_return(store: Instance) -> None:
    @asset(partitions_def=DAYS, backfill_policy=BackfillPolicy.multi_run(2))
    def ranged() -> int:
        return 1

    made = make(store, ranged, options=asked("2026-01-01..2026-01-03"), raise_on_error=False)
    assert [each.step.name for each in made.outcomes] == [
        "ranged[2026-01-01..2026-01-02]",
        "ranged[2026-01-03]",
    ]
    failed, done = made.outcomes
    assert isinstance(failed.exception, DefinitionError)
    assert "context.partition_keys" in str(failed.exception)
    assert done.status == "done"


@pytest.mark.parametrize(
    ("keys", "which", "made"),
    [
        ("2026-01-01,2026-01-03", "", ["2026-01-01", "2026-01-03"]),
        ("last", "", ["2026-01-19"]),
        ("first..2026-01-02", "", ["2026-01-01", "2026-01-02"]),
        ("2026-01-01..2026-01-03", "missing", ["2026-01-01", "2026-01-03"]),
        ("", "failed", []),
    ],
)
def test_partitions_are_named_or_chosen_by_state(
    store: Instance, keys: str, which: Which, made: list[str]
) -> None:
    if which:
        make(store, weather, options=asked("2026-01-02"))
    outcome = make(store, weather, options=asked(keys, which))
    assert [key.partition for step in outcome.plan for key in step.keys] == made


def test_only_what_failed_is_tried_again(store: Instance) -> None:
    broken = {"2026-01-02"}

    @asset(partitions_def=DAYS, ignore={"broken"})
    def fragile(context) -> str:  # type: ignore[no-untyped-def]
        if context.partition_key in broken:
            raise ValueError("no")
        return str(context.partition_key)

    first = asked("2026-01-01..2026-01-03")
    made = make(store, fragile, options=first, raise_on_error=False)
    assert [each.status for each in made.outcomes] == ["done", "failed", "done"]
    broken.clear()
    again = make(store, fragile, options=asked(which="failed"))
    assert steps(again) == ["fragile[2026-01-02]"]
    assert make(store, fragile, options=asked(which="failed")).plan.all_fresh


def test_a_day_may_be_made_of_the_day_before(store: Instance) -> None:
    before = TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)

    @asset(partitions_def=DAYS, ins={"weather": AssetIn(partition_mapping=before)})
    def yesterday(weather: pd.DataFrame) -> str:
        return str(weather["day"][0])

    made = make(store, weather, yesterday, selection="yesterday", options=asked("2026-01-03"))
    assert steps(made) == ["weather[2026-01-02]", "yesterday[2026-01-03]"]
    with pytest.raises(SelectionError, match=r"2025-12-31.*which there is not"):
        make(store, weather, yesterday, selection="yesterday", options=asked("2026-01-01"))


def test_checks_look_at_each_partition_and_block_it_alone(store: Instance) -> None:
    @asset_check(asset=weather, blocking=True)
    def is_not_the_second(weather: pd.DataFrame) -> bool:
        return bool((weather["day"] != "2026-01-02").all())

    days = asked("2026-01-01..2026-01-02")
    every = (weather, hours, is_not_the_second)
    made = make(store, *every, selection="hours", options=days, raise_on_error=False)
    ended = {each.step.name: each.status for each in made.outcomes}
    assert ended["weather[2026-01-02]:is_not_the_second"] == "failed"
    assert ended["hours[2026-01-01]"] == "done"
    assert ended["hours[2026-01-02]"] == "failed"  # it may not read that day


def test_several_assets_of_one_function_have_the_same_partitions(store: Instance) -> None:
    @multi_asset(outs={"low": AssetOut(), "high": AssetOut()}, partitions_def=DAYS)
    def both(context):  # type: ignore[no-untyped-def]
        return context.partition_key, context.partition_key.upper()

    made = make(store, both, selection="low", options=asked("2026-01-05"))
    assert steps(made) == ["both[2026-01-05]"]
    assert {each.key for each in made.materialized} == {"low", "high"}
    with pytest.raises(DefinitionError, match="have different partitions"):
        from assetbook.definitions.spec import AssetSpec

        multi_asset(specs=[AssetSpec("x", partitions_def=DAYS), AssetSpec("y")])(lambda: None)


def test_keys_that_are_added_are_partitions(instance: Instance) -> None:
    customers = DynamicPartitionsDefinition(name="customers")

    @asset(partitions_def=customers)
    def orders(context) -> str:  # type: ignore[no-untyped-def]
        return str(context.partition_key)

    assert instance.add_dynamic_partitions("customers", ["ann", "bob"]) == ["ann", "bob"]
    assert instance.add_dynamic_partitions("customers", ["ann"]) == []
    made = make(instance, orders, options=asked("all"))
    assert steps(made) == ["orders[ann]", "orders[bob]"]
    assert instance.delete_dynamic_partition("customers", "ann")
    with pytest.raises(SelectionError, match="dynamic: customers has none"):
        make(instance, orders, options=asked("ann"))
    assert [each.partition for each in instance.versions("orders")] == ["bob", "ann"]


def test_who_names_no_partition_is_told_how(store: Instance) -> None:
    with pytest.raises(SelectionError, match="--partition last"):
        make(store, weather, selection="weather")
    with pytest.raises(SelectionError, match="nothing that it selects has partitions"):

        @asset
        def plain() -> int:
            return 1

        make(store, plain, options=asked("2026-01-01"))
    left = make(store, weather, rows, selection="*", options=Options()).plan
    assert [step.keys[0].asset for step in left][-1] == AssetKey("rows")


def test_an_asset_stands_as_its_partitions_do_together(store: Instance) -> None:
    make(store, weather, options=asked("2026-01-01..2026-01-03"))
    now = standing(store, load([weather, hours, rows], store))
    assert now.states[AssetKey("weather")].state == "fresh"
    [reason] = now.states[AssetKey("weather")].reasons
    assert reason.text == "3 of 19 partitions made"
    assert now.states[AssetKey("hours")].state == "missing"
    assert now.partitions[AssetKey("weather")].made == 3


def test_a_context_without_partitions_says_so(store: Instance) -> None:
    @asset
    def plain(context) -> str:  # type: ignore[no-untyped-def]
        assert not context.has_partition_key
        return str(context.partition_key)

    with pytest.raises(UsageError, match="has no partitions"):
        make(store, plain)


@pytest.mark.parametrize("secret", ["", "tiger-7-scott"])
def test_a_key_of_several_dimensions_knows_its_parts(instance: Instance, secret: str) -> None:
    if secret:  # what this process knows is looked for in all that is stored
        known_secrets.add(secret)
    colors = StaticPartitionsDefinition(["red", "blue"])
    both = MultiPartitionsDefinition({"date": DAYS, "color": colors})

    @asset(partitions_def=both, backfill_policy=BackfillPolicy.single_run())
    def sold(context) -> dict[str, object]:  # type: ignore[no-untyped-def]
        return {
            key: {"parts": dict(key.keys_by_dimension), "key": key, "by": {key: 1}}
            for key in context.partition_keys
        }

    @asset(partitions_def=both)
    def one(context) -> str:  # type: ignore[no-untyped-def]
        context.log_event(AssetMaterialization("shop", partition=context.partition_key))
        return context.partition_key.keys_by_dimension["color"]  # type: ignore[no-any-return]

    key = MultiPartitionKey({"date": "2026-01-02", "color": "red"})
    make(instance, sold, one, options=asked(str(key)))
    value = instance.value("sold", partition=key)
    assert value == {
        "parts": {"color": "red", "date": "2026-01-02"},
        "key": "red|2026-01-02",
        "by": {"red|2026-01-02": 1},
    }
    assert type(value["key"]) is str
    assert instance.value("one", partition=key) == "red"
    assert [each.partition for each in instance.versions("shop")] == [key]
