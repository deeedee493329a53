"""Assets that others follow and nothing here defines: in Dagster they are external assets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.spec import AssetSpec


def with_outside(definitions: Iterable[object]) -> list[object]:
    """The definitions, and a spec for each asset that is only named in their ``deps``."""
    given = list(definitions)
    specs = list(_specs(given))
    known = {each.key for each in specs}
    named = [dep.asset_key for each in specs for dep in each.deps]
    return [*given, *(AssetSpec(key) for key in dict.fromkeys(named) if key not in known)]


def _specs(definitions: Iterable[object]) -> Iterator[AssetSpec]:
    for each in definitions:
        if isinstance(each, AssetSpec):
            yield each
        elif isinstance(each, AssetsDefinition):
            yield from each.specs
        elif isinstance(each, list | tuple):
            yield from _specs(each)
