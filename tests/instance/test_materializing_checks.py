"""Checks in a run: what is recorded of them, and what they hold up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.instance.making import Day, make, state_of

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.results import AssetCheckResult, AssetCheckSeverity, Output
from assetbook.errors import CheckFailedError, DefinitionError
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options
from assetbook.keys import AssetKey


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


def test_a_check_may_be_asynchronous(instance: Instance) -> None:
    @asset_check(asset=measured)
    async def later(measured: int) -> bool:
        return measured == 1

    make(instance, measured, later)
    assert instance.recorded()[AssetKey("measured")].checks["later"].passed


def test_a_check_that_returns_nothing_is_told_so(instance: Instance) -> None:
    @asset_check(asset=measured)
    def silent(measured: int) -> None: ...

    with pytest.raises(DefinitionError, match=r"it returned nothing\nReturn AssetCheckResult"):
        make(instance, measured, silent)
