"""Reasons: each can be said, and each is said by somebody."""

from __future__ import annotations

import inspect
import re

import pytest

from assetbook.dependencies import code_changes, freshness, ignored_names, partition_summary
from assetbook.dependencies.reasons import Reason, ReasonKind, text_of
from assetbook.planning import (
    assembly,
    check_plan,
    job_plan,
    observation_plan,
    planner,
    re_execution,
)

_SPEAKING = (
    assembly, check_plan, code_changes, freshness, ignored_names, job_plan, observation_plan,
    partition_summary, planner, re_execution,
)  # fmt: skip
SOURCES = "".join(map(inspect.getsource, _SPEAKING))


@pytest.mark.parametrize("kind", ReasonKind, ids=lambda kind: kind.name)
def test_every_reason_can_be_said(kind: ReasonKind) -> None:
    text = Reason(kind, "CULPRIT", ", DETAIL").text
    assert ("CULPRIT" in text) is ("{0}" in kind.value)
    assert ("DETAIL" in text) is ("{1}" in kind.value)
    assert not re.search(r"[{}]", text)


@pytest.mark.parametrize("kind", ReasonKind, ids=lambda kind: kind.name)
def test_every_reason_is_given_by_somebody(kind: ReasonKind) -> None:
    assert re.search(rf"ReasonKind\.{kind.name}\b", SOURCES)


def test_no_two_reasons_say_the_same() -> None:
    assert len({kind.value for kind in ReasonKind}) == len(ReasonKind.__members__)


def test_braces_in_a_culprit_stay_as_they_are() -> None:
    assert Reason(ReasonKind.FILE_GONE, "a{1}.parquet").text == "its file is gone: a{1}.parquet"


def test_many_reasons_are_counted() -> None:
    reasons = tuple(Reason(ReasonKind.INPUT_NEWER, name) for name in "abcde")
    assert (
        text_of(reasons, most=2) == "`a` has a newer version; `b` has a newer version; and 3 more"
    )
    assert text_of(reasons[:1]) == str(reasons[0]) == "`a` has a newer version"
    assert text_of(()) == ""
