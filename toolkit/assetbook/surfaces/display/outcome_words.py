"""How steps ended and what a run came to, in a few words: after the commit, never before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from assetbook.definitions.secret import scrub
from assetbook.events.asset_events import AssetMaterialized, AssetObserved
from assetbook.execution.reporter import StepOutcome
from assetbook.keys import AssetKey
from assetbook.planning.steps import Plan
from assetbook.surfaces.display.formatting import counted, duration_text, short_id, size_text
from assetbook.surfaces.display.metadata_grid import metadata_line
from assetbook.surfaces.display.status import FAILED, PASSED, STEPS, WARNED, check_look
from assetbook.surfaces.display.theme import Look
from assetbook.surfaces.rows import row_count, stored_size


def outcome_look(outcome: StepOutcome) -> Look:
    """The look of a step's end; a check's own step shows the worst of what its checks said."""
    if outcome.step.kind == "check" and outcome.status == "done":
        looks = [
            check_look(each.passed and each.error is None, each.severity) for each in outcome.checks
        ]
        if looks:
            return min(looks, key=(FAILED, WARNED, PASSED).index)
    return STEPS[outcome.status]


def facts_of(outcome: StepOutcome) -> str:
    """What a step made and how long it took: ``16 rows · 2 kB · 0.4 s · version 3``."""
    made = outcome.materialized
    parts: list[str] = []
    if len(made) == 1:
        parts += [rows_text(made), size_of(made)]
    elif made:
        parts += [counted(len(made), "asset"), size_of(made)]
    if outcome.duration or made:
        parts.append(duration_text(outcome.duration))
    if len(made) == 1:
        number = outcome.versions.get(AssetKey.from_text(made[0].key))
        parts.append("" if number is None else f"version {number}")
    parts += [f"data version {scrub(each.data_version or '')}" for each in _of_sources(outcome)]
    parts.append(checks_text(outcome))
    return " · ".join(part for part in parts if part)


def message_of(outcome: StepOutcome) -> str:
    """Why it did not end well, with secrets masked; what a check said of the data, and, if it
    did not pass, its metadata."""
    said = [outcome.message]
    if outcome.step.kind == "check" and not outcome.message:
        said += [check.description for check in outcome.checks]
    if outcome.step.kind == "check" and outcome.exception is None:
        said += [metadata_line(check.metadata) for check in outcome.checks if not check.passed]
    return scrub(" · ".join(part for part in said if part))


def _of_sources(outcome: StepOutcome) -> tuple[AssetObserved, ...]:
    """What was found by a step that looks at a source."""
    return outcome.observed if outcome.step.kind == "observe" else ()


def checks_text(outcome: StepOutcome) -> str:
    """The checks that an asset's function answered: ``1 check passed, 1 check failed``."""
    if outcome.step.kind == "check":
        return ""
    return _checks(Counter(_check_words([outcome])))


def rows_text(made: Sequence[AssetMaterialized]) -> str:
    """The rows of the only version made; empty if it is not a table."""
    rows = row_count(made[0]) if len(made) == 1 else None
    return "" if rows is None else counted(rows, "row")


def size_of(made: Sequence[AssetMaterialized]) -> str:
    """The bytes stored; empty if none were, or nobody knows how many."""
    sizes = [size for event in made if (size := stored_size(event)) is not None]
    return size_text(sum(sizes)) if sizes else ""


def summary_text(
    outcomes: Sequence[StepOutcome], plan: Plan, duration: float, run_id: str, status: str = ""
) -> str:
    """``3 materialized, 1 check passed, 2 left as they are · 1.2 s · run 4f2a1c``."""
    materialized = sum(len(each.materialized) for each in outcomes)
    ends = Counter(
        STEPS[each.status].word
        for each in outcomes
        if each.status != "done" and each.step.kind != "check"
    )
    left = sum(bool(each.option) for each in plan.left)
    observed = sum(len(_of_sources(each)) for each in outcomes)
    ops = sum(each.step.kind == "op" and each.status == "done" for each in outcomes)
    parts = [
        f"{observed:,} observed" if observed else "",
        f"{materialized:,} materialized" if materialized or not outcomes else "",
        f"{counted(ops, 'op')} done" if ops else "",
        _checks(Counter(_check_words(outcomes))),
        *(f"{count:,} {word}" for word, count in ends.items()),
        f"{left:,} left as {'they are' if left > 1 else 'it is'}" if left else "",
    ]
    canceled = "canceled: " if status == "canceled" else ""
    said = canceled + (", ".join(part for part in parts if part) or "nothing materialized")
    return " · ".join([said, duration_text(duration), f"run {short_id(run_id)}"])


def _check_words(outcomes: Iterable[StepOutcome]) -> Iterable[str]:
    for outcome in outcomes:
        for check in outcome.checks:
            yield check_look(check.passed and check.error is None, check.severity).word


def _checks(words: Counter[str]) -> str:
    return ", ".join(f"{counted(count, 'check')} {word}" for word, count in words.items())
