"""``backfill``: many partitions, run by run."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import structs

from assetbook.errors import UsageError
from assetbook.execution.reporter import Reporter
from assetbook.instance.asked import Options
from assetbook.instance.backfilling import (
    BackfillPolicySaid,
    BackfillRun,
    ChunkWork,
    add_backfill,
    estimated_seconds,
    plan_said,
)
from assetbook.instance.launching import GivenConfig
from assetbook.named_arguments import named_arguments
from assetbook.planning.backfill_plan import Chunk, JobChunk, chunks_of
from assetbook.storage.backfill_records import Backfill, ChunkState
from assetbook.surfaces.backfill_progress import BackfillProgress
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.backfill_view import BackfillPreview, BackfillView, JobPreview
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.inside_run import nothing_here
from assetbook.surfaces.job_backfill import job_chunks, job_meant, preview
from assetbook.surfaces.launching_verb import JobGiven, launch_job
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
    selection: str = "",
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
    job: str | None = None,
    dry_run: bool = False,
    detach: bool = False,
    reporter: Reporter | None = None,
    desk: Desk | None = None,
) -> BackfillView | BackfillPreview | JobPreview | Sentence:
    """Makes the ``partitions`` of what is selected run by run, and what they need before them.

    ``per_run`` partitions are made in one run; ``"all"`` makes them all in one. ``newest_first``
    begins with the last ones. After ``max_failures`` failed runs nothing more is begun. What ended
    is durable: an interrupt pauses it, and it goes on where it was, also after a crash. With
    ``dry_run`` nothing runs: counts, and an estimate by the last runs. The rest is as for
    ``materialize``. ``job`` runs that job, of ops or of assets, once for each of the partitions, in
    the place of a selection; a selection that is the name of a job, and of no asset, says the same.
    ``detach`` only stores it, with the source as it is: the daemon runs it, whenever no tick waits.
    A run that fails raises nothing; the backfill says so. ``reporter`` is told of every run; None
    shows how far it is.
    """
    said = None if dry_run else nothing_here(f"`{typed('backfill')}`")
    if said is not None:
        return said
    if per_run != "all" and per_run < 1:
        raise UsageError(f"per_run={per_run!r}", "it is below 1", 'Give 1 up, or "all".')
    at = desk or current_desk()
    which = partitions_asked(None, partitions, missing=missing, stale=stale, failed=failed)
    made_by = _Asked(
        per_run, newest_first, max_failures, force, run_tags(tags), run_config, detach, reporter
    )
    if job is None and (job := job_meant(at, selection)) is not None:
        selection = ""
    if job is not None:
        runs = job_chunks(at, job, selection, which, newest_first=newest_first)
        if per_run != 1 or only or force:
            raise UsageError(f"backfill --job {job}", _ONE_RUN_EACH, "Leave that out.")
        if dry_run or not runs:
            return preview(at.instance, job, runs)
        return _added(at, f"job {job} {which.said}", runs, made_by)
    if not which.keys and not which.nodes and not which.which:
        which = structs.replace(which, which="missing")
    loaded = loaded_for(at, Given(run_config=run_config, tags=made_by.tags))
    plan, now = planned(at, loaded, selection, Options(force, only, partitions=which))
    most = None if per_run == "all" else per_run
    chunks = chunks_of(plan, now.graph, per_run=most, newest_first=newest_first)
    nodes = [node for chunk in chunks for node in chunk.nodes]
    if dry_run or not chunks:
        seconds = estimated_seconds(at.instance, nodes)
        return BackfillPreview(plan, chunks, seconds)
    return _added(at, plan.asked, chunks, made_by)


class _Asked(msgspec.Struct, frozen=True):
    """How a backfill was asked to go about it."""

    per_run: int | Literal["all"]
    newest_first: bool
    max_failures: int | None
    force: bool
    tags: Mapping[str, str]
    run_config: GivenConfig
    detach: bool
    reporter: Reporter | None

    @property
    def policy(self) -> BackfillPolicySaid:
        most = None if self.per_run == "all" else self.per_run
        return BackfillPolicySaid(most, self.newest_first, self.max_failures)


def _added(at: Desk, asked: str, chunks: Sequence[Chunk | JobChunk], how: _Asked) -> BackfillView:
    """The backfill, stored, and run here unless the daemon is to do that."""
    _, location, _ = at.origin
    made = add_backfill(
        at.instance,
        asked,
        chunks,
        how.policy,
        by=_somebody(),
        force=how.force,
        tags=how.tags,
        location=location,
        bundle=_bundle_for_daemon(at, how.run_config) if how.detach else None,
    )
    return view_of(at, made) if how.detach else go_on(at, made, how.run_config, how.reporter)


def _bundle_for_daemon(at: Desk, run_config: GivenConfig) -> str | None:
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
    now, _, _ = at.standing()
    return at.run_sources(at.loaded(), now, needed=True).bundle


def _somebody() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "somebody"
    return f"{user}@{os.uname().nodename}"


def go_on(
    at: Desk, made: Backfill, run_config: GivenConfig = None, reporter: Reporter | None = None
) -> BackfillView:
    """How a backfill stands after it was run here, as far as it came; ``reporter`` is told of its
    runs, None shows its progress."""
    progress = BackfillProgress(at.instance.clock)

    def run(work: ChunkWork) -> bool:
        if work.job:
            progress.call(f"{work.job}[{work.partition}]")
        return _run(at, made, work, run_config, reporter or progress)

    counted = progress.counted if reporter is None else lambda counts: None
    ended = BackfillRun(at.instance, made.id, run, counted).go()
    return view_of(at, ended)


def _run(
    at: Desk, made: Backfill, work: ChunkWork, run_config: GivenConfig, reporter: Reporter
) -> bool:
    """Whether the run of one chunk succeeded; what is fresh by now is left as it is."""
    if work.job:
        options = Options(partitions=partitions_asked(work.partition, None))
        of_job = JobGiven(
            run_config, reporter=reporter, tags=work.tags, options=options, run_id=work.run_id
        )
        return launch_job(at, work.job, of_job).success
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


_ONE_RUN_EACH = "a job has a run for each partition, and runs all that it selects"
_FAILED: tuple[ChunkState, ...] = ("failed",)
