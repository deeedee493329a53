"""The plan that does an earlier run again, by the definitions as they are now; touches nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from msgspec import structs

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import Recorded
from assetbook.dependencies.freshness import states
from assetbook.dependencies.partition_graph import in_partitions
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import SelectionError, StoreError, did_you_mean
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.wiping import graph_of
from assetbook.instance.as_if_latest import recorded_as
from assetbook.instance.asked import read_elsewhere_by, refuse_unfit
from assetbook.instance.former_runs import EndedStep, FormerRun, how_it_ended, short_name
from assetbook.instance.given_versions import as_given, given_versions
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.new_names import renamed_to
from assetbook.instance.run_requests import versions_again
from assetbook.instance.snapshots import recall_content
from assetbook.instance.states import Standing, manifests_of, pending_checks, standing
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.re_execution import Again, FormerStep, HowEnded, Kind, plan_again
from assetbook.planning.steps import Plan
from assetbook.storage.version import Version


def plan_re_execution(
    instance: Instance, loaded: Loaded, former: FormerRun, kind: Kind, selection: str = ""
) -> tuple[Plan, Standing]:
    """The plan, and how everything stands with what the run was given.

    ``loaded`` has the run's configuration and resources. Raises SelectionError if a step is to run
    that nothing defines now, or if nothing is to be done.
    """
    asked = f"{'resume' if kind == 'resume' else 'retry'} {former.name}"
    whole = loaded.graph
    graph = _in_its_partitions(instance, whole, former)
    now = standing(instance, loaded, graph)
    loaded = structs.replace(loaded, graph=graph or whole)
    given = given_versions(
        instance, loaded.graph, versions_again(former.started), force=former.request.force
    )
    if given:
        now = as_given(instance, now, given)
    now = _with_made(instance, now, given, former)
    steps = _steps_now(loaded, whole, instance, former, kind, asked)
    again = Again(
        former.record.asked,
        kind,
        steps,
        former.name,
        _chosen(whole, steps, selection, asked) if kind == "selection" else frozenset(),
        former.request.force,
        _changed(instance, now, former),
        {key: each.name for key, each in given.items()},
    )
    plan = plan_again(loaded.graph, now.states, again, now.pending_checks)
    plan = replace(plan, elsewhere=read_elsewhere_by(plan, loaded, now))
    refuse_unfit(instance, loaded, plan, now)
    if not plan.steps and kind == "from_failure":
        raise SelectionError(
            f"{asked} --from-failure", "nothing failed in it", f"All once more: `%{asked}`."
        )
    return plan, now


def _in_its_partitions(
    instance: Instance, graph: AssetGraph, former: FormerRun
) -> AssetGraph | None:
    """The graph of the partitions that the run was about; None if it was about none."""
    partitions = former.request.partitions
    wanted: dict[AssetKey, dict[str, None]] = {key: {} for key in graph.specs}
    for name, keys in partitions.items():
        for key in _assets_of(graph, name):
            wanted[key] |= dict.fromkeys(keys)
    if not partitions:
        return None
    known = instance.known_partitions()
    return in_partitions(graph, {key: tuple(each) for key, each in wanted.items()}, known)


def _assets_of(graph: AssetGraph, step: str) -> list[AssetKey]:
    """The assets with partitions that the step of that name makes or checks."""
    base, _, rest = step.partition("[")
    _, _, check = rest.partition("]:")
    every = [key for key, maker in graph.makers.items() if base in (str(key), maker.name)]
    if not every and not check:
        nodes = (node for key in graph.checks for node in graph.check_nodes(key))
        every = [node.spec.asset_key for node in nodes if node.step_name == base]
    return [key for key in every if graph.specs[key].partitions_def is not None]


def _with_made(
    instance: Instance,
    now: Standing,
    given: Mapping[AssetKey, Version],
    former: FormerRun,
) -> Standing:
    """``now`` as it stands for the run: what it made counts, also what never is the latest."""
    apart: dict[AssetKey, Recorded] = {
        key: recorded_as(instance, _version_of(instance, key, event))
        for key, event in former.made.items()
        if event.overridden
    }
    if not apart:
        return now
    recorded = {**now.recorded, **apart}
    found = states(
        now.graph.order,
        now.defined,
        recorded,
        instance.clock.now(),
        manifests_of(instance),
        given={key: now.states[key] for key in given},
    )
    pending = pending_checks(recorded, now.check_codes)
    return structs.replace(now, recorded=recorded, states=found, pending_checks=pending)


def _version_of(instance: Instance, key: AssetKey, event: AssetMaterialized) -> Version:
    return next(
        each
        for each in instance.own.versions(key.asset)
        if each.run_id == event.run_id and each.partition == event.partition
    )


def _step_name(graph: AssetGraph, key: AssetKey) -> str:
    maker = graph.makers[key]
    return str(key.asset) if len(maker.outputs) == 1 else maker.name


def _in_partition(name: str, key: AssetKey) -> str:
    return name if key.partition is None else f"{name}[{key.partition}]"


def _steps_now(
    loaded: Loaded,
    whole: AssetGraph,
    instance: Instance,
    former: FormerRun,
    kind: Kind,
    asked: str,
) -> list[FormerStep]:
    """The run's steps by the assets and checks that they stand for now; ``whole`` is the graph
    without partitions."""
    graph = loaded.graph
    makes: dict[str, tuple[AssetKey, ...]] = {}
    for key in graph.makers:
        if key.partition is None:
            name = _step_name(graph, key)
            makes[name] = (*makes.get(name, ()), key)
    makes |= {str(key): (key,) for key in graph.order if graph.source(key) is not None}
    checks: dict[str, list[CheckKey]] = {}
    for node in (node for key in graph.checks for node in graph.check_nodes(key)):
        if node.own_step:
            checks.setdefault(node.step_name, []).append(node.key)
    for name in former.request.partitions.keys() - checks.keys():
        partitions = former.request.partitions[name]
        nodes = [key.at(each) for key in _assets_of(whole, name) for each in partitions]
        makes[name] = tuple(node for node in nodes if node in graph.makers)
    found: list[FormerStep] = []
    for name, step in steps_by_asset(graph, former).items():
        about = step.ended, short_name(step.run), how_it_ended(step.run)
        if name in makes:
            subset = [AssetKey.from_text(text) for text in former.request.subsets.get(name, ())]
            keys = tuple(key for key in makes[name] if not subset or key.asset in subset)
            found.append(FormerStep(name, keys, *about))
        elif name in checks:
            found += [FormerStep(name, (key.asset_key,), *about, key) for key in checks[name]]
        elif kind == "all" or (kind != "selection" and step.is_left):
            raise _undefined(loaded, instance, name, asked)
    return found


def steps_by_asset(graph: AssetGraph, former: FormerRun) -> dict[str, EndedStep]:
    """How the steps ended, with one in the place of the ops of each asset that a graph makes.

    Such an asset is done once it is made: then its ops are, and else all of them run again.
    """
    of_graph = {
        _in_partition(maker.name, key): (key, maker)
        for key, maker in graph.makers.items()
        if maker.graph
    }
    functions = {_step_name(graph, key) for key, each in graph.makers.items() if not each.graph}
    found: dict[str, EndedStep] = {}
    for name, step in former.steps.items():
        made_by = graph_of(name)
        if name in functions or made_by not in of_graph:
            found[name] = step
            continue
        key, maker = of_graph[made_by]
        whole = _in_partition(_step_name(graph, key), key)
        if all(each.at(key.partition) in former.made for each in maker.keys):
            step = structs.replace(step, ended="done")
        elif step.ended == "done":  # an op alone makes nothing that is kept
            step = structs.replace(step, ended="begun")
        before = found.get(whole)
        if before is None or _WORST.index(step.ended) < _WORST.index(before.ended):
            found[whole] = step
    return found


_WORST: Final[tuple[HowEnded, ...]] = (
    "failed",
    "canceled",
    "begun",
    "upstream_failed",
    "unreached",
    "skipped",
    "done",
)


def _undefined(loaded: Loaded, instance: Instance, name: str, asked: str) -> SelectionError:
    """For a step that is to run and that nothing defines now."""
    key = AssetKey.from_user_string(name)
    if key in loaded.graph.remembered and key not in loaded.ended:
        where = loaded.elsewhere.get(key)
        if where is not None:
            return SelectionError(asked, f"`{name}` is defined in {where}", "Run it there.")
        return SelectionError(
            asked, f"the cell that defines `{name}` has not run in this kernel", "Run that cell."
        )
    new = renamed_to(instance.store, name)
    if new is not None:
        return SelectionError(
            asked, f"its step `{name}` is called `{new}` by now", f"`%materialize {new}` makes it."
        )
    near = did_you_mean(name, map(str, loaded.graph.makers))
    return SelectionError(
        asked,
        f"`{name}` was a step of it, and nothing defines it now",
        f"Define it again, or select other steps: `%{asked} NAME`. {near}".rstrip(),
    )


def _chosen(
    graph: AssetGraph, steps: Collection[FormerStep], selection: str, asked: str
) -> frozenset[AssetKey]:
    """The assets of the run that are selected; raises SelectionError if there are none."""
    facts = SelectionGraph(graph.dag, graph.facts())
    own = {key for step in steps for key in step.keys}
    assets = AssetSelection.from_string(selection).resolve(facts)
    chosen = {key for key in own if key.asset in assets}
    if not chosen:
        made = {key.asset for key in own}
        names = ", ".join(f"`{key}`" for key in graph.order if key in made)
        raise SelectionError(
            f"{asked} {selection}", "it selects none of that run's assets", f"There are: {names}."
        )
    return frozenset(chosen)


def _changed(
    instance: Instance, now: Standing, former: FormerRun
) -> frozenset[AssetKey | CheckKey]:
    """What has other code than it had in the run; what it had is not known of all."""
    was: dict[AssetKey | CheckKey, str | None] = {}
    nodes: dict[AssetKey, list[AssetKey]] = {}
    for node in now.defined:
        nodes.setdefault(node.asset, []).append(node)
    try:
        records = recall_content(instance, former.started.snapshot or "")
    except StoreError:  # it was of no location, or was let go
        records = ()
    for record in records:
        key = AssetKey.from_text(record.key)
        for node in nodes.get(key, (key,)):
            was[node] = record.code
            was.update({CheckKey(node, each.name): each.code for each in record.check_records})
    was.update({key: event.code.digest for key, event in former.made.items()})
    codes: dict[AssetKey | CheckKey, str | None] = dict(now.check_codes.items())
    for key, defined in now.defined.items():
        codes[key] = defined.code.digest if defined.code is not None else None
    return frozenset(
        key
        for key, digest in was.items()
        if digest is not None and codes.get(key) not in (digest, None)
    )
