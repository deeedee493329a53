"""``materialize`` with definitions: what runs, what is kept, and what a failure raises."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.collection import Definitions
from assetbook.definitions.config import Config
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.resource import ConfigurableResource
from assetbook.definitions.results import (
    AssetCheckResult,
    AssetCheckSeverity,
    MaterializeResult,
    Output,
)
from assetbook.errors import (
    CheckFailedError,
    ConfigError,
    ConflictError,
    DefinitionError,
    NotLoadedError,
    SelectionError,
)
from assetbook.execution.context import AssetExecutionContext
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.materializing import (
    MaterializeOutcome,
    Options,
    materialize_definitions,
    materialize_to_memory,
)
from assetbook.instance.states import standing
from assetbook.io.configurable import ConfigurableIOManager
from assetbook.io.manager import InputContext, IOManager, OutputContext
from assetbook.keys import AssetKey
from assetbook.surfaces.verbs import materialize


class Day(Config):
    day: int = 1


class Rate(ConfigurableResource):
    factor: int = 2


@asset
def numbers() -> list[int]:
    return [1, 2, 3]


@asset
def total(numbers: list[int]) -> int:
    return sum(numbers)


@asset
def doubled(total: int) -> int:
    return total * 2


@asset
def daily(config: Day) -> int:
    return config.day


@asset(resources={"rate": Rate(factor=2)})
def priced(rate: Rate) -> int:
    return rate.factor


ALL = (numbers, total, doubled)


def make(instance: Instance, *definitions: object, **more: Any) -> MaterializeOutcome:
    return materialize_definitions(definitions, instance=instance, **more)


def steps(outcome: MaterializeOutcome) -> list[str]:
    return [each.step.name for each in outcome.outcomes if each.status == "done"]


def state_of(instance: Instance, name: str, *definitions: object) -> str:
    return standing(instance, load(definitions, instance)).states[AssetKey(name)].state


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
    with pytest.raises(DefinitionError, match="it is a int\nGive assets"):
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


# -- overriding


def test_a_run_with_config_never_is_the_latest(instance: Instance) -> None:
    make(instance, daily)
    outcome = make(instance, daily, run_config={"daily": {"day": 7}}, options=Options(force=True))
    assert outcome.asset_value("daily") == 7
    assert instance.value("daily") == 1
    assert [version.event.overridden for version in instance.versions("daily")] == [True, False]


def test_a_run_with_config_may_be_recorded(instance: Instance) -> None:
    make(instance, daily, run_config={"daily": {"day": 7}}, record=True)
    assert instance.value("daily") == 7
    now = standing(instance, load([daily], instance)).states[AssetKey("daily")]
    assert (now.state, [reason.text for reason in now.reasons]) == (
        "stale",
        ["config differs: day"],
    )


def test_replaced_resources_are_used_and_not_recorded(instance: Instance) -> None:
    outcome = make(instance, priced, resources={"rate": Rate(factor=50)})
    assert outcome.asset_value("priced") == 50
    assert instance.latest_materialization("priced") is None


def test_wrong_run_config_is_a_config_error(instance: Instance) -> None:
    with pytest.raises(ConfigError, match="the config of `daily`"):
        make(instance, daily, run_config={"daily": {"dya": 7}})


def test_run_config_for_nothing_is_a_config_error(instance: Instance) -> None:
    with pytest.raises(ConfigError, match=r"'dialy'.*\n.*`daily`"):
        make(instance, daily, run_config={"dialy": {"day": 7}})


def test_a_checks_own_resources_are_replaced_too(instance: Instance) -> None:
    @asset_check(asset=numbers, resources={"rate": Rate(factor=2)})
    def is_two(rate: Rate) -> bool:
        return rate.factor == 2

    make(instance, numbers, is_two, resources={"rate": Rate(factor=3)})
    [event] = [each.event for each in instance.events() if hasattr(each.event, "check")]
    assert not event.passed  # type: ignore[union-attr]


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
        [daily, priced],
        resources={"rate": Rate(factor=4)},
        run_config={"daily": Day(day=3)},
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


# -- I/O managers


class Shelf(IOManager):
    """Keeps values in a dict and notes what it is asked."""

    def __init__(self) -> None:
        self.kept: dict[AssetKey, Any] = {}
        self.asked: list[str] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.asked.append(f"store {context.asset_key}")
        context.add_output_metadata({"shelf": len(self.kept)})
        self.kept[context.asset_key] = obj

    def load_input(self, context: InputContext) -> Any:
        self.asked.append(f"load {context.asset_key} as {context.name}")
        return self.kept[context.asset_key]


@asset(io_manager_key="shelf")
def first() -> object:
    return {"any": object}


@asset(io_manager_key="shelf")
def second(first: dict[str, object]) -> list[str]:
    return list(first)


def test_a_manager_of_ones_own_stores_and_loads_everything(instance: Instance) -> None:
    shelf = Shelf()
    outcome = make(instance, first, second, resources={"shelf": shelf})
    assert shelf.asked == ["store first", "load first as first", "store second"]
    assert outcome.asset_value("second") == ["any"]
    assert instance.version("second").event.metadata["shelf"]["value"] == 1


def test_a_manager_given_for_all_is_not_an_override(instance: Instance) -> None:
    make(instance, first, resources={"shelf": Shelf()})
    assert instance.latest_materialization("first") is not None


def test_a_manager_that_is_missing_is_named(instance: Instance) -> None:
    with pytest.raises(ConfigError, match=r"the I/O manager `shelf`.*\nDid you mean `shelv`"):
        make(instance, first, resources={"shelv": Shelf()})


class Csv(ConfigurableIOManager):
    """A table as a CSV file in ``folder``."""

    folder: str

    def handle_output(self, context: OutputContext, obj: pd.DataFrame) -> None:
        obj.to_csv(f"{self.folder}/{context.asset_key.parts[-1]}.csv", index=False)

    def load_input(self, context: InputContext) -> pd.DataFrame:
        return pd.read_csv(f"{self.folder}/{context.asset_key.parts[-1]}.csv")


@asset(io_manager_key="csv")
def table() -> pd.DataFrame:
    return pd.DataFrame({"n": [1, 2]})


@asset
def rows(table: pd.DataFrame) -> int:
    return len(table)


def test_a_configured_manager_works_end_to_end(
    instance: Instance, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetbook.definitions.env_var import EnvVar

    monkeypatch.setenv("CSV_FOLDER", str(tmp_path))
    csv = Csv(folder=EnvVar("CSV_FOLDER"))
    outcome = make(instance, table, rows, resources={"csv": csv})
    assert outcome.asset_value("rows") == 2
    assert (tmp_path / "table.csv").read_text() == "n\n1\n2\n"
    assert len(outcome.asset_value("table")) == 2


# -- checks


@asset(check_specs=[AssetCheckSpec("positive", asset="measured")])
def measured(config: Day) -> Iterator[object]:
    yield Output(config.day)
    yield AssetCheckResult(passed=config.day > 0, check_name="positive")


def test_a_check_inside_an_asset_is_recorded(instance: Instance) -> None:
    make(instance, measured)
    recorded = instance.recorded()[AssetKey("measured")]
    assert recorded.checks["positive"].passed


def checked(severity: AssetCheckSeverity, passed: bool) -> tuple[object, ...]:
    """A source, a blocking check of it, and who reads it."""

    @asset
    def source() -> int:
        return 1

    @asset_check(asset=source, blocking=True)
    def is_right(source: int) -> AssetCheckResult:
        return AssetCheckResult(passed=passed, severity=severity)

    @asset
    def reader(source: int) -> int:
        return source

    return source, is_right, reader


def test_a_failed_blocking_check_stops_downstream(instance: Instance) -> None:
    definitions = checked(AssetCheckSeverity.ERROR, False)
    outcome = make(instance, *definitions, raise_on_error=False)
    assert {each.step.name: each.status for each in outcome.outcomes}["reader"] != "done"
    assert state_of(instance, "source", *definitions) == "blocked"
    assert instance.latest_materialization("reader") is None


def test_force_reads_a_blocked_version(instance: Instance) -> None:
    definitions = checked(AssetCheckSeverity.ERROR, False)
    make(instance, *definitions, raise_on_error=False)
    with pytest.raises(CheckFailedError, match="the value of `source`"):
        make(instance, *definitions, selection="reader", options=Options(only=True))
    make(instance, *definitions, selection="reader", options=Options(force=True, only=True))
    assert instance.value("reader") == 1


@pytest.mark.parametrize(
    ("severity", "passed"), [(AssetCheckSeverity.WARN, False), (AssetCheckSeverity.ERROR, True)]
)
def test_a_warning_or_a_passed_check_lets_go_on(
    instance: Instance, severity: AssetCheckSeverity, passed: bool
) -> None:
    definitions = checked(severity, passed)
    assert make(instance, *definitions).asset_value("reader") == 1
    assert state_of(instance, "source", *definitions) == "fresh"


# -- several assets, and none


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
