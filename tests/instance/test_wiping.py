"""Plans of wipes, and wipes that meet a disk or a program in their way."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pandas as pd
import pytest
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.errors import SelectionError, StoreError
from assetbook.events.asset_events import AssetObserved
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options, origin_of
from assetbook.instance.restoring import keep_version, restore_version
from assetbook.instance.verifying import verify
from assetbook.instance.wiping import WipePlan, plan_wipes, unfinished_wipes, wipe
from assetbook.io.manager import IOManager
from assetbook.keys import AssetKey
from assetbook.storage import expunging
from assetbook.storage.sqlite_store import SqliteStore

ORDERS = AssetKey("orders")
US = origin_of("test")


@asset
def orders() -> pd.DataFrame:
    return pd.DataFrame({"n": range(100)})


@asset
def clean(orders: pd.DataFrame) -> pd.DataFrame:
    return orders * 2


@asset
def report(clean: pd.DataFrame) -> int:
    return len(clean)


@pytest.fixture
def filled(instance: Instance) -> Instance:
    """Two versions of three assets, each made of the one before."""
    for _ in range(2):
        make(instance, orders, clean, report, options=Options(force=True))
    return instance


def planned(instance: Instance, *numbers: int, kept: bool = False) -> WipePlan:
    [plan] = plan_wipes(instance, {ORDERS: numbers or None}, kept=kept)
    return plan


def numbers_of(plan: WipePlan) -> list[int]:
    return [each.number for each in plan.versions]


def test_all_that_was_made_of_it_is_listed(filled: Instance) -> None:
    named = [f"{each.key}@{each.number}" for each in planned(filled, 1).copies]
    assert named == ["clean@1", "report@1"]
    both = plan_wipes(filled, {ORDERS: None, AssetKey("clean"): None})
    named = [f"{each.key}@{each.number}" for plan in both for each in plan.copies]
    assert named == ["report@1", "report@2"] * 2


def test_kept_versions_stay_with_all_that_share_their_value(filled: Instance) -> None:
    keep_version(filled, filled.version(ORDERS, 1), US)
    restore_version(filled, filled.version(ORDERS, 1), US)
    plan = planned(filled)
    assert (numbers_of(plan), plan.kept) == ([2], (1, 3))
    assert numbers_of(planned(filled, kept=True)) == [1, 2, 3]
    assert numbers_of(planned(filled, 1)) == [1, 3]
    with pytest.raises(SelectionError, match="`orders@1` has the same value and is kept"):
        planned(filled, 3)


def test_a_wipe_that_cannot_end_is_told_and_completed(
    filled: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(filled.store, SqliteStore)
    with closing(sqlite3.connect(filled.store.path)) as reader, monkeypatch.context() as patch:
        patch.setattr(expunging, "_PATIENCE", 0.1)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchall()
        with pytest.raises(StoreError, match="another program has been reading"):
            wipe(filled, [planned(filled)], US)
    [run] = filled.runs(1)
    assert (run.status, run.message) == ("failed", "not wiped to the end: StoreError")
    assert [each.versions for each in unfinished_wipes(filled)] == [(1, 2)]
    plan = planned(filled)
    assert (plan.versions, plan.finishes, plan.is_empty) == ((), True, False)
    wipe(filled, [plan], US)
    assert unfinished_wipes(filled) == []
    assert planned(filled).is_empty
    assert filled.runs(1)[0].asked == "wipe orders"


def test_downstream_is_stale_for_a_missing_input(filled: Instance) -> None:
    wipe(filled, [planned(filled)], US)
    assert verify(filled).is_whole
    again = make(filled, orders, clean, report)
    assert [step.name for step in again.plan.steps][:2] == ["orders", "clean"]
    assert [each.number for each in filled.versions("orders")] == [3, 2, 1]


def test_a_later_version_is_not_wiped(filled: Instance) -> None:
    plan = planned(filled)
    make(filled, orders, options=Options(force=True))
    wipe(filled, [plan], US)
    assert [each.event.wiped_at is None for each in filled.versions(ORDERS)] == [
        True,
        False,
        False,
    ]
    assert len(filled.value(ORDERS)) == 100


def test_a_managers_own_values_are_named(instance: Instance) -> None:
    class Shelf(IOManager):
        versioned = True

        def handle_output(self, context: object, obj: object) -> None:
            pass

        def load_input(self, context: object) -> object:
            return 1

    make(instance, orders, resources={"io_manager": Shelf()}, record=True)
    plan = planned(instance)
    assert [each.number for each in plan.elsewhere] == [1]
    wipe(instance, [plan], US)
    with pytest.raises(SelectionError, match="it was wiped"):
        instance.value(ORDERS)


def test_mates_of_a_multi_asset_keep_their_values(instance: Instance) -> None:
    @multi_asset(outs={"left": AssetOut(), "right": AssetOut()})
    def both() -> tuple[int, int]:
        print("made both")
        return 1, 2

    make(instance, both)
    [plan] = plan_wipes(instance, {AssetKey("left"): None})
    [gone] = wipe(instance, [plan], US)
    assert gone.logs == 1
    assert instance.value("right") == 2


def test_a_store_in_memory_is_wiped_too() -> None:
    instance = Instance.ephemeral()
    make(instance, orders)
    wipe(instance, [planned(instance)], US)
    assert not list(instance.values.root.rglob("*.parquet"))
    with pytest.raises(SelectionError, match="it was wiped"):
        instance.value(ORDERS)


def test_what_was_observed_goes_with_the_asset(instance: Instance) -> None:
    seen = AssetObserved(at=instance.clock.now(), key="orders", metadata={"x": {"value": "Ada"}})
    instance.store.commit([seen])
    plan = planned(instance)
    assert (plan.notes, plan.is_empty) == (1, False)
    wipe(instance, [plan], US)
    assert "Ada" not in repr([each.event for each in instance.events()])
    assert planned(instance).is_empty


def test_what_a_step_printed_goes_from_its_log_files_too(instance: Instance) -> None:
    @asset(name="orders")
    def told() -> int:
        print("the customer is Jane Doe")
        return 1

    @asset
    def other() -> int:
        print("nothing private")
        return 1

    make(instance, told, other)
    assert instance.log_files is not None
    before = {each.name for each in instance.log_files.root.rglob("*.out")}
    assert before == {"orders.out", "other.out"}
    wipe(instance, [planned(instance)], US)
    left = [each.name for each in instance.log_files.root.rglob("*.out")]
    assert left == ["other.out"]
