"""What blocking checks said where they are why a step failed, and what can be done about it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from assetbook.definitions.secret import scrub
from assetbook.errors import CheckFailedError
from assetbook.events.asset_events import CheckEvaluated
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.run_result import RunResult
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey
from assetbook.surfaces.display.formatting import asked_text
from assetbook.surfaces.display.metadata_grid import metadata_line
from assetbook.surfaces.suggestion import typed


def blocked_lines(outcome: StepOutcome, result: RunResult, instance: Instance) -> list[str]:
    """What the failed blocking checks behind a failure said, and what to do; secrets masked.

    Empty if no such check is why the step failed.
    """
    checks = _behind(outcome, instance)
    if not checks:
        return []
    own = outcome.step.kind == "check"
    said = [_metadata(each) if own else _said(each) for each in checks]
    lines = [f"  {line}" for line in said if line]
    return [scrub(line) for line in [*lines, _remedy(AssetKey.from_text(checks[0].key), result)]]


def _behind(outcome: StepOutcome, instance: Instance) -> tuple[CheckEvaluated, ...]:
    """The step's own check, or those of what it reads."""
    if outcome.exception is None:
        return tuple(_failed(outcome.checks))
    if not isinstance(outcome.exception, CheckFailedError):
        return ()
    recorded = instance.recorded()
    read = (recorded[key] for key in outcome.step.inputs if key in recorded)
    return tuple(check for record in read for check in _failed(record.checks.values()))


def _failed(checks: Iterable[CheckEvaluated]) -> Iterable[CheckEvaluated]:
    return (
        each
        for each in checks
        if each.blocking
        and each.severity == "error"
        and (each.error is not None or not each.passed)
    )


def _said(check: CheckEvaluated) -> str:
    name = f"{AssetKey.from_text(check.key)}:{check.check}"
    if check.error is not None:
        return f"{name} could not run: {check.error.kind}: {check.error.message}"
    said = " · ".join(part for part in (check.description, _metadata(check)) if part)
    return f"{name}: {said}" if said else ""


def _metadata(check: CheckEvaluated) -> str:
    return metadata_line(check.metadata)


def _remedy(key: AssetKey, result: RunResult) -> str:
    """What to do about the blocked ``key``, by what this run wanted of it."""
    readers = [each for each in result.outcomes if key in each.step.inputs]
    readers = [each for each in readers if each.step.kind == "asset"]
    if not readers:
        return f"Mend the data. What reads `{key}` uses it as it is only with --force."
    if all(each.status == "done" for each in readers):
        names = ", ".join(f"`{each.step.name}`" for each in readers)
        return f"By --force {names} used it as it is. `{key}` stays blocked until it is mended."
    asked = asked_text(result.plan.asked)
    named = "" if asked == "*" else f"{shlex.quote(asked)} "
    return f"Mend the data, or use it as it is: {typed(f'materialize {named}--force')}"
