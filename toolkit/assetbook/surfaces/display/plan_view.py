"""A plan as people read it before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from assetbook.dependencies.asset_state import AssetState
from assetbook.keys import AssetKey
from assetbook.planning.step_lines import StepLine, step_lines
from assetbook.planning.steps import Left, Plan
from assetbook.surfaces.display.formatting import asked_text, clock_text, counted
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag, visible
from assetbook.surfaces.display.view import framed, headline, muted

MOST_STEPS = 200
"""Steps that HTML lists; plain text has them all."""


def plan_html(plan: Plan) -> Html:
    """The steps in order with their reasons, and what is left as it is."""
    left = [muted(line.strip()) for line in plan.left_lines()]
    if not plan.steps:
        return framed(headline("Plan", "all fresh: nothing to do"), *left)
    said = counted(len(plan.steps), "step")
    more = len(step_lines(plan.steps)) - MOST_STEPS
    rest = [muted(f"and {counted(more, 'step')} more")] if more > 0 else []
    return framed(headline("Plan", said, asked_text(plan.asked)), _grid(plan).html(), *rest, *left)


def plan_text(plan: Plan) -> str:
    """The same as plain text, safe for a terminal."""
    return "\n".join(visible(line, one_line=True) for line in str(plan).split("\n"))


def in_local_time(plan: Plan, states: Mapping[AssetKey, AssetState], now: datetime) -> Plan:
    """The plan with the times of the sources that it leaves as all views write times."""

    def left(each: Left) -> Left:
        state = states.get(each.key)
        if each.option != "--sources" or state is None or state.as_of is None:
            return each
        return replace(each, why=f"as of {clock_text(state.as_of, now)}")

    return replace(plan, left=tuple(map(left, plan.left)))


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan as plain values."""
    return {
        "asked": plan.asked,
        "steps": [
            {
                "name": step.name,
                "kind": step.kind,
                "reasons": [reason.text for reason in step.reasons],
                "after": list(step.after),
                "if_changed": [str(key) for key in step.condition],
            }
            for step in plan
        ],
        "elsewhere": {str(key): version for key, version in plan.elsewhere.items()},
        "left": [
            {"key": str(left.key), "state": left.state, "why": left.why, "option": left.option}
            for left in plan.left
        ],
    }


def _grid(plan: Plan) -> Grid:
    rows = tuple(map(_row, step_lines(plan.steps)[:MOST_STEPS]))
    return Grid(("", "step", "why"), rows, frozenset({""}))


def _row(line: StepLine) -> tuple[Cell | str, ...]:
    step = line.step
    name = tag("span", line.name, class_="assetbook-name" if step.kind == "asset" else None)
    mark = tag("span", "only if needed ", class_="assetbook-chip") if step.condition else Html()
    return (str(line.number), Cell(line.name, name), Cell(line.why, join((mark, line.why))))
