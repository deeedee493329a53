"""What automations asked for and no run shows yet: to conditions it is on its way."""

from __future__ import annotations

from collections.abc import Mapping

from assetbook.automation.launches import Launch
from assetbook.definitions.automation.entity import WHOLE, AssetJobKey, Entity, Subset
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.instance.instance import Instance


def waiting_requests(
    instance: Instance, graph: AssetGraph, location: str
) -> Mapping[Entity, Subset]:
    """By asset, check and job of a location, what waits to be launched there. Reads the store."""
    among = SelectionGraph(graph.dag, graph.facts())
    found: dict[Entity, Subset] = {}
    for stored in instance.own.requests(states=["waiting"]):
        launch = Launch.from_json(stored.request.launch)
        if launch.location != location:
            continue
        if launch.job:
            found[AssetJobKey(launch.job)] = WHOLE
            continue
        subset = frozenset([launch.partition]) if launch.partition else WHOLE
        if launch.checks:
            nodes = (node for key in graph.checks for node in graph.check_nodes(key))
            for node in nodes:
                if node.key.to_user_string() in launch.checks:
                    found[node.key] = found.get(node.key, frozenset()) | subset
            continue
        for key in AssetSelection.from_string(launch.selection).resolve(among):
            found[key] = found.get(key, frozenset()) | subset
    return found
