"""Selections of checks, as Dagster 1.13.28 resolves and runs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from assetbook.dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetKey,
    AssetSelection,
    Definitions,
    asset,
    asset_check,
    define_asset_job,
    materialize,
)
from assetbook.dependencies.selection_graph import SelectionGraph
from assetbook.errors import SelectionError
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load


@asset
def a() -> int:
    return 1


@asset
def b(a: int) -> int:
    return 2


@asset_check(asset=a)
def good(a: int) -> AssetCheckResult:
    return AssetCheckResult(passed=True)


@asset_check(asset=b, blocking=True)
def fine(b: int) -> AssetCheckResult:
    return AssetCheckResult(passed=True)


ALL = [a, b, good, fine]


@pytest.fixture
def store() -> Iterator[Instance]:
    with closing(Instance.ephemeral()) as instance:
        yield instance


@pytest.mark.parametrize(
    ("selection", "assets", "checks"),
    [
        (AssetSelection.checks(good), "", "a:good"),
        (AssetSelection.checks(AssetCheckKey(AssetKey("a"), "good")), "", "a:good"),
        (AssetSelection.checks_for_assets(a), "", "a:good"),
        (AssetSelection.all_asset_checks(), "", "a:good b:fine"),
        (AssetSelection.all().without_checks(), "a b", ""),
        (AssetSelection.assets(b) | AssetSelection.checks(good), "b", "a:good b:fine"),
        (AssetSelection.assets(a) - AssetSelection.checks(good), "a", ""),
        (AssetSelection.all() - AssetSelection.all_asset_checks(), "a b", ""),
        (AssetSelection.assets(a), "a", "a:good"),
        (AssetSelection.all() & AssetSelection.checks(good), "", "a:good"),
    ],
)
def test_each_means_what_dagster_says(
    store: Instance, selection: AssetSelection, assets: str, checks: str
) -> None:
    graph = load(ALL, store).graph
    facts = SelectionGraph(graph.dag, graph.facts(), graph.check_names())
    for same in (selection, AssetSelection.from_string(selection.to_selection_str())):
        assert sorted(map(str, same.resolve(facts))) == assets.split()
        assert sorted(same.resolve_checks(facts)) == checks.split()


def steps(selection: object, store: Instance) -> list[str]:
    result = materialize(ALL, instance=store, selection=selection)
    assert result.success
    return [each.step_key for each in result.all_events if each.event_type_value == "STEP_SUCCESS"]


def test_a_check_alone_runs_on_the_version_that_is_there(store: Instance) -> None:
    assert steps(None, store) == ["a", "a_good", "b", "b_fine"]
    assert steps(AssetSelection.checks(good), store) == ["a_good"]
    assert steps(AssetSelection.all_asset_checks(), store) == ["a_good", "b_fine"]
    assert len(store.versions("a")) == 1


def test_assets_run_without_their_checks(store: Instance) -> None:
    assert steps(AssetSelection.assets(a).without_checks(), store) == ["a"]
    assert steps(AssetSelection.all() - AssetSelection.checks(good), store) == ["a", "b", "b_fine"]


def test_a_job_of_checks_alone(store: Instance) -> None:
    job = define_asset_job("look", AssetSelection.checks_for_assets(a))
    definitions = Definitions(assets=[a, b], asset_checks=[good, fine], jobs=[job])
    steps(None, store)
    result = definitions.resolve_job_def("look").execute_in_process(instance=store)
    found = [each.asset_check_key for each in result.get_asset_check_evaluations()]
    assert found == [AssetCheckKey(AssetKey("a"), "good")]


def test_what_is_not_taken_says_what_to_do(store: Instance) -> None:
    with pytest.raises(SelectionError, match="checks of others: `a:good`\nRun these by themselves"):
        steps(AssetSelection.assets(b) | AssetSelection.checks(good), store)
    with pytest.raises(SelectionError, match="`a` has no version to look at"):
        steps(AssetSelection.checks(good), store)
    with pytest.raises(SelectionError, match="which is no check"):
        AssetSelection.checks(a)
