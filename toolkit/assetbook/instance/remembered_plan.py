"""What would run, by snapshots alone: no location is loaded for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState
from assetbook.dependencies.selection import SelectionGraph
from assetbook.errors import SelectionError
from assetbook.instance.asked import Options, Selected, failed_partitions, request_for
from assetbook.instance.asset_record import Snapshot
from assetbook.instance.given_versions import as_given, given_versions
from assetbook.instance.instance import Instance
from assetbook.instance.partitions_asked import Meant, PartitionsAsked, meant
from assetbook.instance.remembered import remembered_standing, standing_of
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.planning.planner import Request, make_plan
from assetbook.planning.steps import Plan


def plan_remembered(
    instance: Instance, asked: Selected, options: Options, location: str | None = None
) -> tuple[Plan, Standing, dict[AssetKey, Snapshot]]:
    """The plan for a selection, how everything stands, and the snapshot that each asset is from.

    Only what ``location`` defines is made; without it, what any location defines. Raises
    SelectionError if nothing is selected.
    """
    now, snapshots = remembered_standing(instance)
    graph = _made_by(now.graph, snapshots, location)
    request = request_for(SelectionGraph(graph.dag, graph.facts()), asked, options)
    targets = tuple(key for key in request.targets if key in graph.makers)
    if not targets:
        none = "nothing that it selects is made " + (f"by {location}" if location else "anywhere")
        raise SelectionError(f"the selection `{request.asked}`", none, "See `%assets`.")
    request = replace(request, targets=targets)
    asked_for = meant_remembered(instance, graph, request, options.partitions)
    if asked_for.graph.in_partitions:
        graph, request = asked_for.graph, asked_for.request
        now = standing_of(instance, graph)
    if options.with_versions:
        given = given_versions(instance, graph, options.with_versions, force=options.force)
        now = as_given(instance, now, given)
        names = {key: version.name for key, version in given.items()}
        request = replace(request, given=names)
    plan = make_plan(graph, now.states, request, now.pending_checks)
    return replace(plan, left=(*plan.left, *asked_for.left)), now, snapshots


def meant_remembered(
    instance: Instance, graph: AssetGraph, request: Request, asked: PartitionsAsked
) -> Meant:
    """What a request means once its partitions are known, by what the store remembers."""

    def states(nodes: AssetGraph) -> Mapping[AssetKey, AssetState]:
        return standing_of(instance, nodes).states

    known = instance.known_partitions()
    return meant(graph, request, asked, known, states, partial(failed_partitions, instance))


def _made_by(
    graph: AssetGraph, snapshots: dict[AssetKey, Snapshot], location: str | None
) -> AssetGraph:
    if location is None:
        return graph
    own = {key for key, snapshot in snapshots.items() if snapshot.location == location}
    return replace(
        graph,
        makers={key: maker for key, maker in graph.makers.items() if key in own},
        checks={key: nodes for key, nodes in graph.checks.items() if key in own},
    )
