"""What people can ask and do, as Python functions: the same words as the magics and the CLI.

Each function acts at a desk (see :mod:`assetbook.surfaces.desk`), which is found by itself, and
gives back a view: an object that shows itself, in a notebook and as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import overload

from assetbook.definitions.collection import NOUNS
from assetbook.errors import UsageError
from assetbook.execution.executor import Executor
from assetbook.execution.reporter import Reporter
from assetbook.instance.asset_record import SCRATCH
from assetbook.instance.code_difference import code_differences
from assetbook.instance.config_elsewhere import config_to_send
from assetbook.instance.given_versions import WithVersions
from assetbook.instance.instance import Instance
from assetbook.instance.launching import GivenConfig, launched
from assetbook.instance.materializing import (
    MaterializeOutcome,
    Options,
    raise_failure,
)
from assetbook.instance.pool_standing import pools_of
from assetbook.instance.run_logs import in_files_alone
from assetbook.named_arguments import named_arguments
from assetbook.planning.run_retries import RetryStrategy
from assetbook.planning.steps import Plan
from assetbook.storage.version import Version
from assetbook.surfaces.asking import (
    narrowed,
    orphans_at,
    partition_states,
    row_and_version,
    rows_at,
)
from assetbook.surfaces.automation_status import ahead_of, overview_line
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.detaching import detach as detached
from assetbook.surfaces.detaching import refuse_objects
from assetbook.surfaces.display.asset_table import AssetTable
from assetbook.surfaces.display.asset_view import AssetView
from assetbook.surfaces.display.lineage_view import LineageView
from assetbook.surfaces.display.log_view import LogView
from assetbook.surfaces.display.overview_view import Overview
from assetbook.surfaces.display.pool_table import PoolTable
from assetbook.surfaces.display.revision_view import RevisionView
from assetbook.surfaces.display.run_table import RunTable
from assetbook.surfaces.display.run_view import RunView
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.display.why_view import WhyView
from assetbook.surfaces.executor_option import executor_of
from assetbook.surfaces.inside_run import nothing_made, within_run
from assetbook.surfaces.known_jobs import known_jobs
from assetbook.surfaces.last_look import look
from assetbook.surfaces.location_lines import location_lines
from assetbook.surfaces.making import Given, make, make_objects, planned, refuse_for_names
from assetbook.surfaces.naming import row_of, wrong_key
from assetbook.surfaces.partition_options import PartitionsGiven, partitions_asked
from assetbook.surfaces.pin_text import pin_text
from assetbook.surfaces.retry_options import retry_arguments, run_retries
from assetbook.surfaces.rows import AssetRow
from assetbook.surfaces.run_showing import run_of_name, run_view
from assetbook.surfaces.space_notice import warn_of_little_space
from assetbook.surfaces.suggestion import typed
from assetbook.surfaces.tag_option import RunTags, run_tags
from assetbook.surfaces.timeout_option import with_timeout
from assetbook.surfaces.watching import FollowedLog, follow_log, run_named
from assetbook.surfaces.whole_logs import print_whole, refuse_unknown_step, stream_asked

_SOME = 20  # runs that a list has unless told


@named_arguments
def assets(
    selection: str = "", *, checks: bool = False, orphans: bool = False, desk: Desk | None = None
) -> AssetTable:
    """The assets with their states; ``selection`` narrows them (empty: all).

    ``checks`` adds a line for each check; ``orphans`` shows only assets that have versions and
    that nothing defines any more.
    """
    at = desk or current_desk()
    now, rows = orphans_at(at) if orphans else rows_at(at)
    none = "No orphans: every asset that has versions is defined somewhere." if orphans else ""
    if selection and rows:
        rows, none = narrowed(
            now, rows, selection, "assets --orphans" if orphans else "assets", at.instance
        )
    warn_of_little_space(at.instance)
    table = AssetTable(rows, checks=checks, none=none)
    return table if checks or orphans else table.living(at, "assets", selection=selection)


@named_arguments
def show(name: str, *, desk: Desk | None = None) -> AssetView | RunView:
    """One asset: its state and why, schema, metadata, checks, what it reads and who reads it;
    or one version of it (``orders@3``); or one run, by the beginning of its id: its steps, and the
    cells of the notebooks that it ran."""
    at = desk or current_desk()
    run_meant = run_of_name(at, name)
    if run_meant is not None:
        return run_view(at.instance, run_meant).living(at, "run", run=run_meant.id)
    now, row, version = row_and_version(at, name)
    store = at.instance.store_of(version.store if version is not None else None)
    logs = store.logs(version.run_id, version.event.step) if version is not None else []
    run = at.instance.run_of(version) if version is not None else None
    return AssetView(
        row,
        version,
        tuple(now.graph.dag.parents_of(row.key)),
        tuple(now.graph.dag.children_of(row.key)),
        tuple(stored.record for stored in logs),
        origin=run.origin if run is not None else None,
        again=run.reexecution if run is not None else None,
        latest=version if row.key in now.partitions else _latest(at, row),
        partitions=partition_states(at, now, row.key),
    )


def _latest(at: Desk, row: AssetRow) -> Version | None:
    return at.instance.latest_materialization(row.key)


@named_arguments
def lineage(selection: str = "", *, desk: Desk | None = None) -> LineageView:
    """The graph of assets with their states; ``selection`` narrows it (empty: all)."""
    at = desk or current_desk()
    now, rows = rows_at(at)
    none = ""
    if selection and rows:
        rows, none = narrowed(now, rows, selection, "lineage", at.instance)
    chosen = {row.key for row in rows}
    edges = [
        (parent, child)
        for child in now.graph.dag.order
        for parent in now.graph.dag.parents_of(child)
        if child in chosen and parent in chosen
    ]
    return LineageView(rows, tuple(edges), none=none).living(at, "lineage", selection=selection)


@named_arguments
def why(name: str, *, desk: Desk | None = None) -> WhyView:
    """Why an asset is in its state, with the code that changed, old against new; or how it would
    stand with an earlier version (``orders@3``) as its latest."""
    at = desk or current_desk()
    now, row, version = row_and_version(at, name)
    code = now.defined[row.key].code
    differences = code_differences(at.instance, version, code) if code is not None else ()
    latest = version if row.key in now.partitions else _latest(at, row)
    as_if = version is not None and version != latest
    return WhyView(row, version, differences, as_if=as_if)


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


@named_arguments
def runs(limit: int = _SOME, *, desk: Desk | None = None) -> RunTable:
    """The newest runs, newest first."""
    at = desk or current_desk()
    table = RunTable(tuple(at.instance.runs(limit)))
    return table.living(at, "runs") if limit == _SOME else table.living(at, "runs", limit=limit)


@named_arguments
def pools(*, desk: Desk | None = None) -> PoolTable:
    """The pools of steps: how many slots each has, who has them, and who waits."""
    return PoolTable(pools_of((desk or current_desk()).instance))


@named_arguments
def logs(
    run: str = "",
    step: str | None = None,
    *,
    follow: bool = False,
    stdout: bool = False,
    stderr: bool = False,
    log: bool = False,
    desk: Desk | None = None,
) -> LogView | Sentence:
    """What a run printed, logged and displayed; ``run`` is the beginning of its id (empty: the
    newest), ``step`` narrows it to one step.

    ``follow`` prints it as it comes, until the run has ended. Raises KeyboardInterrupt if
    interrupted meanwhile, which leaves the run alone. ``stdout``, ``stderr`` and ``log`` print one
    of the run's log files whole, piece by piece, and give back how much that was. Raises UsageError
    for several of these, SelectionError for a step that the run does not have.
    """
    at = desk or current_desk()
    instance = at.instance
    record = run_named(instance, run)
    whole = stream_asked({"stdout": stdout, "stderr": stderr, "log": log}, follow=follow)
    if whole is not None:
        return print_whole(instance, record, step, whole)
    refuse_unknown_step(instance, record, step)
    if follow:
        follow_log(instance, record, step)
        record = instance.run(record.id)
    events = tuple(stored.event for stored in instance.events(run_id=record.id))
    lines = tuple(stored.record for stored in instance.logs(record.id, step))
    if follow:
        return FollowedLog(record, lines, events, step)
    more = in_files_alone(instance, record.id, lines, step)
    view = LogView(record, lines, events, step, in_files=more)
    return view.living(at, "logs", run=record.id, step=step or "")


@named_arguments
def forget(name: str, *, desk: Desk | None = None) -> Sentence:
    """Drops the definition of an asset, or of a job, schedule or sensor if no asset is called
    so; its versions or runs remain. A sentence that says so.

    A definition that is wrong goes too, and what is remembered of earlier ones. With a function
    that makes several assets all of them go.
    """
    at = desk or current_desk()
    now, rows = rows_at(at)
    if all(name not in (str(k), k.parts[-1]) for k in now.states):
        for noun in NOUNS:
            if name in at.names(noun):
                at.forget_named(noun, name)
                return Sentence(f"the {noun} `{name}` is no longer defined here")
    key = wrong_key(at.wrong(), name) or row_of(rows, name, now.graph).key
    maker = now.graph.makers.get(key)
    at.forget(key)
    gone = maker.keys if maker is not None else (key,)
    names = " and ".join(f"`{each}`" for each in gone)
    said = f"{names} {'is' if len(gone) == 1 else 'are'} no longer defined here"
    kept = [each for each in gone if at.instance.latest_materialization(each) is not None]
    if kept:
        said += f"; `{typed(f'versions {kept[0]}')}` still lists its versions"
    return Sentence(said)


@named_arguments
def overview(*, store: str | None = None, desk: Desk | None = None) -> Overview:
    """The store, the notebook, how many assets are in which state, what ran last, and what ran or
    failed since the last look.

    ``store`` makes another of the project's stores the one that is written and read from now on.
    """
    at = desk or current_desk()
    if store is not None:
        at.use_store(store)
    _, rows = rows_at(at)
    kind, location, _ = at.origin
    last, pinned = tuple(at.instance.runs(5)), pin_text(at.instance, location)
    return Overview(
        at.instance,
        rows,
        last,
        kind,
        location,
        pinned=pinned,
        daemon=overview_line(at.instance),
        ahead=tuple(ahead_of(at.instance, location)),
        unsaved=at.unsaved(),
        locations=() if location is not None else location_lines(at.instance),
        news=look(at.instance),
        jobs=known_jobs(at.instance),
    )
