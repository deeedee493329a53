"""Running a plan and recording it, for a notebook's assets and for definitions given as objects."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec import structs

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.dependencies.freshness import nothing_made
from assetbook.dependencies.selection import SelectionGraph
from assetbook.events.parts import Origin, OriginKind, Reexecution, RunRequest
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.executor import Executor
from assetbook.execution.recording import add_texts
from assetbook.execution.reporter import Reporter, Silent
from assetbook.execution.run_result import RunResult
from assetbook.execution.runner import run
from assetbook.execution.untracked import Untracked
from assetbook.instance.asked import Options, plan_for, request_for
from assetbook.instance.asset_job_loading import loading_for
from assetbook.instance.instance import Instance
from assetbook.instance.launching import GivenConfig, launched
from assetbook.instance.loaded import Loaded, load_replacing
from assetbook.instance.ops_given import ops_of_graphs
from assetbook.instance.outcome import MaterializeOutcome, raise_failure
from assetbook.instance.ownership import refuse_case_clash
from assetbook.instance.partition_tags import partition_tags
from assetbook.instance.partitions_asked import PartitionsAsked, meant
from assetbook.instance.resources_asked import refuse_missing_resources
from assetbook.instance.run_requests import (
    RunGiven,
    for_plan,
    is_overridden,
    or_none,
    request_of,
)
from assetbook.instance.run_series import AssetSeries, Planned, Replan, asset_series
from assetbook.instance.run_sources import NO_SOURCES, RunSources
from assetbook.instance.states import Standing
from assetbook.keys import RunId
from assetbook.named_arguments import named_arguments
from assetbook.planning.graph_asset_plan import with_ops
from assetbook.planning.planner import make_plan
from assetbook.planning.run_retries import NO_RETRIES, RunRetries
from assetbook.planning.steps import Plan

__all__ = [
    "MaterializeOutcome",
    "Options",
    "execute",
    "materialize_definitions",
    "materialize_to_memory",
    "origin_of",
    "plan_for",
    "raise_failure",
    "request_for",
]


def execute(
    plan: Plan,
    instance: Instance,
    loaded: Loaded,
    now: Standing,
    *,
    origin: Origin,
    reporter: Reporter | None = None,
    force: bool = False,
    config: Mapping[str, object] | None = None,
    overridden: bool = False,
    sources: RunSources = NO_SOURCES,
    executor: Executor | None = None,
    run_id: RunId | None = None,
    tags: Mapping[str, str] | None = None,
    replan: Callable[[], tuple[Plan, Standing]] | None = None,
    request: RunRequest | None = None,
    reexecution: Reexecution | None = None,
) -> RunResult:
    """Runs the plan and records it, under ``run_id`` if that is given.

    ``sources`` are what its record names, ``tags`` what it is marked with. Its steps run by
    ``executor``, else by the definitions' own, else on this thread. If it has to wait for its turn,
    ``replan`` says what there is to do then. ``request`` is what it was given beside its selection,
    ``reexecution`` the run that it does again.
    """
    others = map(instance.others.folder, instance.others)
    ignored = [instance.values.root.parent, *instance.values.folders, *others]
    whole = with_ops(plan, now.graph)
    environment = RunEnvironment(
        graph=now.graph,
        store=instance.store,
        values=instance.values,
        clock=instance.clock,
        origin=origin,
        reporter=reporter or Silent(),
        provenance=loaded.provenance,
        where=loaded.where,
        resources=loaded.resources(),
        states=now.states,
        recorded=now.recorded,
        config=config or {},
        force=force,
        overridden=overridden,
        manifests=_manifests(plan, now, instance),
        unwatched=tuple(ignored),
        snapshot=sources.snapshot,
        bundle=sources.bundle,
        run_id=run_id,
        limits=instance.limits,
        tags={**partition_tags(now.graph, plan), **(tags or {})},
        steps=loaded.steps,
        others=instance.others.values_of,
        ops=ops_of_graphs(now.graph, whole, config or {}),
        op_files=instance.op_files,
        log_files=instance.log_files,
        notebook_files=instance.notebook_files,
        log_level=instance.log_settings.level,
        loggers=loaded.run_loggers,
        request=request,
        reexecution=reexecution,
    )

    refuse_missing_resources(whole, environment)

    def planned_anew() -> tuple[Plan, RunEnvironment]:
        later, then = replan() if replan is not None else (plan, now)
        manifests = _manifests(later, then, instance)
        later = with_ops(later, then.graph)
        ops = ops_of_graphs(then.graph, later, config or {})
        return later, structs.replace(
            environment,
            graph=then.graph,
            states=then.states,
            recorded=then.recorded,
            manifests=manifests,
            ops=ops,
        )

    return run(whole, environment, executor or loaded.executor, planned_anew)


def _manifests(plan: Plan, now: Standing, instance: Instance) -> dict[str, str]:
    """The digests of the manifests of what runs, whose texts are stored with the run's start."""
    texts: dict[str, str] = {}
    codes = [now.defined[key].code for step in plan for key in step.keys if key in now.defined]
    manifests = {code.digest: add_texts(code, texts) for code in codes if code is not None}
    instance.store.put_texts(texts)  # all in one commit
    return manifests


