"""What the steps that make assets are called, and which partitions one step makes together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.keys import AssetKey, PartitionKey


def names_of_steps(graph: AssetGraph, keys: Iterable[AssetKey]) -> dict[AssetKey, str]:
    """By key the name of the step that makes it, or looks at it: that of the asset, or of the
    function that makes several; with the partition, or the first and last of those that its
    function makes in one call."""
    if not graph.in_partitions:
        return {key: _name(graph.makers.get(key), key) for key in keys}
    names: dict[AssetKey, str] = {}
    partitions: dict[AssetsDefinition, dict[PartitionKey, list[AssetKey]]] = {}
    for key in keys:
        maker = graph.makers.get(key)
        if maker is None or key.partition is None:
            names[key] = _name(maker, key)
        else:
            partitions.setdefault(maker, {}).setdefault(key.partition, []).append(key)
    for maker, found in partitions.items():
        for together in _in_calls(graph, maker, found):
            for partition in together:
                base = _name(maker, found[partition][0].asset)
                names |= dict.fromkeys(found[partition], f"{base}[{_said(together)}]")
    return names


def _name(maker: AssetsDefinition | None, key: AssetKey) -> str:
    return str(key) if maker is None or len(maker.outputs) == 1 else maker.name


def _in_calls(
    graph: AssetGraph, maker: AssetsDefinition, found: Mapping[PartitionKey, Iterable[AssetKey]]
) -> list[Sequence[PartitionKey]]:
    """The partitions that each call of the function makes: one, unless its backfill policy says
    otherwise, and none of them is made of another one."""
    partitions = list(found)
    policy = maker.backfill_policy
    most = 1 if policy is None else policy.max_partitions_per_run or len(partitions)
    if most > 1 and _reads_its_past(graph, maker, found):
        most = 1
    return [partitions[at : at + most] for at in range(0, len(partitions), most)]


def _reads_its_past(
    graph: AssetGraph, maker: AssetsDefinition, found: Mapping[PartitionKey, Iterable[AssetKey]]
) -> bool:
    return any(
        parent.partition != partition and parent.asset in maker.keys
        for partition, keys in found.items()
        for key in keys
        for parent in graph.dag.parents_of(key)
    )


def _said(partitions: Sequence[PartitionKey]) -> str:
    first, last = partitions[0], partitions[-1]
    return first if first == last else f"{first}..{last}"
