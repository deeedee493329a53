"""Assets that graphs make, divided into partitions: each is made by ops of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from assetbook import (
    AssetIn,
    AssetOut,
    DailyPartitionsDefinition,
    DynamicOut,
    DynamicOutput,
    Instance,
    ProcessExecutor,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    graph_asset,
    graph_multi_asset,
    materialize,
    op,
    retry,
)
from assetbook.instance.materializing import MaterializeOutcome

DAYS = DailyPartitionsDefinition("2026-01-01", end_date="2026-01-09")
COLORS = StaticPartitionsDefinition(["red", "blue"])


@op
def day_of_month(context: Any) -> int:
    start: int = context.partition_time_window.start.day
    return start


@op
def with_key(context: Any, day: int) -> list[str]:
    return [context.partition_key, str(day)]


@graph_asset(partitions_def=DAYS)
def stamped() -> Any:
    return with_key(day_of_month())


@op
def joined(context: Any, days: dict[str, list[str]]) -> str:
    return f"{context.partition_key}: {', '.join(days)}"


@graph_asset(
    partitions_def=DAYS,
    ins={"stamped": AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, 0, True))},
)
def of_two_days(stamped: Any) -> Any:
    return joined(stamped)


@op(out=DynamicOut())
def letters(context: Any) -> Iterator[DynamicOutput[str]]:
    for letter in context.partition_key[:2]:
        yield DynamicOutput(letter, mapping_key=letter)


@op
def upper(context: Any, letter: str) -> str:
    return f"{letter.upper()} of {context.partition_key}"


@op
def gathered(found: list[str]) -> list[str]:
    return found


@graph_multi_asset(outs={"shouted": AssetOut(), "said": AssetOut()}, partitions_def=COLORS)
def spoken() -> Any:
    found = gathered(letters().map(upper).collect())
    return {"shouted": found, "said": gathered.alias("again")(found)}


@pytest.fixture
def store() -> Iterator[Instance]:
    with closing(Instance.ephemeral()) as instance:
        yield instance


def test_its_ops_see_the_partition_and_make_a_version_of_it(store: Instance) -> None:
    outcome = materialize([stamped], instance=store, partitions="2026-01-03..2026-01-04")
    assert [each.step.name for each in outcome.outcomes] == [
        "stamped[2026-01-03].day_of_month",
        "stamped[2026-01-03].with_key",
        "stamped[2026-01-04].day_of_month",
        "stamped[2026-01-04].with_key",
    ]
    assert store.value("stamped", partition="2026-01-03") == ["2026-01-03", "3"]
    assert store.value("stamped", partition="2026-01-04") == ["2026-01-04", "4"]
    assert materialize([stamped], instance=store, partition="2026-01-03").plan.all_fresh


def test_it_reads_several_partitions_by_key(store: Instance) -> None:
    materialize(
        [stamped, of_two_days], instance=store, partition="2026-01-02", selection="of_two_days"
    )
    assert store.value("of_two_days", partition="2026-01-02") == (
        "2026-01-02: 2026-01-01, 2026-01-02"
    )
    read = store.version("of_two_days", partition="2026-01-02").event.inputs
    assert sorted(read) == ["stamped[2026-01-01]", "stamped[2026-01-02]"]


def test_steps_of_elements_stand_below_their_partition(store: Instance) -> None:
    outcome = materialize([spoken], instance=store, partitions="all")
    names = [each.step.name for each in outcome.outcomes]
    assert "spoken[red].upper[r]" in names and "spoken[blue].upper[b]" in names
    assert store.value("shouted", partition="red") == ["R of red", "E of red"]
    assert store.value("said", partition="blue") == ["B of blue", "L of blue"]


def test_worker_processes_are_told_the_partition(store: Instance) -> None:
    materialize([spoken], instance=store, partition="red", executor=ProcessExecutor(1))
    assert store.value("said", partition="red") == ["R of red", "E of red"]


def test_from_failure_tries_the_ops_of_the_failed_partition(store: Instance) -> None:
    bad = {"blue"}

    @op
    def key_of(context: Any) -> str:
        return str(context.partition_key)

    @op
    def refused(key: str) -> str:
        if key in bad:
            raise ValueError(key)
        return key

    @graph_asset(partitions_def=COLORS)
    def fragile() -> Any:
        return refused(key_of())

    made = materialize([fragile], instance=store, partitions="all", raise_on_error=False)
    assert store.value("fragile", partition="red") == "red"
    bad.clear()
    again = retry(str(made.run_id), from_failure=True, definitions=[fragile], instance=store)
    assert isinstance(again, MaterializeOutcome)
    assert [each.step.name for each in again.outcomes] == [
        "fragile[blue].key_of",
        "fragile[blue].refused",
    ]
    assert store.value("fragile", partition="blue") == "blue"
