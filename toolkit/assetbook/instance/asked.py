"""From what a person asked for, as typed, to a plan; what cannot be meant is refused here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
from msgspec import structs

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import ConfigError, DefinitionError, SelectionError, did_you_mean
from assetbook.instance.checks_asked import checks_asked
from assetbook.instance.given_versions import WithVersions, as_given, given_versions
from assetbook.instance.graph_asset_config import refuse_unfit_graph
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.ownership import refuse_case_clash, refuse_owned_elsewhere
from assetbook.instance.partitions_asked import NOTHING_ASKED, Meant, PartitionsAsked, meant
from assetbook.instance.states import Standing, standing
from assetbook.keys import AssetKey
from assetbook.planning.check_plan import plan_checks
from assetbook.planning.observation_plan import observation_plan
from assetbook.planning.planner import Request, make_plan, readers_of
from assetbook.planning.steps import Plan
from assetbook.storage.version import Version


class Options(msgspec.Struct, frozen=True):
    """What may be said beside a selection; see :class:`assetbook.planning.planner.Request`."""

    force: bool = False
    only: bool = False
    unknown: bool = False
    sources: bool = False
    take_over: bool = False
    """Whether assets that belong to another notebook may be made here."""
    with_versions: WithVersions = ()
    """Versions to read in the place of the latest ones; what reads them never is the latest."""
    as_planned: bool = False
    """Whether the selection is part of a plan, so that to be named is no reason to run."""
    observe: bool = False
    """Look at the selected sources, and make nothing."""
    partitions: PartitionsAsked = NOTHING_ASKED
    """Which partitions are meant of what has some."""
    checks: Sequence[str] = ()
    """Checks, as ``orders:has_rows``, that run alone on the versions that are there; empty to make
    what is selected, with all its checks."""
    heed_checks: bool = False
    """Whether blocking checks stop what follows, though ``force`` is given."""


Selected = str | Sequence[str]
"""A selection as typed, or several that are joined by *or*."""


def request_for(graph_facts: SelectionGraph, asked: Selected, options: Options) -> Request:
    """What ``asked`` (a selection as typed) means; raises SelectionError if it cannot be read."""
    selection = AssetSelection.from_string(asked)
    text = asked if isinstance(asked, str) else " or ".join(asked)
    reach = selection.resolve(graph_facts)
    every = options.force or options.only or options.checks
    tips = reach if every else selection.tips().resolve(graph_facts)
    order = graph_facts.dag.order
    targets = tuple(key for key in order if key in tips)
    if not targets:
        raise SelectionError(f"the selection `{text}`", "it selects no asset", "See `%assets`.")
    return Request(
        text,
        targets,
        frozenset() if options.as_planned else frozenset(selection.named(graph_facts)),
        options.force,
        options.only,
        options.unknown,
        options.sources,
    )


def plan_for(
    instance: Instance, loaded: Loaded, asked: Selected, options: Options
) -> tuple[Plan, Standing]:
    """The plan for a selection, and how everything stands; touches nothing."""
    facts = SelectionGraph(loaded.graph.dag, loaded.graph.facts(), loaded.graph.check_names())
    loaded.refuse_wrong(asked if isinstance(asked, str) else " ".join(asked))
    if options.observe:
        return _observing(loaded, facts, asked), standing(instance, loaded)
    if not options.checks:
        said = checks_asked(_text(asked), facts)
        asked, options = said.selection, structs.replace(options, checks=said.alone)
        request = replace(request_for(facts, asked, options), checks=said.beside)
    else:
        request = request_for(facts, asked, options)
    _refuse_not_run(loaded, request.targets)
    if not options.checks:
        _refuse_external(loaded, request)
    asked_for = _in_partitions(instance, loaded, request, options.partitions)
    now = standing(instance, loaded, asked_for.graph)
    request, loaded = asked_for.request, structs.replace(loaded, graph=asked_for.graph)
    if options.checks:
        plan = plan_checks(loaded.graph, now.states, request.targets, options.checks)
        return replace(plan, elsewhere=read_elsewhere_by(plan, loaded, now)), now
    if options.with_versions:
        given = given_versions(instance, loaded.graph, options.with_versions, force=options.force)
        now = as_given(instance, now, given)
        request = _with(request, loaded, given)
    plan = make_plan(loaded.graph, now.states, request, now.pending_checks)
    elsewhere = read_elsewhere_by(plan, loaded, now)
    plan = replace(plan, elsewhere=elsewhere, left=(*plan.left, *asked_for.left))
    _refuse_making_given(plan, request)
    refuse_unfit(instance, loaded, plan, now, take_over=options.take_over)
    return plan, now


def _text(asked: Selected) -> str:
    return asked if isinstance(asked, str) else " or ".join(f"({each})" for each in asked)


def _in_partitions(
    instance: Instance, loaded: Loaded, request: Request, asked: PartitionsAsked
) -> Meant:
    def states(graph: AssetGraph) -> Mapping[AssetKey, AssetState]:
        return standing(instance, loaded, graph).states

    known = instance.known_partitions()
    failed = partial(failed_partitions, instance)
    return meant(loaded.graph, request, asked, known, states, failed)


def failed_partitions(instance: Instance, key: AssetKey) -> frozenset[str]:
    """The partitions of an asset that failed when they were last tried."""
    found = instance.store.failed_partitions([key]).get(key, {})
    return frozenset(each for each in found if each is not None)


def _observing(loaded: Loaded, facts: SelectionGraph, asked: Selected) -> Plan:
    selection = AssetSelection.from_string(asked, include_sources=True)
    text = asked if isinstance(asked, str) else " or ".join(asked)
    return observation_plan(loaded.graph, text, selection.resolve(facts))


def refuse_unfit(
    instance: Instance, loaded: Loaded, plan: Plan, now: Standing, *, take_over: bool = False
) -> None:
    """Raises an error for a plan that must not run here: code of it reads an asset's name as a
    global, two keys share a folder, or, unless ``take_over``, an asset is another location's."""
    _refuse_hidden_inputs(plan, now)
    made = [key for step in plan if step.kind == "asset" for key in step.assets]
    refuse_case_clash(made, now.recorded)
    if not take_over:
        refuse_owned_elsewhere(instance, loaded.location, made)


