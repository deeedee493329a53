"""``materialize`` with definitions: what runs, what is kept, and what a failure raises."""

from __future__ import annotations

import traceback

import pytest
from tests.instance.making import (
    ALL,
    Day,
    Rate,
    daily,
    make,
    numbers,
    priced,
    state_of,
    steps,
    total,
)

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.collection import Definitions
from assetbook.errors import ConflictError, DefinitionError, NotLoadedError, SelectionError
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options, materialize_to_memory
from assetbook.surfaces.making_verbs import materialize


def test_it_uses_the_projects_store(instance: Instance) -> None:
    outcome = materialize(ALL)
    assert outcome.success
    assert instance.value("doubled") == 12


def test_a_second_call_runs_nothing(instance: Instance) -> None:
    materialize(ALL)
    again = materialize(ALL)
    assert (again.run_id, again.success, repr(again)) == (None, True, "<all fresh: nothing ran>")
    assert again.asset_value("total") == 6
    assert len(instance.runs()) == 1


def test_values_of_the_run_are_at_hand(instance: Instance) -> None:
    outcome = make(instance, *ALL)
    assert [outcome.asset_value(name) for name in ("total", "doubled")] == [6, 12]
    assert [event.key for event in outcome.materialized] == ["numbers", "total", "doubled"]


def test_values_in_a_run_are_isolated(instance: Instance) -> None:
    @asset
    def greedy(numbers: list[int]) -> int:
        numbers.clear()
        return 0

    outcome = make(instance, numbers, greedy, total)
    assert outcome.asset_value("total") == 6


def test_what_is_named_brings_what_it_needs(instance: Instance) -> None:
    assert steps(make(instance, *ALL, selection="total")) == ["numbers", "total"]


def test_several_selections_are_joined(instance: Instance) -> None:
    outcome = make(instance, *ALL, daily, selection=["numbers", "daily"])
    assert sorted(steps(outcome)) == ["daily", "numbers"]


def test_only_brings_nothing_else(instance: Instance) -> None:
    with pytest.raises(SelectionError, match="`numbers`: it has never been materialized"):
        make(instance, *ALL, selection="total", options=Options(only=True))


def test_force_runs_what_is_named_alone(instance: Instance) -> None:
    make(instance, *ALL)
    outcome = make(instance, *ALL, selection="total", options=Options(force=True))
    assert steps(outcome) == ["total"]


def test_the_same_data_leaves_downstream_fresh(instance: Instance) -> None:
    make(instance, *ALL)
    make(instance, *ALL, selection="numbers", options=Options(force=True))
    assert state_of(instance, "doubled", *ALL) == "fresh"


def test_a_selection_of_nothing_is_an_error(instance: Instance) -> None:
    with pytest.raises(SelectionError, match="the selection `group:none`"):
        make(instance, *ALL, selection="group:none")


def test_definitions_bring_their_resources(instance: Instance) -> None:
    @asset
    def scaled(rate: Rate) -> int:
        return rate.factor

    outcome = make(instance, Definitions(assets=[scaled], resources={"rate": Rate(factor=9)}))
    assert outcome.asset_value("scaled") == 9


def test_anything_else_is_no_definition(instance: Instance) -> None:
    with pytest.raises(DefinitionError, match="it is an int\nGive assets"):
        make(instance, 3)


def test_without_a_notebook_a_selection_alone_is_refused(instance: Instance) -> None:
    with pytest.raises(NotLoadedError, match=r"materialize\(\[orders, customers\]\)"):
        materialize("+total")


# -- failures


@asset
def broken(numbers: list[int]) -> float:
    return numbers[0] / 0


@asset
def after(broken: float) -> float:
    return broken


def test_the_authors_own_exception_is_raised(instance: Instance) -> None:
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        make(instance, numbers, broken)


def test_its_traceback_goes_straight_to_the_authors_code(instance: Instance) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        make(instance, numbers, broken)
    frames = [frame.name for frame in traceback.extract_tb(caught.tb)]
    assert frames[-2:] == ["raise_failure", "broken"]


def test_a_failure_may_be_looked_at_instead(instance: Instance) -> None:
    outcome = make(instance, numbers, broken, after, raise_on_error=False)
    assert {each.step.name: each.status for each in outcome.outcomes} == {
        "numbers": "done",
        "broken": "failed",
        "after": "upstream_failed",
    }
    assert not outcome.success
    assert instance.runs()[0].message == "broken: ZeroDivisionError: division by zero"


def test_what_was_made_before_a_failure_is_kept(instance: Instance) -> None:
    make(instance, numbers, broken, raise_on_error=False)
    assert state_of(instance, "numbers", numbers, broken) == "fresh"


def test_keys_that_differ_in_case_alone_are_refused_before_the_run(instance: Instance) -> None:
    make(instance, numbers)

    @asset(key="Numbers")
    def other() -> int:
        raise AssertionError("it ran")

    with pytest.raises(ConflictError, match="`numbers` differs from it only in upper and lower"):
        make(instance, other)
    with pytest.raises(ConflictError, match="materialize `Numbers`"):
        materialize_to_memory([numbers, other])
    assert len(instance.runs()) == 1


# -- memory and direct calls


def test_in_memory_nothing_is_stored(instance: Instance) -> None:
    class Anything:
        pass

    @asset
    def thing() -> object:
        return Anything()

    @asset
    def name(thing: object) -> str:
        return type(thing).__name__

    outcome = materialize_to_memory([thing, name])
    assert outcome.asset_value("name") == "Anything"
    assert isinstance(outcome.output_for_node("thing"), Anything)
    assert instance.runs() == []


def test_in_memory_everything_runs_every_time() -> None:
    assert steps(materialize_to_memory(ALL)) == steps(materialize_to_memory(ALL))


def test_in_memory_config_and_resources_are_given() -> None:
    outcome = materialize_to_memory(
        [daily, priced], resources={"rate": Rate(factor=4)}, run_config={"daily": Day(day=3)}
    )
    assert [outcome.asset_value(name) for name in ("daily", "priced")] == [3, 4]


def test_in_memory_failures_raise_too() -> None:
    with pytest.raises(ZeroDivisionError):
        materialize_to_memory([numbers, broken])
    assert not materialize_to_memory([numbers, broken], raise_on_error=False).success


def test_a_definition_is_called_like_its_function(instance: Instance) -> None:
    assert total([4, 5]) == 9
    assert daily(Day(day=8)) == 8
    assert instance.runs() == []


def test_the_value_of_a_failed_step_is_refused(instance: Instance) -> None:
    outcome = make(instance, numbers, broken, raise_on_error=False)
    assert outcome.asset_value("numbers") == [1, 2, 3]
    with pytest.raises(SelectionError, match="its step failed in this run: ZeroDivisionError"):
        outcome.asset_value("broken")
