"""``launch``: runs a job of the notebook, of ops or of a selection of assets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.collection import Job
from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.place import unwatched
from assetbook.definitions.run_config import RunConfig
from assetbook.errors import NotLoadedError, SelectionError, UsageError, did_you_mean
from assetbook.execution.executor import Executor
from assetbook.execution.reporter import Reporter
from assetbook.instance.config_elsewhere import config_received, config_to_send
from assetbook.instance.job_partition import (
    config_of_partition,
    key_asked,
    tags_of_partition,
)
from assetbook.instance.job_record import job_records, selection_text
from assetbook.instance.job_result import JobResult
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.launching import GivenConfig
from assetbook.instance.materializing import MaterializeOutcome, Options, origin_of, raise_failure
from assetbook.kernels.notebook_as_job import NOTEBOOK_TAG, is_notebook, notebook_job
from assetbook.keys import RunId
from assetbook.named_arguments import named_arguments
from assetbook.planning.job_plan import plan_job
from assetbook.planning.run_retries import NO_RETRIES, RetryStrategy, RunRetries
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.detached_run import DetachedRun
from assetbook.surfaces.detaching import detach as detach_assets
from assetbook.surfaces.detaching import detach_job, refuse_objects
from assetbook.surfaces.earlier_ops import earlier_ops
from assetbook.surfaces.executor_option import executor_of
from assetbook.surfaces.inside_run import nothing_made, within_run
from assetbook.surfaces.known_jobs import known_jobs
from assetbook.surfaces.launch_parameters import GivenParameters, with_parameters
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.making import Given, make
from assetbook.surfaces.partition_options import PartitionsGiven, asked_in, partitions_asked
from assetbook.surfaces.retry_options import (
    or_tagged,
    retries_in,
    retry_arguments,
    run_retries,
)
from assetbook.surfaces.suggestion import typed
from assetbook.surfaces.tag_option import RunTags, run_tags
from assetbook.surfaces.telling import say
from assetbook.surfaces.timeout_option import with_timeout

Launched = JobResult | MaterializeOutcome


@named_arguments
def launch(
    name: str,
    parameters: GivenParameters = (),
    *,
    run_config: GivenConfig = None,
    select: str | Sequence[str] | None = None,
    executor: Executor | str | None = None,
    workers: int | None = None,
    tags: RunTags = (),
    timeout: float | str | None = None,
    partition: str | None = None,
    partitions: PartitionsGiven = None,
    detach: bool = False,
    max_retries: int = 0,
    retry_strategy: RetryStrategy = "from_failure",
    retry_on_asset_or_op_failure: bool = True,
    raise_on_error: bool = True,
    reporter: Reporter | None = None,
    desk: Desk | None = None,
) -> Launched:
    """Runs a job of the notebook, or a whole notebook, and records the run; durable when it
    returns.

    A job of ops runs them all, or those that ``select`` means; one of assets runs what
    ``%materialize`` would of its selection; a path, as ``report.ipynb``, runs that notebook.
    ``parameters`` (a dict, or words as ``day=2026-01-01``) are those of a notebook, or the fields
    that a job's only op takes. ``run_config`` is by op, as in Dagster; None for the
    job's own. ``partition`` is the key of the one that the run is of, ``first`` or ``last``; a job
    of assets may make several ``partitions``, as by ``materialize``. ``tags`` (``{"team": "etl"}``)
    mark the run beside the job's, and go before these. ``timeout`` (seconds, or ``"10m"``) is how
    long it may take; after that it is interrupted, and failed (TimeLimitError).
    ``detach`` has a process of its own run it, which outlives this one; it returns when the run is
    recorded as started. A run that fails is run again up to ``max_retries`` times, as by
    ``materialize``, also where the job's tags ask for it; what is given back is the last one's.
    Raises SelectionError for a name that no job has, and for a partition that there is not, and
    what an op raised, if ``raise_on_error``.
    """
    __tracebackhide__ = True
    if said := nothing_made("`launch`"):
        remedy = "Go on below this cell, or launch it from the notebook itself."
        raise UsageError(f"launch {name}", said, remedy)
    at = desk or current_desk()
    marks = with_timeout(within_run(run_tags(tags)), timeout)
    which = partitions_asked(partition, partitions)
    retries = run_retries(max_retries, retry_strategy, retry_on_asset_or_op_failure)
    if detach:
        refuse_objects("launch", name, executor, reporter=reporter)
        more = {"executor": executor, "workers": workers, "tags": marks}
        sent = JobGiven(run_config, parameters, select, options=Options(partitions=which))
        return _detached(at, name, sent, {**more, **retry_arguments(retries)})
    how = executor_of(executor, workers)
    options = Options(partitions=which)
    given = JobGiven(
        run_config, parameters, select, how, reporter, tags=marks, options=options, retries=retries
    )
    found = launch_job(at, name, given)
    if raise_on_error and found.result is not None:
        raise_failure(found.result)
    return found


class JobGiven(msgspec.Struct, frozen=True):
    """What one launch is given beside the job's name; see :func:`launch`."""

    run_config: GivenConfig = None
    parameters: GivenParameters = ()
    select: str | Sequence[str] | None = None
    executor: Executor | None = None
    reporter: Reporter | None = None
    detached: DetachedRun | None = None
    """The run that another process asked this one for."""
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    """They mark the run, and go before those of the job."""
    options: Options = msgspec.field(default_factory=Options)
    """Of a run of assets: whether it reads the world outside, which partitions it makes."""
    retries: RunRetries = NO_RETRIES
    """Where nobody asked for any, the tags say it."""
    run_id: RunId | None = None
    """The id that is kept for the run; None for a new one."""


