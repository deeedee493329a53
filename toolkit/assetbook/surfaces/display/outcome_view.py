"""What a materialization came to: a line for each step, and a summary."""

from __future__ import annotations

from assetbook.execution.reporter import StepOutcome
from assetbook.execution.run_result import RunResult
from assetbook.instance.materializing import MaterializeOutcome
from assetbook.surfaces.display.formatting import duration_text
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.outcome_words import (
    checks_text,
    message_of,
    outcome_look,
    rows_text,
    size_of,
    summary_text,
)
from assetbook.surfaces.display.plan_view import plan_html, plan_text
from assetbook.surfaces.display.status import badge, run_look
from assetbook.surfaces.display.view import framed

MOST_STEPS = 200
"""Steps that are listed; the summary counts all."""
_HEADS = ("step", "status", "rows", "size", "took", "version", "checks", "message")


def outcome_html(outcome: MaterializeOutcome) -> Html:
    """The run's steps and summary; if nothing had to run, what was left as it is."""
    if outcome.result is None:
        return plan_html(outcome.plan)
    return result_html(outcome.result)


def outcome_text(outcome: MaterializeOutcome) -> str:
    """The same as plain text."""
    return plan_text(outcome.plan) if outcome.result is None else result_text(outcome.result)


def result_html(result: RunResult) -> Html:
    """The run's steps and summary."""
    head = tag(
        "div",
        badge(run_look(result.status)),
        tag("span", _summary(result), class_="assetbook-muted assetbook-small"),
        class_="assetbook-line",
    )
    return framed(head, _grid(result).html())


def result_text(result: RunResult) -> str:
    """The same as plain text."""
    look = run_look(result.status)
    head = f"{look.symbol} {look.word}: {visible(_summary(result), one_line=True)}"
    return f"{head}\n\n{_grid(result).text()}".rstrip()


def _summary(result: RunResult) -> str:
    return summary_text(result.outcomes, result.plan, result.duration, result.run_id, result.status)


def _grid(result: RunResult) -> Grid:
    shown = result.outcomes[:MOST_STEPS]
    more = len(result.outcomes) - len(shown)
    rows = [_row(each) for each in shown]
    if more > 0:
        rows.append((f"and {more:,} more", *([""] * 7)))
    return Grid(_HEADS, tuple(rows), frozenset({"rows", "size", "took", "version"}))


def _row(outcome: StepOutcome) -> tuple[Cell | str, ...]:
    look = outcome_look(outcome)
    ran = outcome.status in ("done", "failed", "canceled")
    versions = list(outcome.versions.values())
    return (
        Cell(outcome.step.name, tag("span", outcome.step.name, class_="assetbook-name")),
        Cell(f"{look.symbol} {look.word}", badge(look)),
        rows_text(outcome.materialized).removesuffix("s").removesuffix(" row"),
        size_of(outcome.materialized),
        duration_text(outcome.duration) if ran else "",
        str(versions[0]) if len(versions) == 1 else "",
        checks_text(outcome),
        message_of(outcome),
    )
