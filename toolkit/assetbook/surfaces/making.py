"""Materializing what is defined at a desk: planned, made this notebook's own, run and recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assetbook.errors import UsageError
from assetbook.execution.executor import Executor
from assetbook.execution.reporter import Reporter
from assetbook.instance.asked import Selected
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
from assetbook.instance.states import Standing
from assetbook.planning.steps import Plan
from assetbook.surfaces.asking import select
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.plan_view import in_local_time
from assetbook.surfaces.naming import offering_new_names, offering_outputs
from assetbook.surfaces.parity_check import refuse_differing
from assetbook.surfaces.space_notice import warn_of_little_space


@dataclass(frozen=True, slots=True)
class Given:
    """What one run is given beside a selection; see
    :func:`assetbook.surfaces.verbs.materialize`."""

    resources: Mapping[str, object] | None = None
    run_config: GivenConfig = None
    record: bool = False
    executor: Executor | None = None
    reporter: Reporter | None = None


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
    )
    warn_of_little_space(instance)
    return outcome


def make(at: Desk, selection: str, options: Options, given: Given) -> MaterializeOutcome:
    """How it went with what is defined at a desk; durable when it returns.

    A step that fails is in the outcome, and raises nothing.
    """
    loaded, config = launched(at.loaded, given.resources, given.run_config)
    plan, now = planned(at, loaded, selection, options)
    if options.take_over:
        at.take_over(select(now, selection, at.instance).union(*(step.keys for step in plan)))
    if plan.all_fresh:
        return MaterializeOutcome(None, plan, at.instance, loaded.resources)
    answers = at.parity() if at.origin[0] != "session" else {}
    refuse_differing(answers, plan)
    told = {key.text: answers[key].answer for key in plan.touched if key in answers}
    result = execute(
        plan,
        at.instance,
        loaded,
        now,
        origin=origin_of(*at.origin, told),
        reporter=given.reporter if given.reporter is not None else at.reporter(),
        force=options.force,
        config=config,
        overridden=bool(options.with_versions) or (bool(loaded.replaced) and not given.record),
        sources=at.run_sources(loaded, now),
        executor=given.executor,
    )
    warn_of_little_space(at.instance)
    return MaterializeOutcome(result, plan, at.instance, loaded.resources)


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
