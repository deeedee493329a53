"""Verbs that do an earlier run again, or go on with it: ``resume`` and ``retry``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

import msgspec
from msgspec import structs

from assetbook.errors import SelectionError, UsageError
from assetbook.events.parts import Reexecution
from assetbook.execution.executor import Executor
from assetbook.execution.reporter import Reporter
from assetbook.instance.asset_job_loading import loading_for
from assetbook.instance.former_runs import FormerRun, former_run, run_to_resume
from assetbook.instance.instance import Instance
from assetbook.instance.job_result import JobResult
from assetbook.instance.kept_notebooks import failed_in_a_cell
from assetbook.instance.launching import launched
from assetbook.instance.loaded import Loaded, load_replacing
from assetbook.instance.materializing import (
    MaterializeOutcome,
    definitions_series,
    raise_failure,
)
from assetbook.instance.re_planning import plan_re_execution
from assetbook.instance.run_requests import (
    config_again,
    refuse_missing_resources,
    request_again,
    retries_of,
)
from assetbook.instance.run_series import Planned, Replan
from assetbook.named_arguments import named_arguments
from assetbook.planning.re_execution import Kind
from assetbook.planning.steps import Plan
from assetbook.surfaces.desk import Desk, StoreDesk, current_desk
from assetbook.surfaces.display.plan_view import in_local_time
from assetbook.surfaces.executor_option import executor_of
from assetbook.surfaces.job_re_executing import GivenAgain, asset_job_of, job_again
from assetbook.surfaces.making import Given, carry_out, loaded_for
from assetbook.surfaces.naming import offering_new_names, offering_outputs
from assetbook.surfaces.runs_meant import refuse_unnamed
from assetbook.surfaces.space_notice import warn_of_little_space


@named_arguments
def resume(
    run: str = "",
    *,
    dry_run: bool = False,
    executor: Executor | str | None = None,
    workers: int | None = None,
    definitions: Iterable[object] | None = None,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: Mapping[str, object] | None = None,
    raise_on_error: bool = True,
    reporter: Reporter | None = None,
    desk: Desk | None = None,
) -> MaterializeOutcome | JobResult | Plan:
    """Goes on with a run that was broken off: does what is left, and uses what it had made.

    ``run`` is the beginning of its id; without it UsageError names those that may be meant. What no
    longer counts of what it had made, since its code has changed or an input is newer, is made
    again. It happens once: two that resume one run never make the same asset twice, and one that
    was resumed and broken off again goes on from there. A run that failed in a cell of a notebook
    goes on from that cell, in its kernel while that is kept, else from the first. ``dry_run`` gives
    the plan alone. The other parameters are as of ``retry``.
    """
    given = _Given(run_config, resources, executor, workers, reporter)
    at = _place(desk, definitions, instance)
    refuse_unnamed(at.instance, "resume", run)
    former = run_to_resume(at.instance, run)
    in_a_cell = failed_in_a_cell(at.instance, former.record)
    again = former.again("from_failure" if in_a_cell else "resume")
    return _done(at, former, again, given, dry_run=dry_run, raise_on_error=raise_on_error)


@named_arguments
def retry(
    run: str = "",
    selection: str = "",
    *,
    from_failure: bool = False,
    dry_run: bool = False,
    executor: Executor | str | None = None,
    workers: int | None = None,
    definitions: Iterable[object] | None = None,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: Mapping[str, object] | None = None,
    raise_on_error: bool = True,
    retry_number: int = 0,
    reporter: Reporter | None = None,
    desk: Desk | None = None,
) -> MaterializeOutcome | JobResult | Plan:
    """Does the steps of an earlier run once more: all, those of ``selection``, or, with
    ``from_failure``, those that failed and what comes after them.

    ``run`` is the beginning of its id; without it UsageError names those that may be meant. The
    new run has the configuration, given versions and executor of the earlier one, unless others are
    given; resources that were given to it must be given again. It runs the code of now, and its
    plan says where that has changed. ``dry_run`` gives the plan alone. ``definitions`` are those of
    a run that no notebook's were, in ``instance``. ``retry_number`` says which of the retries it is
    that nobody asked for one by one. Raises what the author's code raised, if ``raise_on_error``.
    """
    if from_failure and selection:
        raise UsageError(
            f"retry {run} {selection} --from-failure",
            "it says twice which steps are meant",
            "Leave one of them out.",
        )
    given = _Given(run_config, resources, executor, workers, reporter)
    at = _place(desk, definitions, instance)
    refuse_unnamed(at.instance, "retry", run)
    former = former_run(at.instance, run, "retry")
    kind: Kind = "from_failure" if from_failure else "selection" if selection else "all"
    again = former.again(kind, selection, retry_number)
    return _done(at, former, again, given, dry_run=dry_run, raise_on_error=raise_on_error)


class _Given(msgspec.Struct, frozen=True):
    """What is given in the place of what the run had."""

    run_config: Mapping[str, object] | None
    resources: Mapping[str, object] | None
    executor: Executor | str | None
    workers: int | None
    reporter: Reporter | None

    def beside(self, former: FormerRun, asked: str) -> Given:
        """It with all else as the run had it; raises an error for what only the person has."""
        request = former.request
        refuse_missing_resources(request, self.resources, asked)
        name, workers = self.executor, self.workers
        if name is None:
            name, workers = request.executor or None, workers or request.workers
        return Given(
            self.resources,
            config_again(request, self.run_config, asked),
            request.record,
            executor_of(name, workers),
            self.reporter,
            tags=former.started.tags,
            retries=retries_of(request),
        )


class _Place(msgspec.Struct, frozen=True):
    """Where the definitions of a run are: at a desk, or given as objects."""

    instance: Instance
    desk: Desk | None = None
    definitions: tuple[object, ...] = ()

    def loaded(self, given: Given) -> Loaded:
        """The definitions with what the run is given."""
        if self.desk is not None:
            return loaded_for(self.desk, given)
        loading = loading_for(given.job, partial(load_replacing, self.definitions, self.instance))
        return launched(loading, given.resources, given.run_config)[0]


def _place(
    desk: Desk | None, definitions: Iterable[object] | None, instance: Instance | None
) -> _Place:
    if definitions is None:
        if instance is not None:
            raise UsageError(
                "`instance=`", "it goes with definitions given as objects", "Give definitions=."
            )
        at = desk or current_desk()
        return _Place(at.instance, at)
    stored = instance or (desk or current_desk()).instance
    return _Place(stored, None, tuple(definitions))


def _done(
    at: _Place,
    former: FormerRun,
    again: Reexecution,
    asked_for: _Given,
    *,
    dry_run: bool,
    raise_on_error: bool,
) -> MaterializeOutcome | JobResult | Plan:
    __tracebackhide__ = True
    asked = f"{'resume' if again.kind == 'resume' else 'retry'} {former.name}"
    if at.desk is not None:
        _refuse_elsewhere(at.desk, former, asked)
    given = asked_for.beside(former, asked)
    if former.started.job is not None:
        return _job_done(at, former, again, given, dry_run=dry_run, raise_on_error=raise_on_error)
    given = structs.replace(given, job=asset_job_of(at.desk, at.definitions, former))
    loaded = at.loaded(given)

    def planned() -> Planned:
        with offering_outputs(loaded.graph), offering_new_names(at.instance):
            plan, now = plan_re_execution(at.instance, loaded, former, again.kind, again.selection)
        return in_local_time(plan, now.states, at.instance.clock.now()), now

    found = planned()
    if dry_run:
        return found[0]
    outcome = _carried_out(at, loaded, given, former, found, planned, again)
    if raise_on_error and outcome.result is not None:
        raise_failure(outcome.result)
    return outcome


def _job_done(
    at: _Place,
    former: FormerRun,
    again: Reexecution,
    given: Given,
    *,
    dry_run: bool,
    raise_on_error: bool,
) -> JobResult | Plan:
    """The same for a run of a job of ops."""
    __tracebackhide__ = True
    anew = GivenAgain(given.resources, given.config, given.executor, given.reporter)
    found = job_again(at.desk, at.definitions, at.instance, former, again, anew, dry_run=dry_run)
    if raise_on_error and isinstance(found, JobResult):
        raise_failure(found.result)
    return found


def _carried_out(
    at: _Place,
    loaded: Loaded,
    given: Given,
    former: FormerRun,
    planned: Planned,
    replan: Replan,
    again: Reexecution,
) -> MaterializeOutcome:
    request = request_again(former.request, given.for_run)
    if at.desk is not None:
        return carry_out(at.desk, loaded, given, request, planned, replan, again)
    plan, _ = planned
    if plan.all_fresh:
        return MaterializeOutcome(None, plan, at.instance, loaded.resources)
    series = definitions_series(at.instance, loaded, request, given.for_run, given.reporter)
    results = series.run(planned, again, replan=replan)
    warn_of_little_space(at.instance)
    return MaterializeOutcome(results[-1], plan, at.instance, loaded.resources, results[:-1])


def _refuse_elsewhere(at: Desk, former: FormerRun, asked: str) -> None:
    """Raises SelectionError for a run whose definitions are not those of the desk."""
    where, here, verb = former.record.origin.notebook, at.origin[1], asked.partition(" ")[0]
    if where == here and not isinstance(at, StoreDesk):
        return
    if where is None:
        raise SelectionError(
            asked,
            "it was a run of definitions given as objects, or of a notebook that has no file",
            f'Give them: {verb}("{former.name}", definitions=[...]).',
        )
    raise SelectionError(
        asked, f"it was a run of {where}", f"Say it there, or in a shell: `assetbook {asked}`."
    )
