"""Materializing what is defined at a desk: planned, made this notebook's own, run and recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import structs

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.run_config import RunConfig
from assetbook.errors import UsageError
from assetbook.events.parts import Origin, Reexecution, RunRequest
from assetbook.execution.executor import Executor
from assetbook.execution.reporter import Reporter
from assetbook.execution.run_result import RunResult
from assetbook.instance.asked import Selected
from assetbook.instance.asset_job_loading import loading_for
from assetbook.instance.instance import Instance
from assetbook.instance.launching import GivenConfig, launched
from assetbook.instance.loaded import Loaded
from assetbook.instance.materializing import (
    MaterializeOutcome,
    Options,
    execute,
    materialize_definitions,
    origin_of,
    plan_for,
)
from assetbook.instance.run_requests import (
    RunGiven,
    for_plan,
    is_overridden,
    or_none,
    request_of,
)
from assetbook.instance.run_series import Planned, Replan, asset_series
from assetbook.instance.states import Standing
from assetbook.keys import RunId
from assetbook.planning.run_retries import NO_RETRIES, RunRetries
from assetbook.planning.steps import Plan
from assetbook.surfaces.asking import select
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.detached_run import DetachedRun
from assetbook.surfaces.display.plan_view import in_local_time
from assetbook.surfaces.naming import offering_new_names, offering_outputs
from assetbook.surfaces.parity_check import refuse_differing
from assetbook.surfaces.space_notice import warn_of_little_space


class Given(msgspec.Struct, frozen=True):
    """What one run is given beside a selection; see
    :func:`assetbook.surfaces.making_verbs.materialize`."""

    resources: Mapping[str, object] | None = None
    run_config: GivenConfig = None
    record: bool = False
    executor: Executor | None = None
    reporter: Reporter | None = None
    configured: frozenset[str] = frozenset()
    """The names of resources that the run configures."""
    detached: DetachedRun | None = None
    """The run that another process asked this one for."""
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    job: UnresolvedAssetJobDefinition | None = None
    """The job of assets that is launched; None for what no job runs."""
    retries: RunRetries = NO_RETRIES
    run_id: RunId | None = None
    """The id that is kept for the run; None for a new one."""
    pinned: bool | None = None
    """Whether the source that was loaded is the one that is to run whatever the files say; None:
    what was loaded tells."""

    @property
    def for_run(self) -> RunGiven:
        """What of it the record of a run keeps."""
        config, resources = self.config, {*(self.resources or ()), *self.configured}
        return RunGiven(
            resources,
            config,
            self.record,
            self.executor,
            self.retries,
            self.tags,
            job=self.job.name if self.job is not None else "",
        )

    @property
    def config(self) -> Mapping[str, object] | None:
        """The configuration by definition's name, as it is once a RunConfig was taken apart."""
        return None if isinstance(self.run_config, RunConfig) else self.run_config


def make_objects(
    definitions: Iterable[object],
    selection: Selected | None,
    instance: Instance,
    options: Options,
    given: Given,
) -> MaterializeOutcome:
    """How it went with definitions that no notebook need know; durable when it returns."""
    outcome = materialize_definitions(
        definitions,
        instance=instance,
        selection=selection,
        resources=given.resources,
        run_config=given.run_config,
        raise_on_error=False,
        record=given.record,
        options=options,
        reporter=given.reporter,
        executor=given.executor,
        tags=given.tags,
        retries=given.retries,
    )
    warn_of_little_space(instance)
    return outcome


def make(at: Desk, selection: str, options: Options, given: Given) -> MaterializeOutcome:
    """How it went with what is defined at a desk; durable when it returns.

    A step that fails is in the outcome, and raises nothing.
    """
    loading = loading_for(given.job, at.loaded)
    loaded, config = launched(loading, given.resources, given.run_config)
    given = structs.replace(
        given, run_config=config.definitions or None, configured=frozenset(config.resources)
    )

    def planned_now() -> tuple[Plan, Standing]:
        return planned(at, loaded, selection, options)

    plan, now = planned_now()
    if options.take_over:
        at.take_over(select(now, selection, at.instance).union(*(step.assets for step in plan)))
    request = request_of(at.instance, loaded, options, given.for_run)
    return carry_out(at, loaded, given, request, (plan, now), planned_now)


def loaded_for(at: Desk, given: Given) -> Loaded:
    """The definitions of a desk with the job, resources and configuration that a run is given."""
    return launched(loading_for(given.job, at.loaded), given.resources, given.run_config)[0]


def carry_out(
    at: Desk,
    loaded: Loaded,
    given: Given,
    request: RunRequest,
    planned: Planned,
    replan: Replan,
    again: Reexecution | None = None,
) -> MaterializeOutcome:
    """How it went with a plan at a desk; if it failed, with what the request runs again by itself.

    ``replan`` makes it anew if it has to wait for its turn; ``again`` says what it does again.
    """
    plan, now = planned
    if plan.all_fresh:
        return MaterializeOutcome(None, plan, at.instance, loaded.resources)
    origin = _origin(at, plan, now, given.detached)

    def start(
        run_id: RunId, planned: Planned, replan: Replan, again: Reexecution | None
    ) -> RunResult:
        plan, now = planned
        sources = at.run_sources(loaded, now)
        pinned = sources.pinned if given.pinned is None else given.pinned
        return execute(
            plan,
            at.instance,
            loaded,
            now,
            origin=origin,
            reporter=given.reporter if given.reporter is not None else at.reporter(),
            force=request.force,
            config=given.config,
            overridden=is_overridden(plan, loaded, request),
            sources=sources,
            executor=given.executor,
            run_id=run_id,
            tags=given.tags,
            replan=replan,
            request=or_none(for_plan(request, plan, now.graph, pinned=pinned)),
            reexecution=again,
        )

    first = given.detached.run_id if given.detached is not None else given.run_id
    series = asset_series(at.instance, loaded, request, start, first)
    results = series.run(planned, again, replan=replan)
    warn_of_little_space(at.instance)
    return MaterializeOutcome(results[-1], plan, at.instance, loaded.resources, results[:-1])


def _origin(at: Desk, plan: Plan, now: Standing, detached: DetachedRun | None) -> Origin:
    """Who asks for the run; raises DefinitionError if what was loaded is not what was meant."""
    if detached is not None and detached.snapshot is not None:
        detached.refuse_other_code(at.instance, plan, now)
        return detached.origin(origin_of(*at.origin))
    answers = at.parity() if at.origin[0] != "session" else {}
    refuse_differing(answers, plan)
    told = {key.text: answers[key].answer for key in plan.touched if key in answers}
    origin = origin_of(*at.origin, told)
    return detached.origin(origin) if detached is not None else origin


def planned(at: Desk, loaded: Loaded, selection: str, options: Options) -> tuple[Plan, Standing]:
    """What would run, with times as people here read them, and how everything stands."""
    with offering_outputs(loaded.graph), offering_new_names(at.instance):
        plan, now = plan_for(at.instance, loaded, selection, options)
    return in_local_time(plan, now.states, at.instance.clock.now()), now


def refuse_for_names(verb: str, asked: str, **given: object) -> None:
    """Raises UsageError for what is ``given`` and goes only with definitions given as objects."""
    for name, value in given.items():
        if value is not None:
            raise UsageError(
                f"`{verb}({asked!r}, {name}=...)`",
                f"{name}= goes with definitions given as objects, not with names",
                f"Leave {name}= out, or give the definitions: {verb}([orders], {name}=...).",
            )
