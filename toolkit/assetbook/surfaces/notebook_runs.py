"""Verbs that run things in a notebook: failures show short, the outcome needs no second view."""

from __future__ import annotations

from typing import Any, Final

from assetbook.instance.job_result import JobResult
from assetbook.instance.materializing import MaterializeOutcome
from assetbook.planning.steps import Plan
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.detached_run import detached_text
from assetbook.surfaces.failure_view import interrupts_short, raise_shown
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.magics import Magic
from assetbook.surfaces.verb import call

MAKING: Final = ("materialize", "launch", "resume", "retry")
"""The verbs that run assets and jobs."""


def making_magic(live: LiveNotebook, name: str) -> Magic:
    """The function behind ``%materialize`` and the like in one notebook; of a job it gives the
    result, to be asked what its ops gave."""
    verb = VERBS[name]

    def run(**arguments: Any) -> Plan | JobResult | None:
        __tracebackhide__ = True
        if live.define_only:
            print(f"%{name}: not in this kernel, whose cells only define")
            return None
        with interrupts_short(live.instance):
            outcome = call(verb, arguments, desk=live, raise_on_error=False)
        if isinstance(outcome, Plan):
            return outcome
        if isinstance(outcome, JobResult):
            raise_shown(outcome.result, live.loaded().where, live.instance)
            return outcome
        show_outcome(live, outcome)
        return None

    return Magic(f"%{name}", lambda: verb.command(run, "%"))


def show_outcome(live: LiveNotebook, outcome: MaterializeOutcome) -> None:
    """Says that all is fresh, or raises what failed; progress has shown the rest."""
    __tracebackhide__ = True
    if outcome.detached is not None:
        print(detached_text(outcome.detached, len(outcome.plan)))
        return
    if outcome.result is None:
        print(str(outcome.plan))
        return
    raise_shown(outcome.result, live.loaded().where, live.instance)
