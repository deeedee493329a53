"""Assets that another location defines, and that are read here by their names.

A name of the notebook's own counts before an asset of another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definition
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_state import AssetState
from assetbook.dependencies.wiring import keys_of
from assetbook.instance.ended import undefined_names
from assetbook.keys import AssetKey


class Others(Protocol):
    """What the project's other locations define."""

    def specs(self) -> Mapping[AssetKey, tuple[AssetSpec, str]]:
        """Their assets, each with its location's id."""
        ...

    def states(self, keys: Collection[AssetKey]) -> Mapping[AssetKey, AssetState]:
        """How those of their assets stand now."""
        ...


def read_elsewhere(
    definitions: Iterable[Definition], remembered: Mapping[AssetKey, AssetSpec], others: Others
) -> dict[AssetKey, tuple[AssetSpec, str]]:
    """Those of the ``others`` that ``definitions`` read or follow, without their own upstreams.

    They are asked only if something is neither defined nor remembered.
    """
    given = list(definitions)
    defined = {key for each in given for key in keys_of(each)} | remembered.keys()
    tails = {key.parts[-1] for key in defined}
    names: set[str] = set()
    keys: set[AssetKey] = set()
    for each in given:
        if isinstance(each, AssetsDefinition):
            names |= set(undefined_names(each, defined, tails))
        keys |= set(_followed(each)) - defined
    if not names and not keys:
        return {}
    return {
        key: (spec.replace_attributes(deps=None), location)
        for key, (spec, location) in others.specs().items()
        if key in keys or (key.parts[-1] in names and key not in defined)
    }


def _followed(definition: Definition) -> Iterator[AssetKey]:
    if isinstance(definition, AssetSpec):
        yield from (dep.asset_key for dep in definition.deps)
        return
    yield from (port.key for port in definition.inputs)
    if isinstance(definition, AssetChecksDefinition):
        yield from definition.asset_keys
        for check in definition.specs:
            yield from (dep.asset_key for dep in check.additional_deps)
    else:
        for spec in definition.specs:
            yield from (dep.asset_key for dep in spec.deps)
