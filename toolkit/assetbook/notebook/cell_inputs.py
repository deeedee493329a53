"""What the names that an asset cell reads stand for: assets first, then the notebook's own names.

They are looked at anew whenever the definitions change, so that an asset defined later is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.collection import Definition
from assetbook.definitions.parameters import RESOURCE_MARK
from assetbook.definitions.ports import InputPort
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError, did_you_mean
from assetbook.keys import AssetKey
from assetbook.notebook.cell_body import CellBody
from assetbook.notebook.cell_names import beyond_builtins
from assetbook.notebook.database_cell import DatabaseCell
from assetbook.notebook.table_inputs import StoredTables, check_tables, database_ports, table_ports

_GIVEN = frozenset({"config", "context"})
"""Names that a run puts into an asset cell."""


def with_inputs(
    definitions: Iterable[Definition],
    remembered: Collection[AssetKey] = (),
    wrong: dict[AssetKey, str] | None = None,
    stored: StoredTables = dict,
) -> list[Definition]:
    """The definitions, each asset cell's with the inputs and resources that it reads now.

    ``remembered`` are assets whose cells have not run here; they may be read too, and ``stored``
    are those of them that live in a database. A cell with a
    name that fits several assets raises DefinitionError; with ``wrong`` it is left out instead,
    and put there with what is wrong.
    """
    given = list(definitions)
    if not any(_is_cell(definition) for definition in given):
        return given
    keys = [key for definition in given for key in _keys(definition)]
    names = _by_name([*keys, *remembered])
    found: list[Definition] = []
    for definition in given:
        try:
            cell = isinstance(definition, AssetsDefinition) and _is_cell(definition)
            found.append(_resolved(definition, names, given, stored) if cell else definition)  # type: ignore[arg-type]
        except DefinitionError as error:
            if wrong is None:
                raise
            wrong.update((key, error.found) for key in _keys(definition))
    return found


def check_names(
    function: CellBody, own: AssetKey, keys: Iterable[AssetKey], namespace: Mapping[str, Any]
) -> None:
    """Raises DefinitionError for a name that is neither an asset, a variable nor a builtin.

    The same for the tables that SQL names; ``own`` is the key of the cell's asset.
    """
    known_keys = list(keys)
    check_tables(function, own, known_keys)
    names = _by_name(known_keys)
    for name in sorted(beyond_builtins(function.reads) - _GIVEN):
        if name in names or name in namespace or name in function.binds:
            continue  # one that the cell itself binds, perhaps in a loop that may not run
        known = [*names, *(each for each in namespace if not each.startswith("_"))]
        raise DefinitionError(
            f"the asset cell `{function.__name__}`",
            f"`{name}` is neither an asset nor a variable of this notebook",
            did_you_mean(name, known),
        )


def _is_cell(definition: Definition) -> bool:
    return isinstance(definition, AssetsDefinition) and isinstance(definition.compute, CellBody)


def _keys(definition: Definition) -> tuple[AssetKey, ...]:
    if isinstance(definition, AssetsDefinition):
        return definition.keys
    return (definition.key,) if isinstance(definition, AssetSpec) else ()


def _by_name(keys: Iterable[AssetKey]) -> Mapping[str, list[AssetKey]]:
    """The keys that a Python name fits: those whose last part it is."""
    found: dict[str, list[AssetKey]] = defaultdict(list)
    for key in dict.fromkeys(keys):
        found[key.parts[-1]].append(key)
    return found


def _resolved(
    definition: AssetsDefinition,
    names: Mapping[str, list[AssetKey]],
    given: Iterable[Definition],
    stored: StoredTables,
) -> AssetsDefinition:
    function = definition.compute
    assert isinstance(function, CellBody)
    wanted = {port.name: port.annotation for port in definition.inputs}
    own = definition.keys
    inputs: list[InputPort] = []
    resources: list[tuple[str, object]] = []
    for name in sorted(function.reads):
        key = _asset_for(definition, name, names)
        if key is not None and key not in own:
            inputs.append(InputPort(name, key, wanted.get(name)))
        elif key is None and hasattr(function.namespace.get(name), RESOURCE_MARK):
            resources.append((name, None))
    if isinstance(function, DatabaseCell):
        made = [each for each in given if isinstance(each, AssetsDefinition)]
        inputs += database_ports(function, own, made, stored)
    else:
        inputs += table_ports(function, own, names)
    return definition.replace(inputs=tuple(inputs), resource_names=tuple(resources))


def _asset_for(
    definition: AssetsDefinition, name: str, names: Mapping[str, list[AssetKey]]
) -> AssetKey | None:
    fitting = names.get(name)
    if not fitting:
        return None
    if len(fitting) == 1:
        return fitting[0]
    both = " and ".join(f"`{key}`" for key in fitting)
    raise DefinitionError(
        f"the asset cell `{definition.name}`",
        f"`{name}` fits {both}",
        "Rename one of them, or use @asset with ins={...}.",
    )
