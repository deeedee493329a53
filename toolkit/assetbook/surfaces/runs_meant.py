"""Which runs a verb may mean that was given none: each with the line to write."""

from __future__ import annotations

from assetbook.errors import UsageError
from assetbook.instance.former_runs import former_run
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks
from assetbook.storage.run_record import ON_THEIR_WAY, RunRecord
from assetbook.surfaces.display.formatting import age_text, short_id
from assetbook.surfaces.display.re_execution_words import asked_again_text
from assetbook.surfaces.display.status import run_look
from assetbook.surfaces.suggestion import typed

_MOST = 3
_LOOKED_AT = 20  # runs that ended badly, for those that can be resumed


def refuse_unnamed(instance: Instance, verb: str, run: str) -> None:
    """Raises UsageError if ``run`` is empty, with the newest that ``verb`` may mean."""
    if run:
        return
    lines = [_line(instance, verb, each) for each in _meant(instance, verb)]
    raise UsageError(f"`{typed(verb)}`", "it names no run", "\n".join(lines) or _NONE[verb])


def _line(instance: Instance, verb: str, run: RunRecord) -> str:
    """``%retry 4f2abc --from-failure`` and what that run was."""
    rest = " --from-failure" if verb == "retry" and run.status == "failed" else ""
    stands, age = run_look(run.status).word, age_text(run.started_at, instance.clock.now())
    line = typed(f"{verb} {short_id(run.id)}{rest}")
    return f"`{line}`  {asked_again_text(run)}, {stands}, {age}"


_NONE = {
    "cancel": "No run is on its way.",
    "resume": "No run was broken off: `%retry RUN` does one again.",
    "reproduce": "No notebook has run here yet.",
    "retry": "Nothing has run here yet.",
}


def _meant(instance: Instance, verb: str) -> list[RunRecord]:
    if verb == "cancel":
        return instance.runs(_MOST, statuses=ON_THEIR_WAY)
    if verb == "reproduce":
        ended = instance.runs(_LOOKED_AT, statuses=("failed", "success"))
        ran = [each for each in ended if kept_notebooks(instance, each.id, each.steps)]
        return sorted(ran, key=lambda each: each.status != "failed")[:_MOST]
    ended_badly = instance.runs(_LOOKED_AT, statuses=("failed", "canceled"))
    again = {
        each.reexecution.parent_run_id for each in instance.runs(_LOOKED_AT) if each.reexecution
    }
    ended_badly = [each for each in ended_badly if each.id not in again]
    if verb == "resume":
        ended_badly = [each for each in ended_badly if _was_broken_off(instance, each)]
    elif not ended_badly:
        return instance.runs(_MOST, statuses=("success",))
    return ended_badly[:_MOST]


def _was_broken_off(instance: Instance, run: RunRecord) -> bool:
    return former_run(instance, run.id, "resume").was_broken_off