def origin_of(
    kind: OriginKind,
    notebook: str | None = None,
    cell: str | None = None,
    parity: Mapping[str, str] | None = None,
) -> Origin:
    """Who asks, from this computer; ``parity`` is what a load was found to be, by asset."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ""
    host = os.uname().nodename
    found = dict(parity or {})
    return Origin(kind=kind, user=user, host=host, notebook=notebook, cell=cell, parity=found)


_PLAIN = Options()


def materialize_definitions(
    assets: object,
    *,
    instance: Instance,
    selection: str | Sequence[str] | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: GivenConfig = None,
    raise_on_error: bool = True,
    options: Options = _PLAIN,
    reporter: Reporter | None = None,
    record: bool = False,
    executor: Executor | None = None,
    tags: Mapping[str, str] | None = None,
    retries: RunRetries = NO_RETRIES,
    job: UnresolvedAssetJobDefinition | None = None,
) -> MaterializeOutcome:
    """Materializes definitions given as objects.

    ``resources`` override the definitions' own; then nothing becomes the latest state unless
    ``record``. ``run_config`` (by definition's name, or a RunConfig) is laid over theirs; what it
    makes is the latest, and stale as long as the definitions say otherwise. With
    ``raise_on_error`` the author's own exception is raised again. ``retries`` says whether a failed
    run is run again. ``job`` is the one that is run, if any.
    """
    __tracebackhide__ = True
    loading = loading_for(job, partial(load_replacing, assets, instance))
    loaded, config = launched(loading, resources, run_config)
    asked = selection or "*"
    plan, now = plan_for(instance, loaded, asked, options)
    if plan.all_fresh:
        return MaterializeOutcome(None, plan, instance, loaded.resources)
    given = RunGiven(
        {*(resources or ()), *config.resources},
        config.definitions or None,
        record,
        executor,
        retries,
        tags or {},
        options.heed_checks,
        job.name if job is not None else "",
    )
    request = request_of(instance, loaded, options, given)
    series = definitions_series(instance, loaded, request, given, reporter)
    results = series.run((plan, now), replan=lambda: plan_for(instance, loaded, asked, options))
    if raise_on_error:
        raise_failure(results[-1])
    return MaterializeOutcome(results[-1], plan, instance, loaded.resources, results[:-1])


def definitions_series(
    instance: Instance,
    loaded: Loaded,
    request: RunRequest,
    given: RunGiven,
    reporter: Reporter | None,
) -> AssetSeries:
    """The runs of definitions given as objects that ``request`` is about."""

    def start(
        run_id: RunId, planned: Planned, replan: Replan, again: Reexecution | None
    ) -> RunResult:
        plan, now = planned
        return execute(
            plan,
            instance,
            loaded,
            now,
            origin=origin_of("python"),
            reporter=reporter,
            force=request.force and not given.heed_checks,
            config=given.config,
            overridden=is_overridden(plan, loaded, request),
            executor=given.executor,
            run_id=run_id,
            tags=given.tags,
            replan=replan,
            request=or_none(for_plan(request, plan, now.graph)),
            reexecution=again,
        )

    return asset_series(instance, loaded, request, start)


@named_arguments
def materialize_to_memory(
    assets: object,
    *,
    selection: str | Sequence[str] | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: GivenConfig = None,
    raise_on_error: bool = True,
    partition: str | None = None,
    known: KnownKeys | None = None,
) -> MaterializeOutcome:
    """Materializes definitions with every value kept in memory; nothing is stored.

    ``partition`` is made of what has partitions, with what it is made of; ``known`` tells which
    there are, None for those of this time. Raises SelectionError for one that there is not.
    """
    __tracebackhide__ = True
    from assetbook.storage.memory_store import MemoryStore

    instance = Instance.ephemeral()
    loaded, config = launched(partial(load_replacing, assets, instance), resources, run_config)
    facts = SelectionGraph(loaded.graph.dag, loaded.graph.facts())
    asked = selection or "*"
    request = request_for(facts, asked, Options(force=True))
    in_parts = meant(
        loaded.graph,
        request,
        PartitionsAsked(partition or ""),
        known or instance.known_partitions(),
        lambda graph: nothing_made(graph.specs),
        lambda key: frozenset(),
    )
    graph = in_parts.graph
    plan = with_ops(make_plan(graph, nothing_made(graph.specs), in_parts.request), graph)
    refuse_case_clash(loaded.graph.makers, ())
    environment = RunEnvironment(
        graph=graph,
        store=MemoryStore(clock=instance.clock),
        values=None,
        clock=instance.clock,
        origin=origin_of("python"),
        reporter=Silent(),
        provenance=Untracked(),
        where=loaded.where,
        resources=loaded.resources(),
        config=config.definitions,
        ops=ops_of_graphs(graph, plan, config.definitions),
        loggers=loaded.run_loggers,
        tags=partition_tags(graph, plan),
    )
    refuse_missing_resources(plan, environment)
    result = run(plan, environment)
    if raise_on_error:
        raise_failure(result)
    return MaterializeOutcome(result, plan, instance, loaded.resources)
