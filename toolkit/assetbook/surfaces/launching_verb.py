"""``launch``: runs a job of the notebook, of ops or of a selection of assets."""

from __future__ import annotations

from collections.abc import Sequence

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.collection import Job
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.job_definition import JobDefinition
from assetbook.errors import NotLoadedError, SelectionError, UsageError, did_you_mean
from assetbook.execution.executor import Executor
from assetbook.execution.reporter import Reporter
from assetbook.instance.job_record import selection_text
from assetbook.instance.job_result import JobResult
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.launching import GivenConfig
from assetbook.instance.materializing import MaterializeOutcome, Options, origin_of, raise_failure
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.executor_option import executor_of
from assetbook.surfaces.known_jobs import known_jobs
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.making import Given, make
from assetbook.surfaces.suggestion import typed


def launch(
    name: str,
    *,
    run_config: GivenConfig = None,
    select: str | Sequence[str] | None = None,
    executor: Executor | str | None = None,
    workers: int | None = None,
    raise_on_error: bool = True,
    reporter: Reporter | None = None,
    desk: Desk | None = None,
) -> JobResult | MaterializeOutcome:
    """Runs a job of the notebook, and records the run; durable when it returns.

    A job of ops runs them all, or those that ``select`` means; one of assets runs what
    ``%materialize`` would of its selection. ``run_config`` is by op, as in Dagster; None for the
    job's own. Raises SelectionError for a name that no job has, and what an op raised, if
    ``raise_on_error``.
    """
    at = desk or current_desk()
    job = _job_named(at, name)
    ways = executor_of(executor, workers)
    found: JobResult | MaterializeOutcome
    if isinstance(job, JobDefinition):
        found = _of_ops(at, job, JobOptions(run_config, select or None), reporter, ways)
    else:
        if select:
            raise UsageError(
                f"`{typed('launch')} {name} --select`",
                f"`{name}` is a job of assets",
                f"Select assets: `{typed('materialize')} SELECTION`.",
            )
        given = Given(
            run_config=_config_of(job) if run_config is None else run_config,
            executor=ways,
            reporter=reporter,
        )
        found = make(at, selection_text(job), Options(), given)
    if raise_on_error and found.result is not None:
        raise_failure(found.result)
    return found


def _job_named(at: Desk, name: str) -> Job:
    if not isinstance(at, LiveNotebook):
        raise NotLoadedError(
            f"the job `{name}`",
            "jobs are defined in notebooks, and none is loaded here",
            f"In a shell: `assetbook launch NOTEBOOK {name}`.",
        )
    # also those that the cell that runs has just made
    bound = [each for each in list(at.session.namespace.values()) if isinstance(each, Job)]
    jobs = {each.name: each for each in (*at.session.jobs, *bound)}
    if name in jobs:
        return jobs[name]
    elsewhere = {each.record.name: each.location for each in known_jobs(at.instance)}
    if elsewhere.get(name) == at.location:
        raise SelectionError(
            f"the job `{name}`", "its cell has not run in this kernel", "Run its cell."
        )
    if name in elsewhere:
        where = elsewhere[name]
        raise SelectionError(
            f"the job `{name}`",
            f"it is defined in {where}",
            f"Launch it there, or in a shell: `assetbook launch {where} {name}`.",
        )
    raise SelectionError(
        f"the job `{name}`",
        "the notebook defines none of that name",
        did_you_mean(name, jobs) or f"There are: {', '.join(jobs) or 'none'}.",
    )


def _of_ops(
    at: Desk,
    job: JobDefinition,
    options: JobOptions,
    reporter: Reporter | None,
    executor: Executor | None,
) -> JobResult:
    loaded = at.loaded()
    now, _, _ = at.standing()
    kind, location, cell = at.origin
    return run_job(
        job,
        at.instance,
        options,
        origin=origin_of(kind, location, cell),
        around=loaded.resources,
        where=loaded.where,
        reporter=at.reporter() if reporter is None else reporter,
        executor=executor or loaded.executor,
        sources=at.run_sources(loaded, now),
    )


def _config_of(job: UnresolvedAssetJobDefinition) -> GivenConfig:
    if isinstance(job.config, ConfigMapping):
        raise UsageError(
            f"the configuration of the job `{job.name}`",
            "it is a mapping, and assets are configured by their names",
            "Give the job a dict or RunConfig(...).",
        )
    return job.config
