"""Functions that make several assets in a run, or none that has a value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.instance.making import make, numbers, state_of, steps

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.results import AssetCheckResult, MaterializeResult, Output
from assetbook.errors import SelectionError
from assetbook.execution.context import AssetExecutionContext
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey


@multi_asset(outs={"low": AssetOut(), "high": AssetOut()})
def both(numbers: list[int]) -> tuple[int, int]:
    return min(numbers), max(numbers)


@multi_asset(
    outs={"left": AssetOut(is_required=False), "right": AssetOut(is_required=False)},
    can_subset=True,
)
def some(context: AssetExecutionContext) -> Iterator[Output[str]]:
    for name in ("left", "right"):
        if AssetKey(name) in context.selected_asset_keys:
            yield Output(name, output_name=name)


def test_one_function_makes_several_assets(instance: Instance) -> None:
    outcome = make(instance, numbers, both)
    assert [outcome.asset_value(name) for name in ("low", "high")] == [1, 3]


def test_naming_one_runs_the_function_for_all(instance: Instance) -> None:
    make(instance, numbers, both, selection="low")
    assert instance.value("high") == 3


def test_a_function_that_can_subset_makes_what_is_named(instance: Instance) -> None:
    make(instance, some, selection="left")
    assert instance.value("left") == "left"
    assert instance.latest_materialization("right") is None
    make(instance, some)
    assert [len(instance.versions(name)) for name in ("left", "right")] == [1, 1]


@asset
def notify(numbers: list[int]) -> None:
    assert numbers


@asset(deps=[notify])
def ordered() -> int:
    return 1


def test_an_effect_has_no_value_and_orders(instance: Instance) -> None:
    outcome = make(instance, numbers, notify, ordered)
    assert steps(outcome) == ["numbers", "notify", "ordered"]
    with pytest.raises(SelectionError, match="materialized without a value"):
        instance.value("notify")


def test_reading_an_effect_names_deps(instance: Instance) -> None:
    @asset
    def wrong(notify: object) -> int:
        return 1

    with pytest.raises(SelectionError, match="`notify`: it was materialized without a value\nName"):
        make(instance, numbers, notify, wrong)


def test_results_carry_metadata_checks_and_data_versions(instance: Instance) -> None:
    from assetbook.definitions.results import DataVersion

    @asset(check_specs=[AssetCheckSpec("ok", asset="result")])
    def result() -> MaterializeResult[int]:
        return MaterializeResult(
            value=3,
            metadata={"rows": 3},
            data_version=DataVersion("v1"),
            check_results=[AssetCheckResult(passed=True)],
        )

    make(instance, result)
    event = instance.version("result").event
    assert (event.data_version, event.metadata["rows"]["value"]) == ("v1", 3)
    assert instance.recorded()[AssetKey("result")].checks["ok"].passed


@asset
def words() -> list[str]:
    return ["a", "b"]


@multi_asset(
    outs={
        "least": AssetOut(is_required=False),
        "longest": AssetOut(is_required=False),
        "all": AssetOut(is_required=False),
    },
    can_subset=True,
    internal_asset_deps={"least": ["numbers"], "longest": ["words"], "all": ["least", "longest"]},
)
def extremes(
    context: AssetExecutionContext, numbers: list[int] | None, words: list[str] | None
) -> Iterator[Output[str]]:
    for name in sorted(context.selected_output_names):
        yield Output(f"{numbers} {words}", output_name=name)


def test_a_part_loads_only_what_it_needs(instance: Instance) -> None:
    outcome = make(instance, numbers, words, extremes, selection="least")
    assert steps(outcome) == ["numbers", "extremes"]
    assert outcome.asset_value("least") == "[1, 2, 3] None"
    assert list(instance.version("least").event.inputs) == ["numbers"]
    assert state_of(instance, "least", numbers, words, extremes) == "fresh"


def test_parts_made_at_once_record_their_own_inputs(instance: Instance) -> None:
    make(instance, numbers, words, extremes)
    read = {name: list(instance.version(name).event.inputs) for name in ("least", "longest", "all")}
    assert read == {"least": ["numbers"], "longest": ["words"], "all": ["numbers", "words"]}
    assert make(instance, numbers, words, extremes).plan.all_fresh


def test_a_newer_input_remakes_the_parts_that_follow_it(instance: Instance) -> None:
    make(instance, numbers, words, extremes)

    @asset(key="words")
    def other_words() -> list[str]:
        return ["c"]

    make(instance, numbers, other_words, extremes)
    assert [len(instance.versions(name)) for name in ("least", "longest", "all")] == [1, 2, 2]


def test_an_input_that_is_not_needed_keeps_its_default(instance: Instance) -> None:
    @multi_asset(
        outs={"x": AssetOut(is_required=False), "y": AssetOut(is_required=False)},
        can_subset=True,
        internal_asset_deps={"x": [], "y": ["numbers"]},
    )
    def either(numbers: list[int] = []) -> Iterator[Output[int]]:  # noqa: B006
        yield Output(len(numbers), output_name="x")

    assert make(instance, numbers, either, selection="x").asset_value("x") == 0
