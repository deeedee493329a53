"""Runs of checks alone: on the versions that are there, of a partition on that partition's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from tests.instance.making import make

from assetbook.automation.conditions.tick import conditions_tick
from assetbook.automation.launches import Launch
from assetbook.automation.sensor_commit import commit_sensor_tick
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.automation import AutomationCondition
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.partitions import StaticPartitionsDefinition
from assetbook.definitions.results import AssetCheckResult, MaterializeResult
from assetbook.errors import SelectionError
from assetbook.events.asset_events import CheckEvaluated
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.partitions_asked import PartitionsAsked
from assetbook.instance.sensor_record import CONDITIONS_SENSOR
from assetbook.storage.process_identity import current_process

COLORS = StaticPartitionsDefinition(["red", "blue"])


@asset
def orders() -> list[int]:
    return [1, 2]


@asset_check(asset=orders)
def full(orders: list[int]) -> bool:
    return len(orders) == 2


@asset_check(asset=orders, automation_condition=AutomationCondition.on_cron("@daily"))
def sorted_up(orders: list[int]) -> bool:
    return orders == sorted(orders)


@asset(partitions_def=COLORS)
def paint(context: Any) -> str:
    return str(context.partition_key)


@asset_check(asset=paint)
def is_red(paint: str) -> bool:
    return paint == "red"


@asset(check_specs=[AssetCheckSpec("inside", asset="told")])
def told() -> MaterializeResult:
    return MaterializeResult(check_results=[AssetCheckResult(passed=True, check_name="inside")])


ALL = (orders, full, sorted_up, paint, is_red, told)


@pytest.fixture
def store() -> Iterator[Instance]:
    with closing(Instance.ephemeral()) as instance:
        yield instance


def answers(store: Instance, run_id: object) -> list[tuple[str, str | None, bool, int | None]]:
    found = store.events(run_id=run_id, kinds=[CheckEvaluated])  # type: ignore[arg-type]
    events = [each.event for each in found]
    return [
        (each.check, each.partition, each.passed, each.version)
        for each in events
        if isinstance(each, CheckEvaluated)
    ]


def test_the_named_ones_run_and_nothing_is_made(store: Instance) -> None:
    make(store, *ALL, selection="orders")
    made = make(store, *ALL, selection="orders", options=Options(checks=["orders:full"]))
    assert [each.step.name for each in made.outcomes] == ["orders:full"]
    assert "this check was asked for" in str(made.plan)
    assert answers(store, made.run_id) == [("full", None, True, 1)]
    assert len(store.versions("orders")) == 1


def test_of_a_partition_its_own_version_is_judged(store: Instance) -> None:
    make(store, *ALL, selection="paint", options=Options(partitions=PartitionsAsked("all")))
    blue = store.version("paint", partition="blue").number
    options = Options(checks=["paint:is_red"], partitions=PartitionsAsked("blue"))
    made = make(store, *ALL, selection="paint", options=options)
    assert answers(store, made.run_id) == [("is_red", "blue", False, blue)]
    assert store.run(made.run_id).tags == {"dagster/partition": "blue"}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("selection", "check", "said"),
    [
        ("orders", "orders:full", r"`orders` has no version to look at\nMaterialize `orders`"),
        ("orders", "orders:ful", "Did you mean `orders:full`"),
        ("told", "told:inside", "the function of `told` answers it"),
    ],
)
def test_what_cannot_run_alone_says_so(
    store: Instance, selection: str, check: str, said: str
) -> None:
    with pytest.raises(SelectionError, match=said):
        make(store, *ALL, selection=selection, options=Options(checks=[check]))
    assert store.runs() == []


def test_a_condition_of_a_check_has_it_run_without_its_asset(store: Instance) -> None:
    missing = AutomationCondition.execution_failed() | ~AutomationCondition.check_passed()

    @asset_check(asset=orders, automation_condition=missing)
    def positive(orders: list[int]) -> bool:
        return min(orders) > 0

    make(store, orders)
    loaded = load([orders, positive], store)
    answer = conditions_tick(store, loaded, (), "shop.ipynb", None)
    [asked] = answer["requests"]
    assert (asked["assets"], asked["checks"]) == (None, ["orders:positive"])
    lease = store.own.acquire_lease(current_process())
    commit_sensor_tick(store.own, lease, "shop.ipynb", CONDITIONS_SENSOR, store.clock.now(), answer)
    [request] = store.own.requests()
    launch = Launch.from_json(request.request.launch)
    assert launch.arguments["checks"] == ["orders:positive"]
    again = conditions_tick(store, loaded, (), "shop.ipynb", answer["cursor"])
    assert again["requests"] == []  # it waits to be launched
    [selection] = launch.arguments["selection"]
    made = make(store, orders, positive, selection=selection, options=Options(checks=launch.checks))
    assert answers(store, made.run_id) == [("positive", None, True, 1)]
