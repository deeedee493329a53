"""``@asset_check``: which parameter is the value, and what else it reads."""

from __future__ import annotations

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.ports import AssetIn
from assetbook.definitions.results import AssetCheckResult
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey, CheckKey


@asset(key_prefix="raw")
def orders() -> int:
    return 3


def test_a_check_reads_its_asset_by_any_name() -> None:
    @asset_check(asset=orders, blocking=True)
    def has_rows(value: int) -> AssetCheckResult:
        """There are rows."""
        return AssetCheckResult(passed=value > 0)

    assert has_rows.key == CheckKey("raw/orders", "has_rows")
    assert has_rows.spec.blocking and has_rows.spec.description == "There are rows."
    assert [(port.name, port.key) for port in has_rows.inputs] == [("value", orders.key)]
    assert has_rows(3).passed and not has_rows(value=0).passed
    assert repr(has_rows) == "<asset_check raw/orders:has_rows>"


def test_a_check_may_read_other_assets() -> None:
    @asset_check(
        asset="orders",
        name="matches",
        additional_ins={"c": AssetIn(key="customers")},
        additional_deps=["flag"],
    )
    def check(context, orders, c):  # type: ignore[no-untyped-def]
        return True

    assert check.name == "matches" and check.context_name == "context"
    assert {port.name: str(port.key) for port in check.inputs} == {
        "orders": "orders",
        "c": "customers",
    }
    assert [str(dep.asset_key) for dep in check.spec.additional_deps] == ["flag"]


def test_a_check_may_look_without_the_value() -> None:
    @asset_check(asset="external", resources={"db": 1})
    def reachable(db: int) -> bool:
        return bool(db)

    assert reachable.inputs == ()
    assert [name for name, _ in reachable.resource_names] == ["db"]


def test_two_values_are_one_too_many() -> None:
    with pytest.raises(
        DefinitionError, match=r"orders, customers could all be the value of orders\nName the other"
    ):

        @asset_check(asset="orders")
        def check(orders, customers):  # type: ignore[no-untyped-def]
            return True


def test_an_unknown_additional_input_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"ins\['z'\] of check"):

        @asset_check(asset="orders", additional_ins={"z": AssetIn()})
        def check(orders):  # type: ignore[no-untyped-def]
            return True


def test_a_spec_names_check_and_asset() -> None:
    spec = AssetCheckSpec("ok", asset=orders, additional_deps=[AssetKey("a")])
    assert spec.key == CheckKey(orders.key, "ok") and not spec.blocking
    assert repr(spec) == "AssetCheckSpec('ok', asset='raw/orders')"
    with pytest.raises(DefinitionError, match="definitions are frozen"):
        spec.name = "other"


def test_an_input_must_be_an_asset_in() -> None:
    with pytest.raises(
        DefinitionError, match=r"ins\['t'\] of check\(\): it is 'total', a str\nGive"
    ):

        @asset_check(asset="orders", additional_ins={"t": "total"})  # type: ignore[dict-item]
        def check(orders, t):  # type: ignore[no-untyped-def]
            return True
