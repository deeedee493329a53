"""The graph of partitions: for those of an asset that are asked for, all that they are made of.

A node is an asset's key *at* one of its partitions; an asset without partitions stays one node.
What each partition reads follows from partition mappings, so that plans, states and reasons are
those of any graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.partitions import (
    PartitionMapping,
    PartitionsDefinition,
    default_mapping,
)
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.ports import InputPort
from assetbook.definitions.spec import AssetDep
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.dag import Dag
from assetbook.dependencies.step_waits import CheckNode
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey

Wanted = Mapping[AssetKey, Collection[str]]
"""The partitions that are asked for, by asset; assets without partitions have none."""


def has_partitions(graph: AssetGraph, keys: Iterable[AssetKey]) -> bool:
    """Whether any of the assets, or of what they are made of, has partitions."""
    every = {*keys}
    every |= graph.dag.ancestors(every)
    return any(graph.specs[key].partitions_def is not None for key in every)


def in_partitions(graph: AssetGraph, wanted: Wanted, known: KnownKeys) -> AssetGraph:
    """The part of ``graph`` that makes what is ``wanted``, partition by partition.

    ``known`` tells which partitions there are at this time. Raises SelectionError where a mapping
    needs a partition that there is not.
    """
    return _Expansion(graph, known).of(wanted)


def as_they_stand(
    graph: AssetGraph, wanted: Wanted, known: KnownKeys, ends: Collection[AssetKey] = ()
) -> AssetGraph:
    """The same for asking how they stand, not for making them.

    What assets among ``ends`` are made of is left out. A partition that a mapping needs and that
    there is not is read, and is no node: it has no version.
    """
    return _Expansion(graph, known, ends, absent=set()).of(wanted)


@dataclass
class _Expansion:
    graph: AssetGraph
    known: KnownKeys
    ends: Collection[AssetKey] = ()
    absent: set[AssetKey] | None = None
    """Those that are needed and that there are not; None if that is an error."""
    inputs: dict[AssetKey, tuple[InputPort, ...]] = field(default_factory=dict)
    parents: dict[AssetKey, Collection[AssetKey]] = field(default_factory=dict)
    left: list[AssetKey] = field(default_factory=list)
    mappings: dict[tuple[AssetKey, AssetKey], PartitionMapping] = field(default_factory=dict)

    def of(self, wanted: Wanted) -> AssetGraph:
        for key, partitions in wanted.items():
            nodes = [key.at(each) for each in partitions] if self._partitions_of(key) else [key]
            for node in nodes:
                self._reach(node)
        while self.left:
            self._follow(self.left.pop())
        graph = self.graph
        nodes = self._in_order()
        dag = Dag({node: self.parents[node] for node in nodes})
        nodes = self._past_first(nodes, dag)
        checks = {node: self._checks(node) for node in nodes if node.asset in graph.checks}
        makers = graph.makers
        return AssetGraph(
            {node: graph.specs[node.asset] for node in nodes},
            {node: makers[node.asset] for node in nodes if node.asset in makers},
            {node: self.inputs[node] for node in nodes if node.asset in graph.inputs},
            checks,
            dag,
            frozenset(node for node in nodes if node.asset in graph.remembered),
            tuple(nodes),
            in_partitions=True,
        )

    def _in_order(self) -> list[AssetKey]:
        """The nodes: assets in the order in which they can be made, the partitions of each in the
        order of their definition."""
        by_asset: dict[AssetKey, list[AssetKey]] = {}
        for node in self.parents:
            by_asset.setdefault(node.asset, []).append(node)
        ordered = []
        for asset in self.graph.order:
            nodes = by_asset.get(asset, [])
            definition = self._partitions_of(asset)
            if definition is not None and len(nodes) > 1:
                named = [str(node.partition) for node in nodes]
                nodes = [asset.at(each) for each in self.known.in_order(definition, named)]
            ordered += nodes
        return ordered

    def _past_first(self, nodes: list[AssetKey], dag: Dag) -> list[AssetKey]:
        """The same with the partitions of assets that are made of their own earlier ones after
        those; their definition's order may be another one, as by colour and then by day."""
        past = {
            node.asset for node in nodes for each in self.parents[node] if each.asset is node.asset
        }
        if not past:
            return nodes
        ordered: dict[AssetKey, list[AssetKey]] = {asset: [] for asset in past}
        for node in dag.order:
            if node.asset in past:
                ordered[node.asset].append(node)
        turns = {asset: iter(each) for asset, each in ordered.items()}
        return [next(turns[node.asset]) if node.asset in turns else node for node in nodes]

    def _partitions_of(self, key: AssetKey) -> PartitionsDefinition | None:
        return self.graph.specs[key.asset].partitions_def

    def _reach(self, node: AssetKey) -> None:
        """Takes a node, and what is always made together with it."""
        if node in self.parents:
            return
        self.parents[node] = ()
        self.left.append(node)
        maker = self.graph.makers.get(node.asset)
        if maker is not None and len(maker.outputs) > 1 and not maker.can_subset:
            for mate in maker.keys:
                self._reach(mate.at(node.partition))

    def _follow(self, node: AssetKey) -> None:
        """Takes what a node reads and follows, and what its checks do."""
        asset = node.asset
        if asset in self.ends:
            self.inputs[node] = ()
            return
        parents: dict[AssetKey, None] = {}
        ports = tuple([self._port(node, port) for port in self.graph.inputs.get(asset, ())])
        self.inputs[node] = ports
        for port in ports:
            parents |= dict.fromkeys(port.keys)
        read = {port.key.asset for port in ports}
        mapped = {dep.asset_key: dep.partition_mapping for dep in self.graph.specs[asset].deps}
        past = (asset,) if asset in mapped else ()
        for other in (*self.graph.dag.parents_of(asset), *past):
            if other not in read:
                parents |= dict.fromkeys(self._upstream(node, other, mapped.get(other)))
        parents.pop(node, None)
        self.parents[node] = tuple([each for each in parents if each not in (self.absent or ())])
        for each in self.parents[node]:
            self._reach(each)
        for check in self.graph.check_nodes(asset):
            for other in check.needs:
                for each in self._upstream(node, other, None):
                    if each not in (self.absent or ()):
                        self._reach(each)

    def _port(self, node: AssetKey, port: InputPort) -> InputPort:
        """What a node reads by a parameter."""
        definition = self._partitions_of(port.key)
        if definition is None:
            return port
        mapping = self._mapping(node, port.key, port.partition_mapping)
        keys = self._upstream(node, port.key, mapping)
        one = len(keys) < 2 and mapping.gives_one(definition, self._partitions_of(node))
        if one and keys:
            return port._replace(key=keys[0])
        return port._replace(partitions=tuple([str(each.partition) for each in keys]), absent=one)

    def _mapping(
        self, node: AssetKey, other: AssetKey, given: PartitionMapping | None
    ) -> PartitionMapping:
        if given is not None:
            return given
        own, upstream = self._partitions_of(node), self._partitions_of(other)
        assert upstream is not None
        place = node.asset, other.asset
        if place not in self.mappings:
            self.mappings[place] = default_mapping(upstream, own)
        return self.mappings[place]

    def _upstream(
        self, node: AssetKey, other: AssetKey, given: PartitionMapping | None
    ) -> list[AssetKey]:
        """The nodes of another asset that a node is made of, or follows."""
        upstream = self._partitions_of(other)
        if upstream is None:
            return [other]
        own, mapping = self._partitions_of(node), self._mapping(node, other, given)
        found = mapping.upstream_of(node.partition, own, upstream, self.known)
        if found.missing and self.absent is not None:
            gone = [other.at(each) for each in found.missing]
            self.absent.update(gone)
            return [*(other.at(each) for each in found.keys), *gone]
        if found.missing:
            raise SelectionError(
                f"`{node}`",
                f"it needs the partition {found.missing[0]!r} of `{other}`, which there is not",
                f"The partitions of `{other}`: {upstream.describe()}. A mapping may say "
                "allow_nonexistent_upstream_partitions=True.",
            )
        return [other.at(each) for each in found.keys]

    def _checks(self, node: AssetKey) -> tuple[CheckNode, ...]:
        if node.partition is None:
            return self.graph.check_nodes(node)
        return tuple([self._check(node, each) for each in self.graph.check_nodes(node.asset)])

    def _check(self, node: AssetKey, check: CheckNode) -> CheckNode:
        ports = tuple(
            [
                port._replace(key=node) if port.key is node.asset else self._port(node, port)
                for port in check.inputs
            ]
        )
        spec = check.spec
        deps = [
            AssetDep(each)
            for dep in spec.additional_deps
            for each in self._upstream(node, dep.asset_key, dep.partition_mapping)
        ]
        own = AssetCheckSpec(
            spec.name,
            asset=node,
            description=spec.description,
            blocking=spec.blocking,
            additional_deps=deps,
            metadata=spec.metadata,
            automation_condition=spec.automation_condition,
        )
        return replace(check, spec=own, inputs=ports)
