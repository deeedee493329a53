"""Results are plain frozen records with Dagster's defaults."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from assetbook.definitions.results import (
    NO_VALUE,
    AssetCheckResult,
    AssetCheckSeverity,
    MaterializeResult,
    Output,
)
from assetbook.errors import DefinitionError


def test_a_failed_check_is_an_error_by_default() -> None:
    assert AssetCheckResult(passed=False).severity is AssetCheckSeverity.ERROR


def test_a_result_carries_no_value_until_given_one() -> None:
    assert MaterializeResult[int]().value is NO_VALUE
    assert copy.deepcopy(NO_VALUE) is NO_VALUE
    assert repr(NO_VALUE) == "NO_VALUE"


def test_an_output_annotates_its_type() -> None:
    assert Output[int](3).value == 3
    with pytest.raises(FrozenInstanceError):
        Output(3).value = 4  # type: ignore[misc]


def test_a_severity_may_be_given_as_text() -> None:
    assert AssetCheckResult(False, severity="warn").severity is AssetCheckSeverity.WARN  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match=r"severity='bad'.*\nGive AssetCheckSeverity.WARN or"):
        AssetCheckResult(False, severity="bad")  # type: ignore[arg-type]


def test_passed_is_yes_or_no() -> None:
    assert AssetCheckResult(np.bool_(True)).passed is True  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match=r"passed='yes'.*: it is a str"):
        AssetCheckResult("yes")  # type: ignore[arg-type]
