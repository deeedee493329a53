"""How definitions hang together: what names mean, who makes what, and every fault there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definition
from assetbook.definitions.partitions import PartitionMapping, PartitionsDefinition
from assetbook.definitions.ports import InputPort
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.dag import Dag, find_cycle
from assetbook.dependencies.step_waits import (
    CheckNode,
    checked_with,
    waits_of_checks,
    waits_of_steps,
)
from assetbook.errors import DefinitionError, did_you_mean
from assetbook.keys import AssetKey, CheckKey


class Wired(NamedTuple):
    """Definitions whose names are resolved; the fields are those of an ``AssetGraph``."""

    specs: Mapping[AssetKey, AssetSpec]
    makers: Mapping[AssetKey, AssetsDefinition]
    inputs: Mapping[AssetKey, tuple[InputPort, ...]]
    checks: Mapping[AssetKey, tuple[CheckNode, ...]]
    dag: Dag
    remembered: frozenset[AssetKey]
    step_order: tuple[AssetKey, ...] | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong, and the definitions that have it."""

    text: str
    of: tuple[Definition, ...]


def keys_of(definition: Definition) -> tuple[AssetKey, ...]:
    """The assets that a definition defines; for a check, the one that it checks."""
    if isinstance(definition, AssetsDefinition):
        return definition.keys
    if isinstance(definition, AssetChecksDefinition):
        return definition.asset_keys
    return (definition.key,)


class Wiring:
    """Reads definitions once, and gathers faults."""

    def __init__(
        self, definitions: Iterable[Definition], remembered: Mapping[AssetKey, AssetSpec]
    ) -> None:
        self.faults: list[Fault] = []
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
        self.faults.append(Fault(text, culprits))

    def wired(self) -> Wired | None:
        """How everything hangs together; None if there are faults."""
        inputs: dict[AssetKey, tuple[InputPort, ...]] = {}
        parents: dict[AssetKey, Collection[AssetKey]] = dict.fromkeys(self.specs, ())
        for key in self.remembered:
            deps = self.specs[key].deps
            parents[key] = [dep.asset_key for dep in deps if dep.asset_key is not key]
        for definition in self.asset_definitions:
            self.reading = definition
            read = self._resolved(definition.name, definition.inputs)
            self._mapped(definition, read)
            for output in definition.outputs:
                key = output.spec.key
                if self.makers.get(key) is definition:
                    inputs[key] = _needed_for(definition, key, read)
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
        return Wired(
            self.specs, self.makers, inputs, checks, dag, frozenset(self.remembered), step_order
        )

    def _dag(self, parents: Mapping[AssetKey, Collection[AssetKey]]) -> Dag | None:
        try:
            return Dag(parents)
        except DefinitionError as cycle:
            keys = find_cycle(parents) or ()
            own = len(keys) == 1 and self.specs[keys[0]].partitions_def is not None
            self._fault(cycle.found + (_PAST if own else ""), *self._makers_of(keys))
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
        awaited = waits_of_checks(dag, checks)
        cycle = find_cycle(awaited)
        if cycle is not None:
            drawn = _drawn(cycle)
            text = f"their blocking checks wait for each other: {drawn}"
            self._fault(text, *self._makers_of(cycle))
            return None
        in_one = checked_with(dag, checks)
        waits = waits_of_steps(dag, self.makers, inputs, awaited, in_one)
        if waits is None:
            return None
        cycle = find_cycle(waits)
        if cycle is None:
            return Dag(waits).order
        drawn = _drawn(cycle)
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
        keys = [port.key for port in read if not of_its_past(key, port)]
        return [*keys, *self._deps(definition.name, spec)] if spec.deps else keys

    def _deps(self, name: str, spec: AssetSpec) -> list[AssetKey]:
        for dep in spec.deps:
            if dep.asset_key not in self.specs:
                self._unknown(name, dep.asset_key)
            elif dep.partition_mapping is not None:
                self._fits(name, dep.asset_key, spec.partitions_def, dep.partition_mapping)
        return _followed(spec)

    def _mapped(self, definition: AssetsDefinition, ports: tuple[InputPort, ...]) -> None:
        """Looks whether the author's partition mappings fit what is read."""
        own = definition.outputs[0].spec.partitions_def
        for port in ports:
            if port.partition_mapping is not None and port.key in self.specs:
                self._fits(definition.name, port.key, own, port.partition_mapping)

    def _mapped_check(
        self, name: str, check: AssetChecksDefinition, ports: tuple[InputPort, ...]
    ) -> None:
        """The same for a check, which looks at the partitions of its asset."""
        given = [(port.key, port.partition_mapping) for port in ports]
        for spec in check.specs:
            own = self.specs.get(spec.asset_key)
            given += [(dep.asset_key, dep.partition_mapping) for dep in spec.additional_deps]
            for key, mapping in given if own is not None else ():
                if mapping is not None and key in self.specs:
                    self._fits(name, key, own.partitions_def, mapping)  # type: ignore[union-attr]

    def _fits(
        self,
        name: str,
        other: AssetKey,
        own: PartitionsDefinition | None,
        mapping: PartitionMapping,
    ) -> None:
        upstream = self.specs[other].partitions_def
        unfit = "" if upstream is None else mapping.refuse_unfit(upstream, own)
        if unfit:
            self._fault(f"`{name}` takes `{other}` by {mapping!r}, but {unfit}")

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
            asked = str(each.key) if len(each.specs) == 1 else each.name
            read = self._resolved(asked, each.inputs)
            self._mapped_check(asked, each, read)
            nodes += [CheckNode(spec, each, read) for spec in each.specs]
        for node in nodes:
            self.reading = node.definition
            key = node.spec.asset_key
            if key not in self.specs:
                if not any(port.key == key for port in node.inputs):  # else it is said already
                    self._unknown(node.key.to_user_string(), key)
            elif node.spec.partitions_def not in (None, self.specs[key].partitions_def):
                self._fault(
                    f"the check `{node.key}` says other partitions than `{key}` has: leave out its "
                    "partitions_def="
                )
            elif node.key in seen:
                self._fault(f"the check `{node.key}` is defined twice")
            else:
                seen.add(node.key)
                found[key].append(node)
        return {key: tuple(nodes) for key, nodes in found.items()}


