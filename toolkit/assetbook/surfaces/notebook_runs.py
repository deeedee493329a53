"""``%materialize`` in a notebook: failures show short, and the outcome needs no second view."""

from __future__ import annotations

from typing import Any

from assetbook.instance.materializing import MaterializeOutcome
from assetbook.surfaces.commands import VERBS, call
from assetbook.surfaces.detached_run import detached_text
from assetbook.surfaces.failure_view import interrupts_short, raise_shown
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.magics import Magic


def materialize_magic(live: LiveNotebook) -> Magic:
    """The function behind ``%materialize`` in one notebook."""
    verb = VERBS["materialize"]

    def run(**arguments: Any) -> None:
        __tracebackhide__ = True
        if live.define_only:
            print("%materialize: not in this kernel, whose cells only define")
            return
        with interrupts_short():
            outcome = call(verb, arguments, desk=live, raise_on_error=False)
        show_outcome(live, outcome)

    return Magic("%materialize", lambda: verb.command(run, "%"))


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
