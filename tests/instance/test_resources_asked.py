"""Resources that nobody gave are told before a run begins, all at once."""

from __future__ import annotations

from contextlib import closing

import pytest

from assetbook import (
    AssetCheckResult,
    ConfigurableResource,
    Instance,
    asset,
    asset_check,
    graph_asset,
    materialize,
    materialize_to_memory,
    op,
)
from assetbook.errors import ConfigError


class Shop(ConfigurableResource):
    name: str = "south"


@asset
def orders() -> int:
    return 3


@asset(required_resource_keys={"warehouse"})
def stored(context, orders: int) -> int:  # type: ignore[no-untyped-def]
    return orders


@asset_check(asset=orders)
def enough(orders: int, shop: Shop) -> AssetCheckResult:
    return AssetCheckResult(passed=orders > 2)


@op
def sold(mail: Shop) -> int:
    return 1


@graph_asset
def sales():  # type: ignore[no-untyped-def]
    return sold()


EVERY = [orders, stored, enough, sales]


def test_what_is_missing_is_told_at_once_and_nothing_runs() -> None:
    said = (
        r"not given: `shop` \(for `orders:enough`\); `warehouse` \(for `stored`\); "
        r"`mail` \(for the op `sales.sold`\)\nBind it in a cell: shop = "
    )
    with closing(Instance.ephemeral()) as instance:
        with pytest.raises(ConfigError, match=said):
            materialize(EVERY, instance=instance)
        assert instance.runs() == []
    with pytest.raises(ConfigError, match=r"not given: .*`warehouse` \(for `stored`\)"):
        materialize_to_memory(EVERY)


def test_the_nearest_is_a_value_and_no_function() -> None:
    resources = {"warehous": Shop(), "warehouses": materialize}
    with pytest.raises(ConfigError, match=r"Did you mean `warehous`\?$"):
        materialize_to_memory([orders, stored], resources=resources)


def test_what_is_given_serves_all() -> None:
    given = {"shop": Shop(), "mail": Shop(), "warehouse": 1}
    assert materialize_to_memory(EVERY, resources=given).asset_value("sales") == 1
