"""``Definitions``: gathered explicitly, of the right kinds."""

from __future__ import annotations

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.collection import Definitions
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError


@asset
def orders() -> int:
    return 1


@asset_check(asset=orders)
def ok(orders: int) -> bool:
    return True


def test_assets_come_before_checks() -> None:
    external = AssetSpec("landing")
    given = Definitions(assets=[orders, external], asset_checks=[ok], resources={"db": 1})
    assert list(given) == [orders, external, ok]
    assert given.resources == {"db": 1}
    assert repr(given) == "<Definitions: 2 assets, 1 checks>"


def test_things_of_another_kind_are_refused() -> None:
    with pytest.raises(
        DefinitionError, match=r"a function\nIt takes AssetsDefinition and AssetSpec"
    ):
        Definitions(assets=[orders.compute])  # type: ignore[list-item]
    with pytest.raises(DefinitionError, match=r"asset_checks=.*\nIt takes AssetChecksDefinition"):
        Definitions(asset_checks=[orders])  # type: ignore[list-item]


def test_all_things_of_another_kind_are_named_at_once() -> None:
    with pytest.raises(DefinitionError) as found:
        Definitions(assets=[orders, 5, "x"], asset_checks=[orders])  # type: ignore[list-item]
    said = str(found.value)
    assert "3 things are wrong" in said
    assert "assets= holds 5, an int" in said and "assets= holds 'x', a str" in said
    assert "asset_checks= holds <asset orders>, an AssetsDefinition" in said
