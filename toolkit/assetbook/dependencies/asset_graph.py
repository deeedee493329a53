"""Definitions as one graph: who makes what, what each reads and follows, which checks look on.

Building it holds definitions against each other (see ``wiring``); every fault is told at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.collection import Definition
from assetbook.definitions.ports import InputPort
from assetbook.definitions.source_asset import SourceAsset
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.dag import Dag
from assetbook.dependencies.step_waits import CheckNode
from assetbook.dependencies.wiring import Wiring, keys_of
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey

__all__ = ["NO_CHECKS", "AssetGraph", "CheckNode", "NodeFacts"]
NO_CHECKS: tuple[CheckNode, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What a selection asks about an asset."""

    spec: AssetSpec
    is_external: bool

    @property
    def group_name(self) -> str:
        """The asset's group."""
        return self.spec.group_name

    @property
    def tags(self) -> Mapping[str, str]:
        """The asset's tags."""
        return self.spec.tags

    @property
    def kinds(self) -> Collection[str]:
        """The asset's kinds."""
        return self.spec.kinds

    @property
    def owners(self) -> Collection[str]:
        """The asset's owners."""
        return self.spec.owners


@dataclass(frozen=True, slots=True)
class AssetGraph:
    """Everything defined, ready to be asked; immutable."""

    specs: Mapping[AssetKey, AssetSpec]
    makers: Mapping[AssetKey, AssetsDefinition]
    """Only of what is made here; an external asset has none."""
    inputs: Mapping[AssetKey, tuple[InputPort, ...]]
    """What the function of each made asset reads, with the keys that are meant."""
    checks: Mapping[AssetKey, tuple[CheckNode, ...]]
    dag: Dag
    remembered: frozenset[AssetKey] = frozenset()
    """Assets that no living cell defines but that this place defined before."""
    step_order: tuple[AssetKey, ...] | None = None
    """Where steps need another order than that of ``dag``; see ``step_waits``."""
    in_partitions: bool = False
    """Whether its nodes are the partitions of assets, as far as somebody asked for them."""

    @classmethod
    def build(
        cls, definitions: Iterable[Definition], *, remembered: Mapping[AssetKey, AssetSpec] = {}
    ) -> AssetGraph:
        """The graph of ``definitions``.

        ``remembered`` are the specs of assets whose cells have not run here: they may be read.
        Raises one DefinitionError that lists every fault: a key defined twice, an unknown
        upstream, a name that fits several keys, a check of an unknown asset, a cycle.
        """
        wiring = Wiring(definitions, remembered)
        wired = wiring.wired()
        if wired is None:
            raise _faulty([fault.text for fault in wiring.faults])
        return cls(*wired)

    @classmethod
    def build_usable(
        cls, definitions: Iterable[Definition], *, remembered: Mapping[AssetKey, AssetSpec] = {}
    ) -> tuple[AssetGraph, dict[AssetKey, str]]:
        """The graph of those definitions that are right, and what is wrong with the others.

        A fault leaves out the definitions that have it, and then those that needed them; in a
        live notebook one slip must not take everything else away.
        """
        usable = list(dict.fromkeys(definitions))
        wrong: dict[AssetKey, str] = {}
        while True:
            wiring = Wiring(usable, remembered)
            wired = wiring.wired()
            if wired is not None:
                return cls(*wired), wrong
            found = {
                key: fault.text
                for fault in reversed(wiring.faults)
                for definition in fault.of
                for key in keys_of(definition)
            }
            if not found:
                raise _faulty([fault.text for fault in wiring.faults])
            wrong = {**found, **wrong}
            # an asset whose check is wrong goes too: nobody could say whether it is blocked
            usable = [each for each in usable if found.keys().isdisjoint(keys_of(each))]

    @property
    def order(self) -> tuple[AssetKey, ...]:
        """Every asset after all that its making reads or waits for, also if ``dag`` is silent."""
        return self.dag.order if self.step_order is None else self.step_order

    def facts(self) -> dict[AssetKey, NodeFacts]:
        """What selections ask about each asset."""
        return {
            key: NodeFacts(spec, key not in self.makers and key not in self.remembered)
            for key, spec in self.specs.items()
        }

    def source(self, key: AssetKey) -> SourceAsset | None:
        """The source that can be looked at; None for any other asset."""
        spec = self.specs.get(key)
        return spec if isinstance(spec, SourceAsset) else None

    def sources_followed(self, key: AssetKey) -> dict[str, AssetKey]:
        """The sources that ``key`` names in ``deps=``, under the names by which their data counts
        as an input of it."""
        names = {port.name for port in self.inputs.get(key, ())}
        spec = self.specs[key]
        return {
            f"deps[{dep.asset_key}]" if str(dep.asset_key) in names else str(dep.asset_key): (
                dep.asset_key
            )
            for dep in spec.deps
            if self.source(dep.asset_key) is not None
        }

    def data_inputs(self, key: AssetKey) -> dict[str, AssetKey]:
        """What decides whether ``key`` is fresh: what its function reads, by parameter, and the
        sources that it follows."""
        ports = self.inputs.get(key, ())
        if self.in_partitions:
            read = {name: each for port in ports for name, each in port.named_keys}
        else:
            read = {port.name: port.key for port in ports}
        return {**read, **self.sources_followed(key)} if self.specs[key].deps else read

    def meaning_of(self, key: AssetKey) -> str:
        """What the key of a partition stands for; empty for an asset as a whole."""
        definition = self.specs[key].partitions_def if key.partition is not None else None
        return "" if definition is None else definition.meaning

    def made_with(self, key: AssetKey) -> tuple[AssetKey, ...]:
        """What the function of a made asset makes, of the same partition."""
        keys = self.makers[key].keys
        return keys if key.partition is None else tuple([each.at(key.partition) for each in keys])

    def check_nodes(self, key: AssetKey) -> tuple[CheckNode, ...]:
        """The checks of an asset, in order of definition."""
        return self.checks.get(key, NO_CHECKS)

    def check_names(self) -> dict[AssetKey, tuple[str, ...]]:
        """The names of the checks of each asset that has some, as ``orders:full``."""
        return {key: tuple(each.name for each in nodes) for key, nodes in self.checks.items()}


def _faulty(faults: list[str]) -> DefinitionError:
    if len(faults) == 1:
        return DefinitionError("these definitions", faults[0])
    return DefinitionError(
        "these definitions",
        f"{len(faults)} things are wrong",
        "\n".join(f"  {number}. {fault}" for number, fault in enumerate(faults, 1)),
    )
