"""Which partitions a step makes and reads, as its code and its I/O managers see them."""

from __future__ import annotations

from collections.abc import Iterable

from assetbook.definitions.ports import InputPort
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.keys import AssetKey, PartitionKey
from assetbook.planning.steps import Step


def ports_of(graph: AssetGraph, step: Step) -> list[InputPort]:
    """What a step reads, by parameter; one whose call may make several partitions takes together
    what each of them reads, by key also where it is one."""
    found: dict[str, InputPort] = {}
    for port in (port for key in step.keys for port in graph.inputs[key]):
        before = found.get(port.name)
        found[port.name] = port if before is None else _joined(before, port)
    if not step.partitions or not _takes_several(graph, step):
        return list(found.values())
    return [
        port._replace(absent=False) if port.key.partition is None else _together(port)
        for port in found.values()
    ]


def _together(*ports: InputPort) -> InputPort:
    """One input that takes what all of these take, by key."""
    keys = dict.fromkeys(key for port in ports for key in port.keys)
    partitions = tuple([key.partition for key in keys if key.partition is not None])
    return ports[0]._replace(key=ports[0].key.asset, partitions=partitions)


def _takes_several(graph: AssetGraph, step: Step) -> bool:
    maker = graph.makers.get(step.keys[0])
    policy = maker.backfill_policy if maker is not None else None
    return policy is not None and policy.max_partitions_per_run != 1


def _joined(first: InputPort, second: InputPort) -> InputPort:
    return first if first == second else _together(first, second)


def partitions_of(graph: AssetGraph, keys: Iterable[AssetKey]) -> AssetPartitions | None:
    """The partitions that ``keys`` are of one asset or of several; None for assets without."""
    found: dict[PartitionKey, None] = {}
    definition = None
    for key in keys:
        if key.partition is not None:
            found[key.partition] = None
            definition = definition or graph.specs[key].partitions_def
    return AssetPartitions(tuple(found), definition) if found else None


def partitions_by_input(graph: AssetGraph, step: Step) -> dict[str, AssetPartitions]:
    """The partitions that each input of a step takes, by parameter."""
    if not graph.in_partitions:
        return {}
    found = {port.name: partitions_read(graph, port) for port in ports_of(graph, step)}
    return {name: each for name, each in found.items() if each is not None}


def partitions_read(graph: AssetGraph, port: InputPort) -> AssetPartitions | None:
    """The partitions that an input takes; None for an asset without."""
    return partitions_of(graph, port.keys)