def read_elsewhere_by(plan: Plan, loaded: Loaded, now: Standing) -> dict[AssetKey, str]:
    """The versions of other stores that the plan's steps read, or that it was asked for."""
    made = {key for step in plan if step.kind == "asset" for key in step.keys}
    read = {key for step in plan for key in (*step.inputs, *step.keys)}
    return {
        key: record.name
        for key in loaded.graph.order
        if key in read.union(plan.targets) and key not in made
        if (record := now.recorded.get(key)) is not None and record.store is not None
    }


def _with(request: Request, loaded: Loaded, given: Mapping[AssetKey, Version]) -> Request:
    """The request with the versions to read; raises SelectionError for one that nothing reads."""
    named = " ".join(f"--with {key}@{version.name}" for key, version in given.items())
    names = {key: version.name for key, version in given.items()}
    request = replace(request, asked=f"{request.asked} {named}", given=names)
    readers = readers_of(loaded.graph, request)
    read = {each for key in request.targets for each in readers.get(key, ())}
    for key in given:
        if key not in read:
            raise SelectionError(
                f"materialize {request.asked}",
                f"nothing that it makes reads `{key}`",
                "Leave that version out, or name what reads it.",
            )
    return request


def _refuse_making_given(plan: Plan, request: Request) -> None:
    """Raises SelectionError if a given version is of an asset that the plan would make anew."""
    for step in plan:
        for key in step.keys if step.kind == "asset" else ():
            if key in request.given:
                raise SelectionError(
                    f"materialize {request.asked}",
                    f"`{key}` is made together with other assets of `{step.name}`, which must run",
                    f"Run `%materialize {step.name}` first.",
                )


def _refuse_hidden_inputs(plan: Plan, now: Standing) -> None:
    """Raises DefinitionError if code of the plan reads an asset's name as a global.

    It would get the definition, not the value, and no lineage would show that it does.
    """
    for step in plan:
        code = now.defined[step.keys[0]].code if step.kind == "asset" else None
        if code is not None and code.reads_assets:
            name, reader = code.reads_assets[0]
            raise DefinitionError(
                f"`{step.name}`",
                f"{reader} reads the asset `{name}` as a global",
                f"Pass `{name}` as an argument, so that it is an input.",
            )


def _refuse_not_run(loaded: Loaded, targets: Sequence[AssetKey]) -> None:
    if targets and all(key in loaded.graph.remembered for key in targets):
        names = ", ".join(f"`{key}`" for key in targets[:3])
        if location := loaded.elsewhere.get(targets[0]):
            raise SelectionError(
                f"materialize {names}", f"{location} defines it", "Materialize it there."
            )
        raise SelectionError(
            f"materialize {names}",
            "the cell that defines it has not run in this kernel",
            "Run that cell; its stored value can be read meanwhile.",
        )


def _refuse_external(loaded: Loaded, request: Request) -> None:
    graph = loaded.graph
    if any(key in graph.makers or key not in request.named for key in request.targets):
        return
    names = ", ".join(f"`{key}`" for key in request.targets[:3])
    if sources := [key for key in request.targets if graph.source(key) is not None]:
        raise SelectionError(
            f"materialize {names}",
            "it is made elsewhere, and only looked at here",
            f"Run `%observe {sources[0]}`.",
        )
    raise SelectionError(
        f"materialize {names}",
        "it is external: nothing here makes it",
        "Tell what happened to it by instance.report_runless_asset_event(...).",
    )


def configurable(loaded: Loaded) -> dict[str, Any]:
    """The definitions of assets, sources and checks, by name."""
    known: dict[str, Any] = {maker.name: maker for maker in loaded.graph.makers.values()}
    sources = (loaded.graph.source(key) for key in loaded.graph.specs)
    known.update({source.name: source for source in sources if source is not None})
    for nodes in loaded.graph.checks.values():
        known.update({node.definition.name: node.definition for node in nodes})
    return known


def check_run_config(loaded: Loaded, config: Mapping[str, object] | None) -> None:
    """Raises ConfigError if ``config`` is for a definition that there is not, or does not fit."""
    if not config:
        return
    known = configurable(loaded)
    for name, given in config.items():
        if name not in known:
            raise ConfigError(
                f"run_config[{name!r}]",
                "no definition is called so",
                did_you_mean(name, known) or f"There are: {', '.join(sorted(known))}.",
            )
        _refuse_unfit(known[name], given)


def _refuse_unfit(definition: Any, given: object) -> None:
    if getattr(definition, "graph", None) is not None:
        refuse_unfit_graph(definition, given)
        return
    if definition.config_type is None:
        raise ConfigError(
            f"run_config[{definition.name!r}]",
            f"`{definition.name}` takes no configuration",
            "Give its function a parameter `config`, annotated with a Config class.",
        )
    from assetbook.definitions.overlay import overlaid

    own = getattr(definition, "config", None)
    overlaid(definition.config_type, own, given, where=f"the config of `{definition.name}`")
