"""An asset with another name is the same asset."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from tests.instance.making import make, state_of

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.ports import AssetIn
from assetbook.errors import ConflictError, SelectionError
from assetbook.events.parts import Origin
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Home, load
from assetbook.instance.new_names import renamed_to
from assetbook.instance.renaming import rename_asset
from assetbook.instance.snapshots import recall, remember, snapshot_of
from assetbook.instance.states import standing
from assetbook.keys import AssetKey

ADA = Origin(kind="session", user="ada")
ORDERS, SALES = AssetKey("orders"), AssetKey("sales")


def frame() -> pd.DataFrame:
    return pd.DataFrame({"amount": [1, 2]})


def named(key: str) -> Any:
    return asset(frame, key=key)  # type: ignore[call-overload]


def reader(key: str) -> Any:
    @asset(ins={"table": AssetIn(key)})
    def report(table: pd.DataFrame) -> int:
        return len(table)

    return report


@pytest.fixture
def filled(instance: Instance) -> Instance:
    make(instance, named("orders"), reader("orders"))
    return instance


def test_its_value_is_read_from_where_it_is(filled: Instance) -> None:
    before = sorted(filled.values.root.rglob("*"))
    assert rename_asset(filled, ORDERS, SALES, ADA) == 1
    assert filled.value("sales")["amount"].tolist() == [1, 2]
    assert sorted(filled.values.root.rglob("*")) == before


def test_its_definition_and_its_readers_stay_fresh(filled: Instance) -> None:
    rename_asset(filled, ORDERS, SALES, ADA)
    for name in ("sales", "report"):
        assert state_of(filled, name, named("sales"), reader("sales")) == "fresh"


def test_snapshots_have_the_new_name(filled: Instance) -> None:
    loaded = load([named("orders"), reader("orders")], filled, home=Home(location="shop.ipynb"))
    snapshot, texts = snapshot_of(loaded, standing(filled, loaded), filled.clock.now())
    remember(filled, snapshot, texts)
    rename_asset(filled, ORDERS, SALES, ADA)
    found = recall(filled, "shop.ipynb")
    assert found is not None
    assert set(found.specs) == {SALES, AssetKey("report")}
    assert found.inputs[AssetKey("report")] == {"table": SALES}


def test_the_old_name_offers_the_new_one(filled: Instance) -> None:
    rename_asset(filled, ORDERS, SALES, ADA)
    rename_asset(filled, SALES, AssetKey(["raw", "sales"]), ADA)
    for name in ("orders", "sales"):
        with pytest.raises(SelectionError, match=r"it was renamed to `raw/sales`"):
            filled.value(name)
    assert renamed_to(filled.store, "nothing") is None


def test_the_old_name_is_free_again(filled: Instance) -> None:
    rename_asset(filled, ORDERS, SALES, ADA)
    make(filled, named("orders"))
    assert [filled.version(name).number for name in ("orders", "sales")] == [1, 1]
    assert filled.value("sales").equals(filled.value("orders"))


@pytest.mark.parametrize(
    ("old", "new", "kind", "said"),
    [
        ("orders", "orders", SelectionError, "that is its name already"),
        ("nothing", "sales", SelectionError, "nothing is recorded of `nothing`"),
        ("orders", "Report", ConflictError, "`report` differs from it only in upper and lower"),
    ],
)
def test_what_cannot_be_is_refused(
    filled: Instance, old: str, new: str, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        rename_asset(filled, AssetKey(old), AssetKey(new), ADA)
    assert set(filled.store.latest()) == {ORDERS, AssetKey("report")}
