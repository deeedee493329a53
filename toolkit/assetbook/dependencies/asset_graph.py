"""Definitions as one graph: who makes what, what each reads and follows, which checks look on.

Building it is where definitions are held against each other; every fault is reported at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definition
from assetbook.definitions.ports import InputPort
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.dag import Dag, find_cycle
from assetbook.dependencies.step_waits import CheckNode, waits_of_steps
from assetbook.errors import DefinitionError, did_you_mean
from assetbook.keys import AssetKey, CheckKey

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

    @classmethod
    def build(
        cls, definitions: Iterable[Definition], *, remembered: Mapping[AssetKey, AssetSpec] = {}
    ) -> AssetGraph:
        """The graph of ``definitions``.

        ``remembered`` are the specs of assets whose cells have not run here: they may be read.
        Raises one DefinitionError that lists every fault: a key defined twice, an unknown
        upstream, a name that fits several keys, a check of an unknown asset, a cycle.
        """
        builder = _Builder(definitions, remembered)
        graph = builder.graph()
        if graph is None:
            raise _faulty([fault.text for fault in builder.faults])
        return graph

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
            builder = _Builder(usable, remembered)
            graph = builder.graph()
            if graph is not None:
                return graph, wrong
            found = {
                key: fault.text
                for fault in reversed(builder.faults)
                for definition in fault.of
                for key in keys_of(definition)
            }
            if not found:
                raise _faulty([fault.text for fault in builder.faults])
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

    def check_nodes(self, key: AssetKey) -> tuple[CheckNode, ...]:
        """The checks of an asset, in order of definition."""
        return self.checks.get(key, NO_CHECKS)


@dataclass(frozen=True, slots=True)
class _Fault:
    """Something wrong, and the definitions that have it."""

    text: str
    of: tuple[Definition, ...]


def keys_of(definition: Definition) -> tuple[AssetKey, ...]:
    """The assets that a definition defines; for a check, the one that it checks."""
    if isinstance(definition, AssetsDefinition):
        return definition.keys
    if isinstance(definition, AssetChecksDefinition):
        return (definition.spec.asset_key,)
    return (definition.key,)


class _Builder:
    """Reads definitions once, and gathers faults."""

    def __init__(
        self, definitions: Iterable[Definition], remembered: Mapping[AssetKey, AssetSpec]
    ) -> None:
        self.faults: list[_Fault] = []
        self.reading: Definition | None = None
        """The definition that is being looked at, which has what is found wrong."""
        self.specs: dict[AssetKey, AssetSpec] = {}
        self.makers: dict[AssetKey, AssetsDefinition] = {}
        self.check_definitions: list[AssetChecksDefinition] = []
        self.asset_definitions: list[AssetsDefinition] = []
        for definition in dict.fromkeys(definitions):  # the same object again is no second one
            self._take(definition)
        self.remembered = {key: spec for key, spec in remembered.items() if key not in self.specs}
        self.specs.update(self.remembered)
        self.tails: dict[str, list[AssetKey]] | None = None

    def _take(self, definition: Definition) -> None:
        if isinstance(definition, AssetsDefinition):
            self.asset_definitions.append(definition)
            for output in definition.outputs:
                key = output.spec.key
                if key in self.specs:
                    self._duplicate(key, definition)
                else:
                    self.specs[key] = output.spec
                    self.makers[key] = definition
        elif isinstance(definition, AssetChecksDefinition):
            self.check_definitions.append(definition)
        elif definition.key in self.specs:
            self._duplicate(definition.key, definition)
        else:
            self.specs[definition.key] = definition

    def _duplicate(self, key: AssetKey, definition: AssetsDefinition | AssetSpec) -> None:
        first = self.makers.get(key)
        places = [
            str(each.place) if isinstance(each, AssetsDefinition) else "an external AssetSpec"
            for each in (first or self.specs[key], definition)
        ]
        self._fault(f"`{key}` is defined twice: {places[0]}, and {places[1]}", definition)

    def _fault(self, text: str, *of: Definition) -> None:
        culprits = of or ((self.reading,) if self.reading is not None else ())
        self.faults.append(_Fault(text, culprits))

    def graph(self) -> AssetGraph | None:
        """The graph; None if there are faults."""
        inputs: dict[AssetKey, tuple[InputPort, ...]] = {}
        parents: dict[AssetKey, Collection[AssetKey]] = dict.fromkeys(self.specs, ())
        for key in self.remembered:
            parents[key] = [dep.asset_key for dep in self.specs[key].deps]
        for definition in self.asset_definitions:
            self.reading = definition
            read = self._resolved(definition.name, definition.inputs)
            for output in definition.outputs:
                key = output.spec.key
                if self.makers.get(key) is definition:
                    inputs[key] = read
                    parents[key] = self._parents(definition, key, read)
        for key, spec in self.specs.items():
            if key not in self.makers and key not in self.remembered:
                self.reading = spec
                parents[key] = self._deps(str(key), spec)
        checks = self._checks()
        dag = self._dag(parents)
        step_order = None if dag is None else self._step_order(dag, inputs, checks)
        if self.faults or dag is None:
            return None
        return AssetGraph(
            self.specs, self.makers, inputs, checks, dag, frozenset(self.remembered), step_order
        )

    def _dag(self, parents: Mapping[AssetKey, Collection[AssetKey]]) -> Dag | None:
        try:
            return Dag(parents)
        except DefinitionError as cycle:
            keys = find_cycle(parents) or ()
            self._fault(cycle.found, *self._makers_of(keys))
            return None

    def _makers_of(self, keys: Iterable[AssetKey]) -> list[Definition]:
        found = [self.makers.get(key) or self.specs[key] for key in keys if key in self.specs]
        return list(dict.fromkeys(found))

    def _step_order(
        self,
        dag: Dag,
        inputs: Mapping[AssetKey, tuple[InputPort, ...]],
        checks: Mapping[AssetKey, tuple[CheckNode, ...]],
    ) -> tuple[AssetKey, ...] | None:
        waits = waits_of_steps(dag, self.makers, inputs, checks)
        if waits is None:
            return None
        cycle = find_cycle(waits)
        if cycle is None:
            return Dag(waits).order
        drawn = " → ".join(map(str, (*cycle, cycle[0])))
        self._fault(
            f"no order of steps can make these: {drawn}. A function makes all its assets at once, "
            "and what reads an asset waits for its blocking checks",
            *self._makers_of(cycle),
        )
        return None

    def _parents(
        self, definition: AssetsDefinition, key: AssetKey, read: tuple[InputPort, ...]
    ) -> Collection[AssetKey]:
        spec = self.specs[key]
        internal = definition.internal_deps.get(key)
        if internal is not None:
            for other in internal:
                if other not in self.specs:
                    self._unknown(definition.name, other)
            return [*internal, *self._deps(definition.name, spec)]
        keys = [port.key for port in read]
        return [*keys, *self._deps(definition.name, spec)] if spec.deps else keys

    def _deps(self, name: str, spec: AssetSpec) -> list[AssetKey]:
        keys = [dep.asset_key for dep in spec.deps]
        for key in keys:
            if key not in self.specs:
                self._unknown(name, key)
        return keys

    def _resolved(self, name: str, ports: tuple[InputPort, ...]) -> tuple[InputPort, ...]:
        if all(port.key in self.specs for port in ports):
            return ports
        return tuple(
            self._resolve(name, port)
            for port in ports
            if not port.optional or port.key in self.specs or self._ending_in(port.name)
        )

    def _resolve(self, name: str, port: InputPort) -> InputPort:
        if port.key in self.specs:
            return port
        fitting = self._ending_in(port.name) if port.by_name else []
        if len(fitting) == 1:
            return port._replace(key=fitting[0])
        if fitting:
            both = " and ".join(f"`{key}`" for key in fitting)
            self._fault(
                f"`{name}` reads `{port.name}`, which fits {both}: "
                f"say which by ins={{{port.name!r}: AssetIn(key=...)}}"
            )
        else:
            self._unknown(name, port.key)
        return port

    def _ending_in(self, name: str) -> list[AssetKey]:
        if self.tails is None:
            self.tails = defaultdict(list)
            for key in self.specs:
                self.tails[key.parts[-1]].append(key)
        return self.tails.get(name, [])

    def _unknown(self, name: str, key: AssetKey) -> None:
        near = did_you_mean(str(key), (str(each) for each in self.specs))
        self._fault(f"`{name}` needs `{key}`, which nothing defines. {near}".rstrip())

    def _checks(self) -> dict[AssetKey, tuple[CheckNode, ...]]:
        found: dict[AssetKey, list[CheckNode]] = defaultdict(list)
        seen: set[CheckKey] = set()
        nodes = [
            CheckNode(spec, definition)
            for definition in self.asset_definitions
            for spec in definition.check_specs
        ]
        for each in self.check_definitions:
            self.reading = each
            nodes.append(CheckNode(each.spec, each, self._resolved(str(each.key), each.inputs)))
        for node in nodes:
            self.reading = node.definition
            key = node.spec.asset_key
            if key not in self.specs:
                self._unknown(node.key.to_user_string(), key)
            elif node.key in seen:
                self._fault(f"the check `{node.key}` is defined twice")
            else:
                seen.add(node.key)
                found[key].append(node)
        return {key: tuple(nodes) for key, nodes in found.items()}


def _faulty(faults: list[str]) -> DefinitionError:
    if len(faults) == 1:
        return DefinitionError("these definitions", faults[0])
    return DefinitionError(
        "these definitions",
        f"{len(faults)} things are wrong",
        "\n".join(f"  {number}. {fault}" for number, fault in enumerate(faults, 1)),
    )
