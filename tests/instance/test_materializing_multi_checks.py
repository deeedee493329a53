"""One function that answers several checks, of one or of several assets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.instance.making import make, numbers, state_of, steps, total

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.multi_asset_check_decorator import multi_asset_check
from assetbook.definitions.ports import AssetIn
from assetbook.definitions.results import AssetCheckResult, AssetCheckSeverity
from assetbook.errors import DefinitionError
from assetbook.events.asset_events import CheckEvaluated
from assetbook.execution.context import AssetCheckExecutionContext
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options
from assetbook.keys import CheckKey

SPECS = [
    AssetCheckSpec("has_rows", asset="numbers"),
    AssetCheckSpec("is_positive", asset="total", blocking=True),
]


@multi_asset_check(specs=SPECS)
def both(numbers: list[int], total: int) -> Iterator[AssetCheckResult]:
    """Rows there, sum above zero."""
    yield AssetCheckResult(bool(numbers), check_name="has_rows", metadata={"rows": len(numbers)})
    yield AssetCheckResult(total > 0, check_name="is_positive")


@asset
def report(total: int) -> str:
    return str(total)


ALL = (numbers, total, report, both)


def found(instance: Instance) -> dict[str, bool]:
    events = [each.event for each in instance.events(kinds=[CheckEvaluated])]
    return {
        f"{each.key}:{each.check}": each.passed
        for each in events
        if isinstance(each, CheckEvaluated)
    }


def test_multi_asset_check_answers_checks_of_several_assets_in_one_step(
    instance: Instance,
) -> None:
    assert both([1], 1) is not None
    assert both.check_keys == (CheckKey("numbers", "has_rows"), CheckKey("total", "is_positive"))
    outcome = make(instance, *ALL)
    assert steps(outcome) == ["numbers", "total", "both", "report"]
    assert found(instance) == {"numbers:has_rows": True, "total:is_positive": True}
    assert steps(make(instance, *ALL)) == []


@pytest.mark.parametrize("executor", [InProcessExecutor(), ThreadExecutor(2), ProcessExecutor(1)])
def test_every_executor_runs_several_checks(instance: Instance, executor: Executor) -> None:
    make(instance, *ALL, executor=executor)
    assert found(instance) == {"numbers:has_rows": True, "total:is_positive": True}


def test_each_spec_says_whether_it_blocks(instance: Instance) -> None:
    def answering(rows: bool, positive: bool) -> object:
        @multi_asset_check(specs=SPECS, name="answers")
        def answers() -> list[AssetCheckResult]:
            return [
                AssetCheckResult(rows, check_name="has_rows"),
                AssetCheckResult(positive, check_name="is_positive", description="too low"),
            ]

        return answers

    outcome = make(instance, numbers, total, report, answering(False, True))
    assert outcome.success
    blocked = make(instance, numbers, total, report, answering(True, False), raise_on_error=False)
    assert state_of(instance, "total", numbers, total, answering(True, False)) == "blocked"
    messages = [each.message for each in blocked.outcomes if each.status == "failed"]
    assert messages[0] == "the blocking check `is_positive` failed: too low"


def test_a_warning_of_a_blocking_check_blocks_nothing(instance: Instance) -> None:
    @multi_asset_check(specs=SPECS)
    def warns() -> list[AssetCheckResult]:
        return [
            AssetCheckResult(True, check_name="has_rows"),
            AssetCheckResult(False, check_name="is_positive", severity=AssetCheckSeverity.WARN),
        ]

    assert steps(make(instance, numbers, total, report, warns))[-1] == "report"


def test_a_function_that_raises_leaves_an_error_for_each_of_its_checks(instance: Instance) -> None:
    @multi_asset_check(specs=SPECS)
    def breaks() -> list[AssetCheckResult]:
        raise ValueError("no")

    make(instance, numbers, total, breaks, raise_on_error=False)
    events = [each.event for each in instance.events(kinds=[CheckEvaluated])]
    assert [each.error.message for each in events if isinstance(each, CheckEvaluated)
            and each.error is not None] == ["no", "no"]  # fmt: skip


def test_can_subset_answers_what_is_selected_alone(instance: Instance) -> None:
    seen: list[frozenset[CheckKey]] = []

    @multi_asset_check(specs=SPECS, can_subset=True, ignore={"seen"})
    def some(context: AssetCheckExecutionContext) -> Iterator[AssetCheckResult]:
        seen.append(context.selected_asset_check_keys)
        for key in context.selected_asset_check_keys:
            yield AssetCheckResult(True, asset_key=key.asset_key, check_name=key.name)

    make(instance, numbers, total, some, selection="numbers")
    assert seen == [frozenset({CheckKey("numbers", "has_rows")})]
    make(instance, numbers, total, some)
    assert seen[1] == frozenset({CheckKey("total", "is_positive")})


def test_without_can_subset_all_are_answered(instance: Instance) -> None:
    make(instance, *ALL, selection="numbers")
    assert len(found(instance)) == 2


def test_a_new_version_of_one_asset_runs_the_function_again(instance: Instance) -> None:
    make(instance, *ALL)
    outcome = make(instance, *ALL, selection="total", options=Options(force=True))
    assert steps(outcome) == ["total", "both"]


def test_a_missing_result_is_named(instance: Instance) -> None:
    @multi_asset_check(specs=SPECS)
    def forgets() -> AssetCheckResult:
        return AssetCheckResult(True, check_name="has_rows")

    make(instance, numbers, total, forgets, raise_on_error=False)
    (event, _) = [each.event for each in instance.events(kinds=[CheckEvaluated])]
    assert isinstance(event, CheckEvaluated)
    assert event.error is not None
    assert "no result for `is_positive`" in event.error.message


def test_a_result_of_another_name_offers_the_nearest(instance: Instance) -> None:
    @multi_asset_check(specs=SPECS)
    def misspelt() -> AssetCheckResult:
        return AssetCheckResult(True, check_name="has_row")

    make(instance, numbers, total, misspelt, raise_on_error=False)
    (event, _) = [each.event for each in instance.events(kinds=[CheckEvaluated])]
    assert isinstance(event, CheckEvaluated)
    assert event.error is not None
    assert "Did you mean `has_rows`?" in event.error.message


def test_its_inputs_may_be_named_by_ins(instance: Instance) -> None:
    @multi_asset_check(specs=SPECS[:1], ins={"rows": AssetIn("numbers")})
    def named(rows: list[int]) -> AssetCheckResult:
        return AssetCheckResult(rows == [1, 2, 3], check_name="has_rows")

    make(instance, numbers, named)
    assert found(instance) == {"numbers:has_rows": True}


def test_blocking_checks_of_an_asset_and_of_what_reads_it_cannot_be_answered_at_once(
    instance: Instance,
) -> None:
    specs = [AssetCheckSpec("a", asset="numbers", blocking=True), SPECS[1]]

    @multi_asset_check(specs=specs)
    def knot() -> list[AssetCheckResult]:
        return []

    with pytest.raises(DefinitionError, match="no order of steps"):
        make(instance, numbers, total, knot)


@pytest.mark.parametrize(
    ("specs", "said"),
    [([], "there are none"), ([SPECS[0], SPECS[0]], "is there twice"), (["a"], "it holds 'a'")],
)
def test_specs_that_cannot_be_meant_are_refused(specs: list[AssetCheckSpec], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        multi_asset_check(specs=specs)


def test_a_check_of_the_same_key_is_refused(instance: Instance) -> None:
    @asset_check(asset=numbers)
    def has_rows(numbers: list[int]) -> bool:
        return True

    with pytest.raises(DefinitionError, match="`numbers:has_rows` is defined twice"):
        make(instance, *ALL, has_rows)
