"""``plan`` and ``materialize``: what would be made, and making it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import overload

from assetbook.errors import UsageError
from assetbook.execution.executor import Executor
from assetbook.execution.reporter import Reporter
from assetbook.instance.asset_record import SCRATCH
from assetbook.instance.config_elsewhere import config_to_send
from assetbook.instance.given_versions import WithVersions
from assetbook.instance.instance import Instance
from assetbook.instance.launching import GivenConfig, launched
from assetbook.instance.materializing import (
    MaterializeOutcome,
    Options,
    raise_failure,
)
from assetbook.named_arguments import named_arguments
from assetbook.planning.run_retries import RetryStrategy
from assetbook.planning.steps import Plan
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.detaching import detach as detached
from assetbook.surfaces.detaching import refuse_objects
from assetbook.surfaces.display.revision_view import RevisionView
from assetbook.surfaces.executor_option import executor_of
from assetbook.surfaces.inside_run import nothing_made, within_run
from assetbook.surfaces.making import Given, make, make_objects, planned, refuse_for_names
from assetbook.surfaces.partition_options import PartitionsGiven, partitions_asked
from assetbook.surfaces.retry_options import retry_arguments, run_retries
from assetbook.surfaces.suggestion import typed
from assetbook.surfaces.tag_option import RunTags, run_tags
from assetbook.surfaces.timeout_option import with_timeout


@overload
def plan(
    selection: str = ...,
    *,
    force: bool = ...,
    only: bool = ...,
    unknown: bool = ...,
    sources: bool = ...,
    with_versions: WithVersions = ...,
    partition: str | None = ...,
    partitions: PartitionsGiven = ...,
    missing: bool = ...,
    stale: bool = ...,
    failed: bool = ...,
    run_config: GivenConfig = ...,
    against: None = ...,
    desk: Desk | None = ...,
) -> Plan: ...


@overload
def plan(*, against: str, desk: Desk | None = ...) -> RevisionView: ...


@named_arguments
def plan(
    selection: str = "*",
    *,
    force: bool = False,
    only: bool = False,
    unknown: bool = False,
    sources: bool = False,
    with_versions: WithVersions = (),
    partition: str | None = None,
    partitions: PartitionsGiven = None,
    missing: bool = False,
    stale: bool = False,
    failed: bool = False,
    run_config: GivenConfig = None,
    against: str | None = None,
    desk: Desk | None = None,
) -> Plan | RevisionView:
    """What ``materialize`` would run, in order, with a reason for each step; touches nothing.

    With ``against``, a git revision or ``pin``, how the notebook's file differs from what it was
    there. Raises UsageError for that where no notebook is live, or with anything else.
    """
    at = desk or current_desk()
    if against is not None:
        named = selection not in ("", "*")
        others = [force, only, unknown, sources, with_versions, run_config, named]
        others += [partition, partitions, missing, stale, failed]
        return _against(at, against, alone=not any(others))
    which = partitions_asked(partition, partitions, missing=missing, stale=stale, failed=failed)
    options = Options(force, only, unknown, sources, with_versions=with_versions, partitions=which)
    loaded, _ = launched(at.loaded, None, run_config)
    plan, _ = planned(at, loaded, selection, options)
    return plan


def _against(at: Desk, revision: str, *, alone: bool) -> RevisionView:
    _, location, _ = at.origin
    asked = f"`{typed('plan')} --against {revision}`"
    if not alone:
        raise UsageError(asked, "it is about the whole notebook", "Leave out all else.")
    if location is None or location == SCRATCH:
        raise UsageError(
            asked,
            "there is no notebook here that lies in a project",
            f"In a shell: `assetbook plan NOTEBOOK --against {revision}`.",
        )
    from assetbook.surfaces.against import plan_against

    return RevisionView(plan_against(at.instance.root / location, revision))


@named_arguments
def materialize(
    assets: str | Iterable[object] = "*",
    *,
    force: bool = False,
    only: bool = False,
    unknown: bool = False,
    sources: bool = False,
    take_over: bool = False,
    with_versions: WithVersions = (),
    partition: str | None = None,
    partitions: PartitionsGiven = None,
    missing: bool = False,
    stale: bool = False,
    failed: bool = False,
    selection: str | Sequence[str] | None = None,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: GivenConfig = None,
    raise_on_error: bool = True,
    record: bool = False,
    executor: Executor | str | None = None,
    workers: int | None = None,
    tags: RunTags = (),
    timeout: float | str | None = None,
    detach: bool = False,
    max_retries: int = 0,
    retry_strategy: RetryStrategy = "from_failure",
    retry_on_asset_or_op_failure: bool = True,
    reporter: Reporter | None = None,
    desk: Desk | None = None,
) -> MaterializeOutcome:
    """Materializes what is selected and not fresh, with what it needs; durable when it returns.

    ``assets`` is a selection of the live notebook's assets, or the definitions themselves (then
    ``selection`` narrows them). ``force`` runs them though fresh; ``only`` brings nothing else;
    ``unknown`` runs unknown upstreams too; ``sources`` reads the world outside again;
    ``take_over`` makes assets of another notebook this one's.
    ``with_versions`` (``{"orders": 41}``) are read in the place of the latest ones; what is made
    of them never becomes the latest state.
    ``partition`` and ``partitions`` (``"2026-01-01..2026-01-31"``, keys, ``"last"``, ``"all"``) say
    which are made of assets that have some; of those, or of all, ``missing``, ``stale`` and
    ``failed`` take only the ones that are so.
    ``resources`` replace the definitions' own for this run, which then never becomes the latest
    state unless ``record``. ``run_config`` (by definition's name, or a RunConfig that may configure
    resources, too) is laid over theirs, field by field; what it makes is the latest, and stale as
    long as the definitions say otherwise.
    ``executor`` (``"in-process"``, ``"threads"``, ``"processes"`` or one of your own) runs the
    steps, ``workers`` of them at a time; None leaves that to the definitions.
    ``tags`` (``{"team": "etl"}``) mark the run. ``timeout`` (seconds, or ``"10m"``) is how long it
    may take; after that it is interrupted, and failed (TimeLimitError).
    ``detach`` has a process of its own run them, which outlives this one; it returns when the run
    is recorded as started, and ``run_id`` is the id to ``attach`` to.
    A run that fails is run again up to ``max_retries`` times: what failed and comes after it, or
    with ``retry_strategy="all"`` every step; the outcome is the last one's. Without
    ``retry_on_asset_or_op_failure`` only if its process died, which who started that does.
    Raises what the author's code raised, if ``raise_on_error``.
    """
    __tracebackhide__ = True
    if instance is None and (said := nothing_made("`materialize`")):
        print(said)
        return MaterializeOutcome(None, Plan(str(assets), ()), (desk or current_desk()).instance)
    which = partitions_asked(partition, partitions, missing=missing, stale=stale, failed=failed)
    options = Options(force, only, unknown, sources, take_over, with_versions, partitions=which)
    steps_by = executor_of(executor, workers)
    marks = with_timeout(within_run(run_tags(tags)), timeout)
    retries = run_retries(max_retries, retry_strategy, retry_on_asset_or_op_failure, marks)
    if detach:
        refused = {"instance": instance, "resources": resources, "reporter": reporter}
        refuse_objects(
            "materialize", assets, executor, selection=selection, **refused, record=record
        )
        more = {"run_config": config_to_send(run_config), "executor": executor, "workers": workers}
        more |= {"tags": marks, **retry_arguments(retries)}
        return detached(desk or current_desk(), str(assets), options, more)
    given = Given(resources, run_config, record, steps_by, reporter, tags=marks, retries=retries)
    if isinstance(assets, str):
        refuse_for_names("materialize", assets, selection=selection, instance=instance)
        outcome = make(desk or current_desk(), assets, options, given)
    else:
        stored = instance or (desk or current_desk()).instance
        outcome = make_objects(assets, selection, stored, options, given)
    if raise_on_error and outcome.result is not None:
        raise_failure(outcome.result)
    return outcome
