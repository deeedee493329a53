"""Definitions are put together; what is there twice is an error that names both."""

from __future__ import annotations

import pytest

from assetbook import AssetSpec, Definitions, asset, asset_check
from assetbook.errors import DefinitionError


@asset
def orders() -> int:
    return 1


@asset_check(asset=orders)
def few(orders: int) -> bool:
    return orders < 2


def test_all_parts_are_in_the_merged() -> None:
    box = object()
    one = Definitions([orders], [few], {"box": box})
    merged = Definitions.merge(one, Definitions([AssetSpec("raw")], resources={"box": box}), one)
    assert [str(each.key) for each in merged.assets] == ["orders", "raw"]
    assert merged.asset_checks == (few,)
    assert merged.resources == {"box": box}


def test_nothing_merged_is_empty() -> None:
    assert list(Definitions.merge()) == []


def test_an_asset_of_two_is_an_error() -> None:
    with pytest.raises(
        DefinitionError,
        match=r"the asset `orders` is defined twice: .*, line 1\d, and an AssetSpec",
    ):
        Definitions.merge(Definitions([orders]), Definitions([AssetSpec("orders")]))


def test_a_resource_of_two_is_an_error() -> None:
    with pytest.raises(DefinitionError, match="the resource `box` is 1 in one, and 2 in another"):
        Definitions.merge(Definitions(resources={"box": 1}), Definitions(resources={"box": 2}))


def test_a_check_of_two_is_an_error() -> None:
    other = few.replace()
    with pytest.raises(DefinitionError, match="the check `orders:few` is defined twice"):
        Definitions.merge(Definitions([orders], [few]), Definitions([], [other]))
