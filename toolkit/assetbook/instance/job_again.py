"""The plan that does an earlier run of a job again, by the job as it is now; touches nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_selection import selected_ops
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.errors import SelectionError
from assetbook.events.parts import Reexecution
from assetbook.execution.ops_of_run import StoredOutputs
from assetbook.instance.former_ops import ops_before
from assetbook.instance.former_runs import FormerRun, how_it_ended
from assetbook.instance.instance import Instance
from assetbook.instance.job_record import JobRecord
from assetbook.instance.snapshots import recall_jobs
from assetbook.planning.job_again import FormerOps, plan_job_again
from assetbook.planning.job_plan import plan_job
from assetbook.planning.re_execution import FormerStep, why_left
from assetbook.planning.steps import Plan, Step

_Reasons = Callable[[Step], tuple[Reason, ...]]


def plan_job_re_execution(
    instance: Instance,
    job: JobDefinition,
    former: FormerRun,
    again: Reexecution,
    now: Iterable[JobRecord] = (),
) -> tuple[Plan, StoredOutputs]:
    """The plan, and what its steps take of the earlier run.

    ``now`` are the jobs as they are now, for what has changed since. Raises SelectionError if
    nothing is to be done, and for a step that takes what is no longer stored.
    """
    asked = f"{'resume' if again.kind == 'resume' else 'retry'} {former.name}"
    whole = plan_job(job, former.request.op_selection or None)
    since = _changed_since(instance, former, now)
    if again.kind == "all":
        retried = (Reason(ReasonKind.RETRIED, former.name),)
        steps = (replace(each, reasons=(*retried, *since(each))) for each in whole.steps)
        return replace(whole, steps=tuple(steps)), {}
    before = ops_before(instance, former)
    why = _chosen(job, former, again) if again.kind == "selection" else _left(before.former, former)
    plan = plan_job_again(
        whole,
        before.former,
        lambda step: (*why(step), *since(step)) if why(step) else (),
        follow=again.kind != "selection",
    )
    if not plan.steps:
        asked_so = f"{asked} --from-failure" if again.kind == "from_failure" else asked
        raise SelectionError(
            asked_so, "nothing failed in it, and nothing is left", f"All once more: `%{asked}`."
        )
    return plan, before.stored_for(instance, plan, asked)


def _left(before: FormerOps, former: FormerRun) -> _Reasons:
    """Why steps run that did not do what they were to do."""
    run_ended = how_it_ended(former.record)

    def reasons(step: Step) -> tuple[Reason, ...]:
        ended = before.ended.get(step.name, "unreached")
        if ended in ("done", "skipped"):
            return ()
        return (why_left(FormerStep(step.name, (), ended, former.name, run_ended)),)

    return reasons


def _chosen(job: JobDefinition, former: FormerRun, again: Reexecution) -> _Reasons:
    chosen: Collection[str] = selected_ops(job.graph, job.ops, again.selection.split())
    retried = (Reason(ReasonKind.RETRIED, former.name),)
    return lambda step: retried if step.op is not None and step.op.path in chosen else ()


def _changed_since(instance: Instance, former: FormerRun, now: Iterable[JobRecord]) -> _Reasons:
    """That the code of an op is another than it was in the run, where that is known."""
    digest = former.started.snapshot
    then = recall_jobs(instance, digest) if digest is not None else ()
    codes = {(job.name, op.path): op.code for job in then for op in job.ops}
    changed = {
        op.path
        for job in now
        for op in job.ops
        if codes.get((job.name, op.path), op.code) != op.code
    }
    since = (Reason(ReasonKind.CODE_SINCE, former.name),)
    return lambda step: since if step.op is not None and step.op.path in changed else ()
