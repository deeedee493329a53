"""Which partitions a step makes and reads, as its code and its I/O managers see them."""

from __future__ import annotations

from collections.abc import Iterable

from assetbook.definitions.ports import InputPort
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.keys import AssetKey, PartitionKey
from assetbook.planning.steps import Step


def ports_of(graph: AssetGraph, step: Step) -> list[InputPort]:
    """What a step reads, by parameter; one that makes several partitions in a call takes together
    what each of them reads."""
    found: dict[str, InputPort] = {}
    for port in (port for key in step.keys for port in graph.inputs[key]):
        before = found.get(port.name)
        found[port.name] = port if before is None else _joined(before, port)
    return list(found.values())


def _joined(first: InputPort, second: InputPort) -> InputPort:
    if first == second:
        return first
    keys = dict.fromkeys([*first.keys, *second.keys])
    partitions = tuple([key.partition for key in keys if key.partition is not None])
    return first._replace(key=first.key.asset, partitions=partitions)


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
