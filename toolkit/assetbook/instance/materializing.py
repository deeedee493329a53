"""Running a plan and recording it, for a notebook's assets and for definitions given as objects."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal

from assetbook.dependencies.freshness import nothing_made
from assetbook.dependencies.selection import SelectionGraph
from assetbook.events.records import Origin
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.executor import Executor
from assetbook.execution.recording import add_texts
from assetbook.execution.reporter import Reporter, Silent
from assetbook.execution.runner import RunResult, run
from assetbook.execution.untracked import Untracked
from assetbook.instance.asked import Options, plan_for, request_for
from assetbook.instance.instance import Instance
from assetbook.instance.launching import GivenConfig, launched
from assetbook.instance.loaded import Loaded, load
from assetbook.instance.outcome import MaterializeOutcome, raise_failure
from assetbook.instance.ownership import refuse_case_clash
from assetbook.instance.run_sources import NO_SOURCES, RunSources
from assetbook.instance.states import Standing
from assetbook.planning.planner import make_plan
from assetbook.planning.steps import Plan

__all__ = [
    "MaterializeOutcome",
    "Options",
    "OriginKind",
    "execute",
    "materialize_definitions",
    "materialize_to_memory",
    "origin_of",
    "plan_for",
    "raise_failure",
    "request_for",
]
OriginKind = Literal["session", "cli", "python", "schedule", "ci", "test", "reported"]


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
) -> RunResult:
    """Runs the plan and records it.

    ``sources`` are what its record names. Its steps run by ``executor``, else by the definitions'
    own, else on this thread.
    """
    others = map(instance.others.folder, instance.others)
    ignored = [instance.values.root.parent, *instance.values.folders, *others]
    texts: dict[str, str] = {}
    codes = [now.defined[key].code for step in plan for key in step.keys if key in now.defined]
    manifests = {code.digest: add_texts(code, texts) for code in codes if code is not None}
    instance.store.put_texts(texts)  # all in one commit, with the run's start
    environment = RunEnvironment(
        graph=loaded.graph,
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
        manifests=manifests,
        unwatched=tuple(ignored),
        snapshot=sources.snapshot,
        bundle=sources.bundle,
        others=instance.others.values_of,
    )
    return run(plan, environment, executor or loaded.executor)


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
) -> MaterializeOutcome:
    """Materializes definitions given as objects.

    ``resources`` override the definitions' own; then nothing becomes the latest state unless
    ``record``. ``run_config`` (by definition's name, or a RunConfig) is laid over theirs; what it
    makes is the latest, and stale as long as the definitions say otherwise. With
    ``raise_on_error`` the author's own exception is raised again.
    """
    loading = partial(_loading, assets, instance)
    loaded, config = launched(loading, resources, run_config)
    asked = selection or "*"
    plan, now = plan_for(instance, loaded, asked, options)
    if plan.all_fresh:
        return MaterializeOutcome(None, plan, instance, loaded.resources)
    overridden = bool(options.with_versions) or (bool(loaded.replaced) and not record)
    result = execute(
        plan,
        instance,
        loaded,
        now,
        origin=origin_of("python"),
        reporter=reporter,
        force=options.force,
        config=config,
        overridden=overridden,
        executor=executor,
    )
    if raise_on_error:
        raise_failure(result)
    return MaterializeOutcome(result, plan, instance, loaded.resources)


def _loading(assets: object, instance: Instance, replacing: Mapping[str, object] | None) -> Loaded:
    return load(assets, instance, replacing=replacing)


def materialize_to_memory(
    assets: object,
    *,
    selection: str | Sequence[str] | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: GivenConfig = None,
    raise_on_error: bool = True,
) -> MaterializeOutcome:
    """Materializes definitions with every value kept in memory; nothing is stored."""
    from assetbook.storage.memory_store import MemoryStore

    instance = Instance.ephemeral()
    loaded, config = launched(partial(_loading, assets, instance), resources, run_config)
    facts = SelectionGraph(loaded.graph.dag, loaded.graph.facts())
    asked = selection or "*"
    request = request_for(facts, asked, Options(force=True))
    plan = make_plan(loaded.graph, nothing_made(loaded.graph.specs), request)
    refuse_case_clash(loaded.graph.makers, ())
    environment = RunEnvironment(
        graph=loaded.graph,
        store=MemoryStore(clock=instance.clock),
        values=None,
        clock=instance.clock,
        origin=origin_of("python"),
        reporter=Silent(),
        provenance=Untracked(),
        where=loaded.where,
        resources=loaded.resources(),
        config=config,
    )
    result = run(plan, environment)
    if raise_on_error:
        raise_failure(result)
    return MaterializeOutcome(result, plan, instance, loaded.resources)
