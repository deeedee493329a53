"""The tags by which a run says which partition it is of, named as Dagster names them."""

from __future__ import annotations

from assetbook.definitions.partitions.key_tags import key_tags
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.planning.steps import Plan


def partition_tags(graph: AssetGraph, plan: Plan) -> dict[str, str]:
    """``dagster/partition``, and one for each dimension, of a plan that makes one partition, or
    checks one and makes none; no tags for any other."""
    making = [step for step in plan if step.kind == "asset"]
    made = {key for step in making or plan for key in step.keys}
    named = {key.partition for key in made if key.partition is not None}
    if len(named) != 1:
        return {}
    [partition] = named
    found: dict[str, str] = {}
    for key in made:
        definition = graph.specs[key].partitions_def
        if definition is not None and key.partition is not None:
            found |= key_tags(definition, str(partition))
    return found
