"""A definition is frozen, calls its function, and is not its value."""

from __future__ import annotations

import copy
import pickle
import sys
from types import ModuleType
from typing import Any

import pytest

from assetbook.definitions import asset_definition
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.place import watch_made
from assetbook.definitions.ports import AssetOut
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey


@asset(key_prefix="raw")
def orders(customers: int) -> int:
    return customers


@multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
def pair() -> tuple[int, int]:
    return 1, 2


def test_one_asset_has_one_key_and_several_have_keys() -> None:
    assert orders.key == orders.spec.key == AssetKey(["raw", "orders"])
    assert pair.keys == (AssetKey("a"), AssetKey("b"))
    assert [spec.key for spec in pair.specs] == list(pair.keys)
    with pytest.raises(DefinitionError, match=r"the key of pair: it makes 2 assets\nUse .keys"):
        _ = pair.key


def test_a_definition_is_not_its_value() -> None:
    with pytest.raises(AttributeError, match=r"definition of an asset.*\nIts latest value is"):
        orders.head()
    assert not hasattr(orders, "_repr_mimebundle_")


def test_a_definition_is_frozen() -> None:
    with pytest.raises(DefinitionError, match="definitions are frozen"):
        orders.name = "other"


def test_a_definition_cannot_leave_its_process() -> None:
    with pytest.raises(TypeError, match="orders cannot be pickled: send its notebook"):
        pickle.dumps(orders)


def test_a_replaced_definition_was_not_made_anew() -> None:
    with watch_made() as made:
        other = orders.replace(inputs=())
    assert made == []
    assert other.inputs == () and other.key == orders.key and len(orders.inputs) == 1


def test_definitions_show_their_keys() -> None:
    assert repr(orders) == "<asset raw/orders>"
    assert repr(pair) == "<multi_asset pair: a, b>"


def test_values_are_read_by_whoever_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(asset: str, partition: str | None, *, version: Any, as_type: Any) -> tuple[Any, ...]:
        return asset, version, partition, as_type

    module = ModuleType("a_value_reader")
    module.read = read  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_value_reader", module)
    monkeypatch.setattr(asset_definition, "_value_reader", "")
    asset_definition.set_value_reader("a_value_reader:read")
    assert orders.value(3) == ("raw/orders", 3, None, None)


def test_copying_asks_for_no_attribute_of_the_value() -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        copy.copy(orders)
