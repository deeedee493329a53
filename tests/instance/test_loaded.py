"""Definitions held against a store: one graph, resources by name, faults by asset."""

from __future__ import annotations

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.collection import Definitions
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.reasons import text_of
from assetbook.errors import DefinitionError
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Beyond, load
from assetbook.instance.materializing import Options, materialize_definitions, plan_for
from assetbook.instance.states import standing
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
    loaded = load([own], instance, replacing={"rate": 5, "key": 6, "new": 7})
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
    loaded = load([total], instance, beyond=Beyond({key: AssetSpec(key)}))
    assert loaded.graph.remembered == {key}
    assert loaded.graph.dag.parents_of(AssetKey("total")) == (key,)


def test_what_is_read_stays_after_its_definition_has_ended(instance: Instance) -> None:
    materialize_definitions([numbers, total], instance=instance)
    loaded = load([total], instance, leave_out_wrong=True)
    assert loaded.ended == loaded.graph.remembered == {AssetKey("numbers")}
    now = standing(instance, loaded)
    assert {str(key): text_of(state.reasons) for key, state in now.states.items()} == {
        "numbers": "no cell defines it now",
        "total": "upstream `numbers` is unknown",
    }
    assert {state.state for state in now.states.values()} == {"unknown"}
    plan, _ = plan_for(instance, loaded, "total", Options())
    assert [step.name for step in plan] == ["total"]


def test_what_was_never_read_or_made_does_not_stay(instance: Instance) -> None:
    materialize_definitions([numbers], instance=instance)  # perhaps by another notebook
    loaded = load([total], instance, leave_out_wrong=True)
    assert not loaded.ended and "`total` needs `numbers`" in loaded.wrong[AssetKey("total")]


def test_what_is_read_by_a_remembered_asset_stays_too(instance: Instance) -> None:
    materialize_definitions([numbers, total], instance=instance)
    key = AssetKey("total")
    specs = {key: AssetSpec(key, deps=["numbers"])}
    inputs = {key: {"numbers": AssetKey("numbers")}}
    loaded = load([], instance, beyond=Beyond(specs, inputs), leave_out_wrong=True)
    states = standing(instance, loaded).states
    assert {str(key): state.state for key, state in states.items()} == {
        "numbers": "unknown",
        "total": "unknown",
    }


def test_an_ended_definition_is_no_help_to_one_that_is_loaded_whole(instance: Instance) -> None:
    materialize_definitions([numbers, total], instance=instance)
    with pytest.raises(DefinitionError, match="`total` needs `numbers`"):
        load([total], instance)


def test_one_definition_may_be_given_by_itself(instance: Instance) -> None:
    assert list(load(numbers, instance).graph.specs) == [AssetKey("numbers")]
    whole = Definitions(assets=[numbers], resources={"rate": 1})
    assert load(whole, instance).resources() == {"rate": 1}


def test_a_definition_of_another_kind_is_refused(instance: Instance) -> None:
    with pytest.raises(DefinitionError, match=r"an int\nGive assets, asset checks"):
        load(5, instance)
