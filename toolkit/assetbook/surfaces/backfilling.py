"""``backfill``: many partitions, run by run; ``backfills``: how they stand, and what becomes of
them."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from assetbook.errors import ConflictError, NotLoadedError, UsageError
from assetbook.execution.reporter import Reporter
from assetbook.instance.asked import Options
from assetbook.instance.backfilling import (
    OPEN,
    BackfillPolicySaid,
    BackfillRun,
    ChunkWork,
    add_backfill,
    backfill_named,
    change_status,
    estimated_seconds,
    is_at_work,
    plan_said,
    retry_failed,
)
from assetbook.instance.launching import GivenConfig
from assetbook.instance.loaded import Loaded
from assetbook.instance.states import Standing
from assetbook.named_arguments import named_arguments
from assetbook.notebook.location_source import source_of
from assetbook.planning.backfill_plan import chunks_of
from assetbook.storage.backfill_records import Backfill, ChunkState
from assetbook.surfaces.asked_process import ask_process
from assetbook.surfaces.backfill_progress import BackfillProgress
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.backfill_view import BackfillPreview, BackfillTable, BackfillView
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.making import Given, loaded_for, make, planned
from assetbook.surfaces.partition_options import PartitionsGiven, partitions_asked
from assetbook.surfaces.suggestion import typed
from assetbook.surfaces.tag_option import RunTags, run_tags


def per_run_of(value: Any) -> Any:
    """What ``--per-run`` says: a number, or ``all``; raises ValueError for anything else."""
    return value if value == "all" else int(value)


@named_arguments
def backfill(
    selection: str,
    partitions: PartitionsGiven = None,
    *,
    missing: bool = False,
    stale: bool = False,
    failed: bool = False,
    per_run: int | Literal["all"] = 1,
    newest_first: bool = False,
    max_failures: int | None = None,
    force: bool = False,
    only: bool = False,
    tags: RunTags = (),
    run_config: GivenConfig = None,
    dry_run: bool = False,
    detach: bool = False,
    desk: Desk | None = None,
) -> BackfillView | BackfillPreview:
    """Makes the ``partitions`` of what is selected run by run, and what they need before them.

    ``per_run`` partitions are made in one run; ``"all"`` makes them all in one. ``newest_first``
    begins with the last ones. After ``max_failures`` failed runs nothing more is begun. What ended
    is durable: an interrupt pauses it, and it goes on where it was, also after a crash. With
    ``dry_run`` nothing runs: counts, and an estimate by the last runs. The rest is as for
    ``materialize``. ``detach`` only stores it, with the source as it is: the daemon runs it,
    whenever no tick waits. A run that fails raises nothing; the backfill says so.
    """
    if per_run != "all" and per_run < 1:
        raise UsageError(f"per_run={per_run!r}", "it is below 1", 'Give 1 up, or "all".')
    at = desk or current_desk()
    which = partitions_asked(None, partitions, missing=missing, stale=stale, failed=failed)
    if not which.keys and not which.nodes and not which.which:
        which = replace(which, which="missing")
    given = Given(run_config=run_config, tags=run_tags(tags))
    loaded = loaded_for(at, given)
    plan, now = planned(at, loaded, selection, Options(force, only, partitions=which))
    most = None if per_run == "all" else per_run
    chunks = chunks_of(plan, now.graph, per_run=most, newest_first=newest_first)
    nodes = [node for chunk in chunks for node in chunk.nodes]
    if dry_run or not chunks:
        seconds = estimated_seconds(at.instance, nodes)
        return BackfillPreview(plan, chunks, seconds)
    policy = BackfillPolicySaid(most, newest_first, max_failures)
    _, location, _ = at.origin
    bundle = _bundle_for_daemon(at, loaded, now, run_config) if detach else None
    made = add_backfill(
        at.instance,
        plan.asked,
        chunks,
        policy,
        by=_somebody(),
        force=force,
        tags=given.tags,
        location=location,
        bundle=bundle,
    )
    return view_of(at, made) if detach else go_on(at, made, run_config)


def _bundle_for_daemon(
    at: Desk, loaded: Loaded, now: Standing, run_config: GivenConfig
) -> str | None:
    """The source that the daemon runs it from; raises UsageError where it could not."""
    if run_config:
        raise UsageError(
            "backfill --detach", "a run_config does not go along", "Leave it out, or run it here."
        )
    if not isinstance(at, LiveNotebook) or at.location is None:
        raise UsageError(
            "backfill --detach",
            "this notebook's file is not known, and nobody else could load it",
            "Set ASSETBOOK_NOTEBOOK before the kernel starts.",
        )
    return at.run_sources(loaded, now, needed=True).bundle


def _somebody() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "somebody"
    return f"{user}@{os.uname().nodename}"


def go_on(at: Desk, made: Backfill, run_config: GivenConfig = None) -> BackfillView:
    """How a backfill stands after it was run here, as far as it came."""

    progress = BackfillProgress(at.instance.clock)

    def run(work: ChunkWork) -> bool:
        return _run(at, made, work, run_config, progress)

    ended = BackfillRun(at.instance, made.id, run, progress.counted).go()
    return view_of(at, ended)


def _run(
    at: Desk, made: Backfill, work: ChunkWork, run_config: GivenConfig, reporter: Reporter
) -> bool:
    """Whether the run of one chunk succeeded; what is fresh by now is left as it is."""
    which = partitions_asked(None, work.partitions)
    options = Options(bool(plan_said(made)["force"]), True, partitions=which, as_planned=True)
    given = Given(run_config=run_config, tags=work.tags, reporter=reporter, run_id=work.run_id)
    outcome = make(at, " or ".join(work.selection), options, given)
    return outcome.success


def view_of(at: Desk, backfill: Backfill) -> BackfillView:
    """One backfill with the counts of its chunks and the runs that failed."""
    counts = at.instance.own.chunk_counts([backfill.id]).get(backfill.id, {})
    failed = at.instance.own.chunks(backfill.id, states=_FAILED, limit=10)
    return BackfillView(backfill, counts, tuple(failed))


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
        return BackfillTable(found, counts)
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


_FAILED: tuple[ChunkState, ...] = ("failed",)
_ACTIONS: Mapping[str, Callable[[Desk, Backfill], BackfillView]] = {
    "show": _show,
    "pause": _pause,
    "resume": _resume,
    "retry": _retry,
    "cancel": _cancel,
}
ACTIONS = ("list", *_ACTIONS)