def of_its_past(key: AssetKey, port: InputPort) -> bool:
    """Whether an input takes the asset's own earlier partitions, which its graph does not show."""
    mapping = port.partition_mapping
    return port.key is key and mapping is not None and mapping.looks_back


_PAST = (
    ". Of its own earlier partitions it may be made: "
    "AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, -1))"
)


def _followed(spec: AssetSpec) -> list[AssetKey]:
    """The assets that a spec follows, but for its own earlier partitions."""
    return [
        dep.asset_key
        for dep in spec.deps
        if dep.asset_key is not spec.key
        or dep.partition_mapping is None
        or not dep.partition_mapping.looks_back
    ]


def _needed_for(
    definition: AssetsDefinition, key: AssetKey, ports: tuple[InputPort, ...]
) -> tuple[InputPort, ...]:
    """Which of ``ports`` a function needs to make ``key``: all, unless it can make that alone.

    An output that follows another one of the function needs what that one needs.
    """
    if not definition.can_subset or key not in definition.internal_deps:
        return ports
    followed: set[AssetKey] = set()
    left = [key]
    while left:
        each = left.pop()
        if each not in definition.internal_deps:
            if each in definition.keys:  # an output that does not say what it follows
                return ports
            continue
        met = definition.internal_deps[each] - followed
        followed |= met
        left += met
    return tuple(port for port in ports if port.key in followed)


def _drawn(cycle: tuple[AssetKey, ...]) -> str:
    return " → ".join(map(str, (*cycle, cycle[0])))
