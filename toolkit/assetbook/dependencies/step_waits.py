"""What a step waits for, where the graph of assets alone does not say it.

A function makes its assets at once, after all that any of them reads or follows. What reads an
asset waits for its blocking checks, and with them for what those read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.ports import InputPort
from assetbook.dependencies.dag import Dag
from assetbook.keys import AssetKey, CheckKey


@dataclass(frozen=True, slots=True)
class CheckNode:
    """One check: its spec, and the definition that answers it.

    ``definition`` is the asset's own one for a check that the asset's function answers.
    """

    spec: AssetCheckSpec
    definition: AssetChecksDefinition | AssetsDefinition
    inputs: tuple[InputPort, ...] = ()
    """What a check with a function of its own reads, with the keys that are meant."""

    @property
    def key(self) -> CheckKey:
        """The check's key."""
        return self.spec.key

    @property
    def name(self) -> str:
        """``orders:full``, also of a partition."""
        return f"{self.spec.asset_key.asset.to_user_string()}:{self.spec.name}"

    @property
    def step_name(self) -> str:
        """The name of the step that answers it, if that is one of its own."""
        definition = self.definition
        if isinstance(definition, AssetChecksDefinition) and len(definition.specs) > 1:
            partition = self.spec.asset_key.partition
            return definition.name if partition is None else f"{definition.name}[{partition}]"
        return self.key.to_user_string()

    @property
    def own_step(self) -> bool:
        """Whether it runs as a step of its own."""
        return isinstance(self.definition, AssetChecksDefinition)

    @property
    def needs(self) -> tuple[AssetKey, ...]:
        """The assets that it reads or follows, but for the one that it checks."""
        keys = [port.key for port in self.inputs]
        keys += [dep.asset_key for dep in self.spec.additional_deps]
        return tuple(key for key in dict.fromkeys(keys) if key != self.spec.asset_key)

    @property
    def others(self) -> tuple[AssetKey, ...]:
        """The same without what its function checks, too."""
        mates = self.checked_together
        return tuple(key for key in self.needs if key not in mates)

    @property
    def checked_together(self) -> tuple[AssetKey, ...]:
        """The assets that its function checks in one call, with its own."""
        definition = self.definition
        if isinstance(definition, AssetChecksDefinition):
            partition = self.spec.asset_key.partition
            keys = definition.asset_keys
            return keys if partition is None else tuple([each.at(partition) for each in keys])
        return (self.spec.asset_key,)


def waits_of_checks(
    dag: Dag, checks: Mapping[AssetKey, tuple[CheckNode, ...]]
) -> dict[AssetKey, tuple[AssetKey, ...]]:
    """What must be there before the blocking checks of each asset; only of assets that wait."""
    awaited = {
        key: dict.fromkeys(
            other
            for node in nodes
            if node.own_step and node.spec.blocking
            for other in node.others
            if other in dag
        )
        for key, nodes in checks.items()
    }
    return {key: tuple(others) for key, others in awaited.items() if others}


def checked_with(
    dag: Dag, checks: Mapping[AssetKey, tuple[CheckNode, ...]]
) -> dict[AssetKey, tuple[AssetKey, ...]]:
    """What the blocking checks of each asset check in the same call; only of assets with such."""
    found = {
        key: tuple(
            dict.fromkeys(
                mate
                for node in nodes
                if node.spec.blocking
                for mate in node.checked_together
                if mate != key and mate in dag
            )
        )
        for key, nodes in checks.items()
    }
    return {key: mates for key, mates in found.items() if mates}


_NONE: Mapping[AssetKey, tuple[AssetKey, ...]] = {}


def waits_of_steps(
    dag: Dag,
    makers: Mapping[AssetKey, AssetsDefinition],
    inputs: Mapping[AssetKey, tuple[InputPort, ...]],
    awaited: Mapping[AssetKey, tuple[AssetKey, ...]],
    checked_in_one: Mapping[AssetKey, tuple[AssetKey, ...]] = _NONE,
) -> dict[AssetKey, set[AssetKey]] | None:
    """What must be there before each asset is made; None if that is just what ``dag`` says.

    ``awaited`` is what ``waits_of_checks`` says, without a cycle, ``checked_in_one`` what
    ``checked_with`` says.
    """
    together = {key: maker.keys for key, maker in makers.items() if len(maker.outputs) > 1}
    if not together and not awaited and not checked_in_one:
        return None

    def checked(key: AssetKey) -> Iterator[AssetKey]:
        """What the blocking checks of ``key`` need, and those of what they read."""
        for mate in checked_in_one.get(key, ()):
            yield from together.get(mate, (mate,))
        for other in awaited.get(key, ()):
            yield from together.get(other, (other,))
            yield from checked(other)

    def before(key: AssetKey) -> Iterator[AssetKey]:
        read = [port.key for port in inputs.get(key, ()) if port.key != key]  # not of its past
        for parent in (*dag.parents_of(key), *read):
            yield from together.get(parent, (parent,))
            yield from checked(parent)

    waits: dict[AssetKey, set[AssetKey]] = {}
    for key in dag.order:
        mates = together.get(key, (key,))
        met = {each for mate in mates for each in before(mate)}
        waits[key] = met - set(mates) if key in together else met
    return waits
