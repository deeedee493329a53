"""With no notebook open, states come from the newest snapshots."""

from __future__ import annotations

from pathlib import Path

from tests.instance.notebooks import opened, told

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.spec import AssetSpec
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import materialize_definitions
from assetbook.instance.remembered import remembered_standing
from assetbook.instance.states import standing
from assetbook.keys import AssetKey


@asset
def numbers() -> list[int]:
    return [1]


@asset
def total(numbers: list[int]) -> int:
    return sum(numbers)


@asset_check(asset=total, blocking=True)
def positive(total: int) -> bool:
    return total > 5


def edited() -> object:
    @asset(key="numbers")
    def numbers() -> list[int]:
        return [1, 2]

    return numbers


def states(instance: Instance) -> dict[str, str]:
    now, _ = remembered_standing(instance)
    return {str(key): state.state for key, state in now.states.items()}


def test_nothing_remembered_is_no_state(instance: Instance) -> None:
    assert states(instance) == {}


def test_states_are_those_of_the_notebook(instance: Instance) -> None:
    loaded = opened(instance, "a.ipynb", numbers, total, positive)
    told(instance, loaded)
    assert states(instance) == {"numbers": "missing", "total": "missing"}
    materialize_definitions([numbers, total, positive], instance=instance, raise_on_error=False)
    live = {str(key): each.state for key, each in standing(instance, loaded).states.items()}
    assert states(instance) == live == {"numbers": "fresh", "total": "blocked"}


def test_an_edited_cell_is_remembered_as_stale(instance: Instance) -> None:
    materialize_definitions([numbers, total], instance=instance)
    told(instance, opened(instance, "a.ipynb", edited(), total))
    now, _ = remembered_standing(instance)
    assert states(instance) == {"numbers": "stale", "total": "stale"}
    assert "code" in now.states[AssetKey("numbers")].reasons[0].text


def test_assets_that_no_snapshot_defines_are_there(instance: Instance) -> None:
    materialize_definitions([numbers, total], instance=instance)
    told(instance, opened(instance, "a.ipynb", numbers))
    now, source = remembered_standing(instance)
    assert set(map(str, now.states)) == {"numbers", "total"}
    assert set(map(str, source)) == {"numbers"}


def test_the_owner_of_an_asset_speaks_for_it(instance: Instance) -> None:
    told(instance, opened(instance, "a.ipynb", numbers))
    told(instance, opened(instance, "b.ipynb", AssetSpec("numbers"), total))
    told(instance, opened(instance, "c.ipynb", edited()))
    told(instance, opened(instance, None, edited()))
    _, source = remembered_standing(instance)
    assert {str(key): each.location for key, each in source.items()} == {
        "numbers": "a.ipynb",
        "total": "b.ipynb",
    }


def test_edges_cross_notebooks(instance: Instance, project: Path) -> None:
    told(instance, opened(instance, "a.ipynb", numbers))
    told(instance, opened(instance, "b.ipynb", AssetSpec("numbers"), total))
    now, _ = remembered_standing(instance)
    assert now.graph.dag.parents_of(AssetKey("total")) == (AssetKey("numbers"),)
