"""An asset belongs to one notebook, until that is gone or another takes it over."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.instance.notebooks import opened, told

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import ConflictError
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options, plan_for
from assetbook.instance.ownership import (
    Elsewhere,
    owned_elsewhere,
    refuse_case_clash,
    refuse_owned_elsewhere,
)
from assetbook.keys import AssetKey

ORDERS = AssetKey("orders")
FIRST = "first.ipynb"
SECOND = "second.ipynb"


@asset
def orders() -> int:
    return 1


def test_a_key_nobody_claimed_is_nobodys(instance: Instance) -> None:
    assert owned_elsewhere(instance, FIRST, [ORDERS]) == {}


def test_a_key_belongs_to_who_claimed_it_first(instance: Instance) -> None:
    for location in (FIRST, SECOND, FIRST, SECOND):
        told(instance, opened(instance, location, orders))
    assert owned_elsewhere(instance, SECOND, [ORDERS]) == {ORDERS: Elsewhere(FIRST, True)}
    assert owned_elsewhere(instance, FIRST, [ORDERS]) == {}


def test_who_does_not_own_it_is_refused(instance: Instance) -> None:
    told(instance, opened(instance, FIRST, orders))
    said = r"`orders`: it belongs to first\.ipynb.*\n.*`%materialize orders --take-over`"
    with pytest.raises(ConflictError, match=said):
        refuse_owned_elsewhere(instance, SECOND, [ORDERS])


def test_a_plan_is_refused_unless_it_takes_over(instance: Instance) -> None:
    told(instance, opened(instance, FIRST, orders))
    second = opened(instance, SECOND, orders)
    with pytest.raises(ConflictError):
        plan_for(instance, second, "*", Options())
    assert len(plan_for(instance, second, "*", Options(take_over=True))[0]) == 1


def test_what_is_taken_over_stays_so(instance: Instance) -> None:
    first, second = opened(instance, FIRST, orders), opened(instance, SECOND, orders)
    told(instance, first)
    told(instance, second, take_over=[ORDERS])
    told(instance, first)
    told(instance, second)
    assert owned_elsewhere(instance, FIRST, [ORDERS]) == {ORDERS: Elsewhere(SECOND, True)}


def test_a_notebook_that_is_gone_holds_nothing_back(instance: Instance, project: Path) -> None:
    told(instance, opened(instance, FIRST, orders))
    (project / FIRST).unlink()
    second = opened(instance, SECOND, orders)
    assert owned_elsewhere(instance, SECOND, [ORDERS]) == {ORDERS: Elsewhere(FIRST, False)}
    assert len(plan_for(instance, second, "*", Options())[0]) == 1


@pytest.mark.parametrize("location", [None])
def test_scratch_notebooks_own_nothing_and_are_not_stopped(
    instance: Instance, location: str | None
) -> None:
    scratch = opened(instance, location, orders)
    told(instance, scratch)
    assert owned_elsewhere(instance, FIRST, [ORDERS]) == {}
    told(instance, opened(instance, FIRST, orders))
    assert len(plan_for(instance, scratch, "*", Options())[0]) == 1


def test_describing_an_asset_made_elsewhere_claims_nothing(instance: Instance) -> None:
    told(instance, opened(instance, FIRST, AssetSpec("orders")))
    told(instance, opened(instance, SECOND, orders))
    assert owned_elsewhere(instance, FIRST, [ORDERS]) == {ORDERS: Elsewhere(SECOND, True)}


def test_an_ephemeral_instance_knows_no_owners() -> None:
    instance = Instance.ephemeral()
    told(instance, opened(instance, None, orders))
    assert owned_elsewhere(instance, FIRST, [ORDERS]) == {}
    instance.close()


def test_keys_that_differ_in_case_clash() -> None:
    with pytest.raises(ConflictError, match="`raw/Orders`: `raw/orders` differs from it only"):
        refuse_case_clash([AssetKey(["raw", "Orders"])], [AssetKey(["raw", "orders"])])
    refuse_case_clash([AssetKey(["raw", "orders"]), ORDERS], [AssetKey(["raw", "orders"])])
