"""A backfill of a job: a run of it for each of some partitions."""

from __future__ import annotations

from statistics import median

from assetbook.errors import UsageError
from assetbook.instance.instance import Instance
from assetbook.instance.job_partition import partitions_of
from assetbook.instance.partitions_asked import PartitionsAsked
from assetbook.planning.backfill_plan import JobChunk
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.backfill_view import JobPreview
from assetbook.surfaces.launching_verb import job_named

_LAST = 10
_LOOKED_AT = 500
"""Runs among which those of the job are looked for that say how long one takes."""


def job_meant(at: Desk, selection: str) -> str | None:
    """The job that a selection names; None for one that names assets, or nothing."""
    if not selection:
        return None
    loaded = at.loaded()
    assets = {str(key) for key in loaded.graph.specs}
    jobs = {job.name for job, _ in loaded.jobs}
    return selection if selection in jobs - assets else None


def job_chunks(
    at: Desk, name: str, selection: str, which: PartitionsAsked, *, newest_first: bool
) -> tuple[JobChunk, ...]:
    """The runs, in the order of the job's partitions, or the other way round.

    Raises SelectionError for a job or a partition that there is not, UsageError for a job that
    nothing divides, where nothing says which partitions, and where assets are named.
    """
    asked = f"backfill --job {name}"
    if selection:
        raise UsageError(f"{asked} {selection}", "both a job and assets are named", "Name one.")
    _, location, _ = at.origin
    keys = partitions_of(job_named(at, name), at.loaded(), at.instance, which, asked, location)
    ordered = keys[::-1] if newest_first else keys
    return tuple(JobChunk(name, key) for key in ordered)


def preview(instance: Instance, name: str, chunks: tuple[JobChunk, ...]) -> JobPreview:
    """How many runs there would be, and about how long they take by the last ones of the job."""
    last = [
        (run.ended_at - run.started_at).total_seconds()
        for run in instance.store.runs(statuses=["success"], limit=_LOOKED_AT)
        if run.asked == name and run.ended_at is not None
    ][:_LAST]
    return JobPreview(name, len(chunks), median(last) * len(chunks) if last else None)
