"""Assets that no cell defines any more, while what is defined still reads their versions.

A cell was deleted, or its asset forgotten: its latest version is there, and may be read, as after
a restart. Only what this very notebook read before is meant: a name never finds what another
notebook made.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.collection import Definition
from assetbook.definitions.spec import AssetSpec
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey
from assetbook.notebook.cell_body import CellBody


def still_read(
    definitions: Iterable[Definition],
    remembered: Mapping[AssetKey, AssetSpec],
    remembered_inputs: Mapping[AssetKey, Mapping[str, AssetKey]],
    instance: Instance,
) -> dict[AssetKey, AssetSpec]:
    """The specs of such assets; reads the store only if something that is read is not defined."""
    made = [each for each in definitions if isinstance(each, AssetsDefinition)]
    defined = {key for each in made for key in each.keys} | set(remembered)
    defined |= {each.key for each in definitions if isinstance(each, AssetSpec)}
    tails = {key.parts[-1] for key in defined}
    wanted = {
        key
        for reader in remembered
        for key in remembered_inputs.get(reader, {}).values()
        if key not in defined
    }
    for definition in made:
        missing = frozenset(undefined_names(definition, defined, tails))
        if missing:
            wanted |= _read_before(definition, missing, instance) - defined
    found = instance.store.latest(wanted) if wanted else {}
    return {key: AssetSpec(key) for key in sorted(found)}


def undefined_names(
    definition: AssetsDefinition, defined: set[AssetKey], tails: set[str]
) -> Iterator[str]:
    """The parameters, or the names in an asset cell, that stand for nothing now."""
    function = definition.compute
    if isinstance(function, CellBody):
        for name in function.reads:
            value = function.namespace.get(name)
            gone = name not in function.namespace or isinstance(value, AssetsDefinition)
            if gone and name not in tails and not hasattr(builtins, name):
                yield name
        for table in function.tables:
            if table.parts[-1].rpartition("/")[2] not in tails:
                yield table.text
        return
    for port in definition.inputs:
        if port.key not in defined and not (port.by_name and port.name in tails):
            yield port.name


def _read_before(
    definition: AssetsDefinition, names: frozenset[str], instance: Instance
) -> set[AssetKey]:
    """What the latest versions of its assets read under ``names``."""
    return {
        AssetKey.from_text(read.key)
        for version in instance.store.latest(definition.keys).values()
        for name, read in version.event.inputs.items()
        if name in names
    }