def launch_headless(
    at: Desk, arguments: Mapping[str, Any], reporter: Reporter
) -> MaterializeOutcome | JobResult:
    """The same for a process of its own; ``arguments`` are those of the verb, as plain values."""
    detached = arguments.get("detached")
    given = JobGiven(
        config_received(arguments.get("run_config")) or None,
        arguments.get("parameters") or (),
        arguments.get("select"),
        executor_of(arguments.get("executor"), arguments.get("workers")),
        reporter,
        DetachedRun.from_json(detached) if detached else None,
        with_timeout(run_tags(arguments.get("tags") or ()), arguments.get("timeout")),
        Options(sources=bool(arguments.get("sources")), partitions=asked_in(arguments)),
        retries_in(arguments),
    )
    return launch_job(at, arguments["name"], given)


def launch_job(at: Desk, name: str, given: JobGiven) -> Launched:
    """How the run of the job ended; an op that fails is in the result, and raises nothing."""
    job = job_named(at, name)
    given = structs.replace(
        given, run_config=with_parameters(job, given.run_config, given.parameters)
    )
    if is_notebook(name):
        given = structs.replace(given, tags={**given.tags, NOTEBOOK_TAG: _path_in(at, name)})
    tags = {**job.run_tags, **given.tags}
    retries = or_tagged(given.retries, tags)
    if isinstance(job, JobDefinition):
        options = JobOptions(
            given.run_config,
            given.select or None,
            tags=given.tags,
            partition_key=key_asked(job, at.instance, given.options.partitions),
            executor=given.executor,
            retries=retries,
            run_id=given.run_id,
        )
        return run_ops(at, job, options, given)
    _refuse_select(job, given.select)
    config, tags_of_key = _of_partition(at, job, given)
    of_assets = Given(
        run_config=config,
        executor=given.executor,
        reporter=given.reporter,
        detached=given.detached,
        tags={**tags, **tags_of_key},
        job=job,
        retries=retries,
        run_id=given.run_id,
    )
    return make(at, selection_text(job), given.options, of_assets)


