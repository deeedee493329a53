"""Definitions held against a store: one graph, resources by name, faults by asset."""

from __future__ import annotations

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.collection import Definitions
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.keys import AssetKey


@asset
def numbers() -> list[int]:
    return [1]


@asset
def total(numbers: list[int]) -> int:
    return sum(numbers)


@asset(resources={"rate": 2})
def priced(rate: object) -> object:
    return rate


def test_lists_and_collections_are_taken_apart(instance: Instance) -> None:
    loaded = load([[numbers], Definitions(assets=[total]), (priced,)], instance)
    assert [str(key) for key in loaded.graph.specs] == ["numbers", "total", "priced"]


def test_resources_of_definitions_win_over_the_notebooks(instance: Instance) -> None:
    own = Definitions(assets=[numbers], resources={"rate": 1})
    loaded = load([own], instance, resources=lambda: {"rate": 2, "other": 3})
    assert loaded.resources() == {"rate": 1, "other": 3}
    assert loaded.replaced == frozenset()


def test_given_resources_replace_the_definitions_own(instance: Instance) -> None:
    own = Definitions(assets=[priced], resources={"key": 1})
    loaded = load([own], instance, resources={"rate": 5, "key": 6, "new": 7})
    assert loaded.replaced == {"rate", "key"}
    assert loaded.resources() == {"rate": 5, "key": 6, "new": 7}
    assert dict(loaded.graph.makers[AssetKey("priced")].resources) == {"rate": 5}
    assert priced.resources == {"rate": 2}


def test_a_fault_is_an_error(instance: Instance) -> None:
    with pytest.raises(DefinitionError, match="`numbers`"):
        load([total], instance)


def test_a_fault_may_leave_out_the_definition_alone(instance: Instance) -> None:
    @asset
    def wrong(nothing: object) -> int:
        return 1

    loaded = load([numbers, wrong], instance, leave_out_wrong=True)
    assert set(map(str, loaded.wrong)) == {"wrong"}
    assert set(map(str, loaded.graph.makers)) == {"numbers"}
    with pytest.raises(DefinitionError, match=r"`wrong`.*\n.*Mend its cell"):
        loaded.refuse_wrong("+wrong")
    loaded.refuse_wrong("+numbers")


def test_remembered_assets_may_be_read(instance: Instance) -> None:
    key = AssetKey("numbers")
    loaded = load([total], instance, remembered={key: AssetSpec(key)})
    assert loaded.graph.remembered == {key}
    assert loaded.graph.dag.parents_of(AssetKey("total")) == (key,)
