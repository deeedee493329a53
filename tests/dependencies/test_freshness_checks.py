"""Blocking checks decide whether a version is blocked."""

from __future__ import annotations

from typing import Any

import pytest
from tests.dependencies.recorded import AT, below, define, find, one, record

from assetbook.events.asset_events import CheckEvaluated
from assetbook.events.parts import ErrorInfo


def evaluated(**changes: Any) -> CheckEvaluated:
    given: dict[str, Any] = {"passed": True, "severity": "error", "code": "k1", **changes}
    return CheckEvaluated(at=AT, key="x", check="ok", step="x:ok", blocking=True, **given)


@pytest.mark.parametrize(
    ("evaluation", "said"),
    [
        (evaluated(), "fresh"),
        (None, "blocked: its check `ok` has not run on this version"),
        (evaluated(passed=False), "blocked: its check `ok` failed"),
        (evaluated(passed=False, severity="warn"), "fresh"),
        (evaluated(code="k0"), "blocked: its check `ok` was changed since it ran"),
        (
            evaluated(passed=False, error=ErrorInfo(kind="KeyError", message="x")),
            "blocked: its check `ok` could not run",
        ),
    ],
    ids=["passed", "not-run", "failed", "warned", "changed", "errored"],
)
def test_a_blocking_check_decides(evaluation: CheckEvaluated | None, said: str) -> None:
    defined = define("x", blocking_checks={"ok": "k1"})
    checks = {} if evaluation is None else {"ok": evaluation}
    assert one(defined, record("x", checks=checks)) == said


def test_a_blocked_version_is_not_usable() -> None:
    state = find([define("x", blocking_checks={"ok": None})], [record("x")])["x"]
    assert state.state == "blocked" and not state.usable and state.number == 1


def test_being_blocked_is_not_inherited() -> None:
    assert below(define("x", blocking_checks={"ok": None}), record("x")) == "fresh"


def test_a_blocked_version_counts_as_the_latest() -> None:
    blocked = define("x", blocking_checks={"ok": None})
    assert below(blocked, record("x", data_version="d2")) == "stale: `x` has a newer version"
