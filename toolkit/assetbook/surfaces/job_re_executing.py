"""``retry`` and ``resume`` of a run of a job."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.collection import Job
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.partitions.key_tags import PARTITION_TAG
from assetbook.errors import SelectionError
from assetbook.events.parts import Reexecution
from assetbook.execution.executor import Executor
from assetbook.execution.reporter import Reporter
from assetbook.instance.former_runs import FormerRun
from assetbook.instance.instance import Instance
from assetbook.instance.job_again import plan_job_re_execution
from assetbook.instance.job_record import job_records
from assetbook.instance.job_result import JobResult
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of
from assetbook.instance.run_requests import retries_of
from assetbook.kernels.notebook_as_job import NOTEBOOK_TAG, notebook_job
from assetbook.planning.steps import Plan
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.launching_verb import JobGiven, job_named, run_ops


class GivenAgain(msgspec.Struct, frozen=True):
    """What the new run is given: what the earlier one had, but for what is given anew."""

    resources: Mapping[str, object] | None
    config: Mapping[str, object] | None
    executor: Executor | None
    reporter: Reporter | None


def job_again(
    at: Desk | None,
    definitions: tuple[object, ...],
    instance: Instance,
    former: FormerRun,
    again: Reexecution,
    given: GivenAgain,
    *,
    dry_run: bool,
) -> JobResult | Plan:
    """How the new run ended, or with ``dry_run`` its plan; an op that fails raises nothing.

    Without a desk the job is one of ``definitions``. Raises SelectionError if it is nowhere.
    """
    job = _job(at, definitions, instance, former)
    now = job_records([(job, "")], at.loaded().provenance) if at is not None else ()
    planning = partial(plan_job_re_execution, instance, job, former, again, now)
    if dry_run:
        return planning()[0]
    options = JobOptions(
        given.config or None,
        former.request.op_selection or None,
        tags=former.started.tags,
        resources=given.resources or {},
        partition_key=former.started.tags.get(PARTITION_TAG) if job.partitions_def else None,
        planning=planning,
        again=again,
        executor=given.executor,
        retries=retries_of(former.request),
    )
    if at is not None:
        return run_ops(at, job, options, JobGiven(reporter=given.reporter))
    return run_job(job, instance, options, origin=origin_of("python"), reporter=given.reporter)


def _job(
    at: Desk | None, definitions: tuple[object, ...], instance: Instance, former: FormerRun
) -> JobDefinition:
    path = former.started.tags.get(NOTEBOOK_TAG)
    name = former.started.job or ""
    job = notebook_job(instance.root / path) if path else _named(at, definitions, name)
    if isinstance(job, JobDefinition):
        return job
    raise _gone(former, "ops", name)


def asset_job_of(
    at: Desk | None, definitions: tuple[object, ...], former: FormerRun
) -> UnresolvedAssetJobDefinition | None:
    """The job of assets that the earlier run was of, as it is now; None for a run of none.

    Without a desk it is one of ``definitions``. Raises SelectionError if it is nowhere.
    """
    name = former.request.asset_job
    if not name:
        return None
    job = _named(at, definitions, name)
    if isinstance(job, UnresolvedAssetJobDefinition):
        return job
    raise _gone(former, "assets", name)


def _named(at: Desk | None, definitions: tuple[object, ...], name: str) -> object:
    if at is not None:
        return job_named(at, name)
    return next((each for each in definitions if isinstance(each, Job) and each.name == name), None)


def _gone(former: FormerRun, kind: str, name: str) -> SelectionError:
    return SelectionError(
        f"run {former.name}", f"no job of {kind} is called `{name}` now", "Run what there is."
    )
