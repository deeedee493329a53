"""Definitions with a prefix before their keys, or in a group: copies, also of what they follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.ports import InputPort
from assetbook.definitions.spec import DEFAULT_GROUP, AssetDep, AssetSpec
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey

SpecT = TypeVar("SpecT", bound=AssetSpec)


@dataclass(frozen=True, slots=True)
class Rekeying:
    """The keys that get a prefix, and which."""

    keys: Collection[AssetKey]
    prefix: str | Sequence[str]

    def key(self, key: AssetKey) -> AssetKey:
        """The key as it is from now on."""
        return key.with_prefix(self.prefix) if key in self.keys else key

    def asset(self, definition: AssetsDefinition) -> AssetsDefinition:
        """The definition with its keys, and those that it reads and follows, as from now on."""
        return definition.replace(
            outputs=tuple(port._replace(spec=self.spec(port.spec)) for port in definition.outputs),
            inputs=self._ports(definition.inputs),
            internal_deps={
                self.key(key): frozenset(map(self.key, followed))
                for key, followed in definition.internal_deps.items()
            },
            check_specs=tuple(map(self._check, definition.check_specs)),
        )

    def spec(self, spec: SpecT) -> SpecT:
        """The same of a spec."""
        changed: SpecT = spec.replace_attributes(  # type: ignore[assignment]
            key=self.key(spec.key), deps=self._deps(spec.deps)
        )
        return changed

    def checks(self, definition: AssetChecksDefinition) -> AssetChecksDefinition:
        """The same of checks."""
        return definition.replace(
            specs=tuple(map(self._check, definition.specs)), inputs=self._ports(definition.inputs)
        )

    def _check(self, spec: AssetCheckSpec) -> AssetCheckSpec:
        return AssetCheckSpec(
            spec.name,
            asset=self.key(spec.asset_key),
            description=spec.description,
            blocking=spec.blocking,
            additional_deps=self._deps(spec.additional_deps),
            metadata=spec.metadata,
            automation_condition=spec.automation_condition,
        )

    def _ports(self, ports: Iterable[InputPort]) -> tuple[InputPort, ...]:
        return tuple(port._replace(key=self.key(port.key)) for port in ports)

    def _deps(self, deps: Iterable[AssetDep]) -> list[AssetDep]:
        return [
            AssetDep(
                self.key(dep.asset_key),
                partition_mapping=dep.partition_mapping,
                metadata=dep.metadata,
            )
            for dep in deps
        ]


def in_group(
    definition: AssetsDefinition | AssetSpec, group_name: str
) -> AssetsDefinition | AssetSpec:
    """The definition with all its assets in a group; raises DefinitionError if it names another."""
    specs = definition.specs if isinstance(definition, AssetsDefinition) else (definition,)
    for spec in specs:
        if spec.group_name not in (DEFAULT_GROUP, group_name):
            raise DefinitionError(
                f"group_name={group_name!r}",
                f"`{spec.key}` says itself that it is in the group {spec.group_name}",
                "Leave one of the two out.",
            )
    if isinstance(definition, AssetSpec):
        return definition.replace_attributes(group_name=group_name)
    outputs = tuple(
        port._replace(spec=port.spec.replace_attributes(group_name=group_name))
        for port in definition.outputs
    )
    return definition.replace(outputs=outputs)
