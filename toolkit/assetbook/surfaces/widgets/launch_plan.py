"""What a launch would run and why, asked of the verb ``plan`` before anything runs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from assetbook.dependencies.selection import SelectionGraph
from assetbook.dependencies.selection_completion import completions
from assetbook.planning.steps import Plan
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.plan_view import plan_json
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.magics import run_command
from assetbook.surfaces.verb import call
from assetbook.surfaces.widgets.acting import commanded, line_of

MOST_STEPS = 300
"""Steps that a page is told of; the rest is counted."""


def launch_line(desk: Desk, given: Mapping[str, Any]) -> str:
    """The line of code that ``given["verb"]`` with ``given["words"]`` is here."""
    words = [str(each) for each in given.get("words") or ()]
    return line_of(desk, str(given.get("verb")), words, str(given.get("location") or ""))


def launch_plan(desk: Desk, given: Mapping[str, Any]) -> Any:
    """The steps that ``plan`` with ``given["words"]`` tells, with the reason for each.

    In a notebook by its living definitions, elsewhere by a process of the command line, which loads
    them. Raises what the verb raises.
    """
    line = launch_line(desk, {**given, "verb": "plan"})
    if isinstance(desk, LiveNotebook):
        found = _asked_here(desk, [str(each) for each in given.get("words") or ()])
    else:
        found = json.loads(commanded(desk, f"{line} --json"))
    steps = found["steps"]
    return {
        "line": line,
        "total": len(steps),
        "steps": [_step(each) for each in steps[:MOST_STEPS]],
        "left": found["left"][:MOST_STEPS],
        "left_total": len(found["left"]),
    }


def _asked_here(desk: Desk, words: list[str]) -> dict[str, Any]:
    verb = VERBS["plan"]
    command = verb.command(lambda **arguments: call(verb, arguments, desk=desk), "%")
    plan = run_command(command, shlex.join(words), "%plan")
    assert isinstance(plan, Plan), "without --against it plans a run"
    return plan_json(plan)


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": step["name"],
        "why": "; ".join(step["reasons"]),
        "conditional": bool(step["if_changed"]),
    }


def selection_completions(desk: Desk, given: Mapping[str, Any]) -> Any:
    """What the word of a selection that ends at ``given["position"]`` may become."""
    now, _, _ = desk.standing()
    text = str(given.get("text") or "")
    position = given.get("position")
    at = position if isinstance(position, int) else len(text)
    return completions(text, at, SelectionGraph(now.graph.dag, now.graph.facts()))[:20]
