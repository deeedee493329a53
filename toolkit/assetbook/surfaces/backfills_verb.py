"""``backfills``: how they stand, and what becomes of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assetbook.errors import ConflictError, NotLoadedError, UsageError
from assetbook.instance.backfilling import (
    OPEN,
    BackfillRun,
    backfill_named,
    change_status,
    is_at_work,
    plan_said,
    retry_failed,
)
from assetbook.named_arguments import named_arguments
from assetbook.notebook.location_source import source_of
from assetbook.storage.backfill_records import Backfill
from assetbook.surfaces.asked_process import ask_process
from assetbook.surfaces.backfilling import go_on, view_of
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.backfill_view import BackfillTable, BackfillView
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.suggestion import typed


@named_arguments
def backfills(
    action: str = "list", backfill: str = "", *, limit: int = 20, desk: Desk | None = None
) -> BackfillTable | BackfillView:
    """The backfills, newest first; or what becomes of one.

    ``show`` it with its failures, ``pause`` it after the run that is on its way, ``resume`` or
    ``retry`` it here (what failed and was left out for it), ``cancel`` it.
    """
    at = desk or current_desk()
    if action == "list":
        found = at.instance.own.backfills(limit=limit)
        counts = at.instance.own.chunk_counts([each.id for each in found])
        return BackfillTable(found, counts).living(at, "automation")
    if not backfill:
        raise UsageError(f"backfills {action}", "which one is not said", f"`{typed('backfills')}`.")
    return _ACTIONS[action](at, backfill_named(at.instance, backfill))


def _show(at: Desk, found: Backfill) -> BackfillView:
    return view_of(at, found)


def _pause(at: Desk, found: Backfill) -> BackfillView:
    return view_of(at, _to(at, found, ("requested", "running"), "paused"))


def _resume(at: Desk, found: Backfill) -> BackfillView:
    if found.bundle is not None:  # the daemon goes on
        return view_of(at, _to(at, found, ("paused",), "requested"))
    return _in_its_location(at, found, "resume") or go_on(at, found)


def _retry(at: Desk, found: Backfill) -> BackfillView:
    if found.bundle is None and (elsewhere := _in_its_location(at, found, "retry")):
        return elsewhere
    retry_failed(at.instance, found)
    if found.bundle is not None:
        return view_of(at, backfill_named(at.instance, found.id))
    return go_on(at, backfill_named(at.instance, found.id))


def _in_its_location(at: Desk, found: Backfill, action: str) -> BackfillView | None:
    """How it stands after a process of its notebook has gone on with it, where a shell asks for
    that; None in the notebook itself.

    Raises ConflictError in another notebook, NotLoadedError for one of no notebook.
    """
    location, asked = plan_said(found)["location"], f"backfills {action} {found.id}"
    if isinstance(at, LiveNotebook):
        if location in (None, at.location):
            return None
        remedy = f"Go on there, or in a shell: `assetbook {asked}`."
        raise ConflictError(asked, f"it was begun in {location}", remedy)
    if location is None:
        raise NotLoadedError(
            asked, "it was begun in a notebook that has no file", "Go on in that notebook."
        )
    arguments = {"action": action, "backfill": found.id}
    # what its runs tell comes on the standard error: the answer is for whoever asks here
    to_ask = {"verb": "backfills", "arguments": arguments, "load": "slice", "json": True}
    ask_process(source_of(location, at.instance.root), to_ask)
    return view_of(at, backfill_named(at.instance, found.id))


def _cancel(at: Desk, found: Backfill) -> BackfillView:
    changed = _to(at, found, OPEN, "canceling")
    if not is_at_work(at.instance, found):
        changed = BackfillRun(at.instance, found.id, lambda work: False).ended()
    return view_of(at, changed)


def _to(at: Desk, found: Backfill, before: Any, after: Any) -> Backfill:
    if found.status not in before:
        raise ConflictError(
            f"backfill {found.id}", f"it is {found.status}", f"`{typed('backfills')}` shows all."
        )
    return change_status(at.instance, found, after)


_ACTIONS: Mapping[str, Callable[[Desk, Backfill], BackfillView]] = {
    "show": _show,
    "pause": _pause,
    "resume": _resume,
    "retry": _retry,
    "cancel": _cancel,
}
ACTIONS = ("list", *_ACTIONS)