def _path_in(at: Desk, name: str) -> str:
    """A notebook's path as a run keeps it: from the project's root if it is below that."""
    path = Path(name).absolute()
    root = at.instance.root
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def job_named(at: Desk, name: str) -> Job:
    """The job of that name, or the one that runs the notebook of that path; raises SelectionError
    with the nearest, or where it is defined."""
    if is_notebook(name):
        with unwatched():  # it is of no cell
            return notebook_job(name)
    if not isinstance(at, LiveNotebook):
        raise NotLoadedError(
            f"the job `{name}`",
            "jobs are defined in notebooks, and none is loaded here",
            f"In a shell: `assetbook launch NOTEBOOK {name}`.",
        )
    at.take_made()
    jobs = {each.name: each for each in at.session.jobs}
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


def run_ops(at: Desk, job: JobDefinition, options: JobOptions, given: JobGiven) -> JobResult:
    """How a run of a job of ops ended, at a desk whose notebook defines it."""
    kind, location, cell = at.origin
    origin = origin_of(kind, location, cell)
    if not isinstance(at, LiveNotebook):  # a notebook, which needs nothing that is defined here
        reporter = given.reporter or at.reporter()
        return run_job(job, at.instance, options, origin=origin, reporter=reporter)
    say(earlier_ops(at, job))
    loaded = at.loaded()
    now, _, _ = at.standing()
    if given.detached is not None:
        (record,) = job_records([(job, "")], loaded.provenance)
        given.detached.refuse_other_job(at.instance, record)
        origin, run_id = given.detached.origin(origin), given.detached.run_id
        options = structs.replace(options, run_id=run_id)
    return run_job(
        job,
        at.instance,
        options,
        origin=origin,
        around=loaded.resources,
        where=loaded.where,
        reporter=at.reporter() if given.reporter is None else given.reporter,
        executor=loaded.executor,
        loggers=loaded.loggers,
        sources=at.run_sources(loaded, now),
    )


def _detached(
    at: Desk,
    name: str,
    given: JobGiven,
    more: Mapping[str, Any],
) -> MaterializeOutcome:
    """``more``: what the process of the run is told beside."""
    job = job_named(at, name)
    config = config_to_send(with_parameters(job, given.run_config, given.parameters))
    more = {**more, "run_config": config}
    if isinstance(job, JobDefinition):
        plan = plan_job(job, given.select or None)
        key = key_asked(job, at.instance, given.options.partitions)
        return detach_job(at, name, plan, {**more, "select": given.select, "partition": key})
    _refuse_select(job, given.select)
    return detach_assets(at, selection_text(job), given.options, more, job=name)


def _refuse_select(job: UnresolvedAssetJobDefinition, select: object) -> None:
    if select:
        raise UsageError(
            f"`{typed('launch')} {job.name} --select`",
            f"`{job.name}` is a job of assets",
            f"Select assets: `{typed('materialize')} SELECTION`.",
        )


def _of_partition(
    at: Desk, job: UnresolvedAssetJobDefinition, given: JobGiven
) -> tuple[GivenConfig, Mapping[str, str]]:
    """The configuration of the run, what is given before the job's own; and the tags that a
    PartitionedConfig gives it."""
    if not isinstance(job.config, PartitionedConfig):
        return _config_of(job, job.config, given.run_config), {}
    key = key_asked(job, at.instance, given.options.partitions)
    config = given.run_config or config_of_partition(job, key)
    return config, tags_of_partition(job, key)


def _config_of(
    job: UnresolvedAssetJobDefinition,
    own: ConfigMapping | RunConfig | Mapping[str, Any] | None,
    given: GivenConfig,
) -> GivenConfig:
    """What is given, else the job's own configuration."""
    if given is not None:
        return given
    if isinstance(own, ConfigMapping):
        raise UsageError(
            f"the configuration of the job `{job.name}`",
            "it is a mapping, and assets are configured by their names",
            "Give the job a dict or RunConfig(...).",
        )
    return own
