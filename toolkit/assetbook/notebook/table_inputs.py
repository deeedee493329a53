"""Which assets the tables of an SQL cell are.

``orders`` fits every key that ends so, ``raw.orders`` and ``"raw/orders"`` every key that ends
with these parts; a name that is a whole key is that asset's. As in SQL, case does not count where
nothing fits it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.ports import InputPort
from assetbook.errors import DefinitionError, did_you_mean
from assetbook.io.database import TableInDatabase, TableParts
from assetbook.io.sql_errors import at_place
from assetbook.io.table_source import TableSource
from assetbook.keys import AssetKey
from assetbook.notebook.cell_body import CellBody, TableName
from assetbook.notebook.database_cell import DatabaseCell
from assetbook.notebook.sql_cell import SqlCell, is_table

_OF_DUCKDB = ("duckdb_", "sqlite_", "pg_", "pragma_", "information_schema", "system", "temp")


class StoredTable(NamedTuple):
    """Where the latest version of an asset is: in a table of a database, which is a resource."""

    resource: str
    parts: TableParts


StoredTables = Callable[[], Mapping[AssetKey, StoredTable]]
"""Asks the store which assets whose cells have not run here live in a database."""


def table_ports(
    function: CellBody, own: Collection[AssetKey], names: Mapping[str, list[AssetKey]]
) -> list[InputPort]:
    """The inputs that are tables, in the form in which they are scanned.

    ``names`` are the keys by their last part. Raises DefinitionError for a name that fits two.
    """
    if not function.tables or isinstance(function, DatabaseCell):
        return []
    keys = [key for several in names.values() for key in several]
    ports = []
    for table in function.tables:
        key = asset_of(table, keys, function)
        if key is not None and key not in own:
            ports.append(InputPort(table.text, key, TableSource))
    return ports


def database_ports(
    function: DatabaseCell,
    own: Collection[AssetKey],
    definitions: Iterable[AssetsDefinition],
    stored: StoredTables = dict,
) -> list[InputPort]:
    """The inputs of a cell that runs in a database: the assets whose tables are there.

    They are not loaded; ``stored`` are those that no definition is about. A name that fits several
    stands for all of them.
    """
    tables = {
        table.parts: key
        for key, table in stored().items()
        if table.resource == function.on and key not in own
    }
    for definition in definitions:
        for output in definition.outputs:
            if output.io_manager_key == function.on and output.spec.key not in own:
                parts = _table_of(definition, output.spec.key, function)
                tables[parts] = tables["__".join(parts),] = output.spec.key  # as in SQLite
    ports = []
    for table in function.tables:
        # a name without its schema may be any that ends so: the database alone knows which
        for number, found in enumerate(_fitting(table.parts, map(AssetKey, tables))):
            name = ".".join(found.parts) if number else table.text
            ports.append(InputPort(name, tables[found.parts], TableInDatabase))
    return list({port.name: port for port in ports}.values())


def _table_of(definition: AssetsDefinition, key: AssetKey, reader: DatabaseCell) -> tuple[str, ...]:
    """The name of the table in which an asset is left."""
    compute = definition.compute
    if isinstance(compute, DatabaseCell) and compute.table:
        return compute.table
    manager: Any = reader.namespace.get(reader.on)
    # a DatabaseIOManager, whose module loads pydantic
    return manager.table_of(key.parts) if hasattr(type(manager), "table_of") else key.parts


def asset_of(table: TableName, keys: Iterable[AssetKey], function: CellBody) -> AssetKey | None:
    """The asset that a table's name stands for; None if it fits none."""
    parts = table.parts if len(table.parts) > 1 else tuple(table.parts[0].split("/"))
    fitting = _fitting(parts, keys)
    if len(fitting) > 1 and table.sure:
        both = " and ".join(f"`{key}`" for key in fitting)
        raise _wrong(
            function, table, f"`{table.text}` fits {both}", f"Write {_spelled(fitting[0])}."
        )
    return fitting[0] if len(fitting) == 1 else None


def check_tables(function: CellBody, own: AssetKey, keys: Collection[AssetKey]) -> None:
    """Raises DefinitionError for a table that nothing here knows, and for the cell's own asset."""
    if isinstance(function, DatabaseCell):
        return  # the database knows its tables
    for table in function.tables:
        key = asset_of(table, [*keys, own], function)
        if key == own and table.sure:
            raise _wrong(
                function,
                table,
                f"it reads `{table.text}`, the asset that it makes",
                "Read the source under another name; an asset cannot be its own input.",
            )
        if key is None and not _is_elsewhere(function, table):
            near = did_you_mean(table.text.replace(".", "/"), _known(function, keys))
            raise _wrong(
                function,
                table,
                f"`{table.text}` is neither an asset nor a table of this notebook",
                near,
            )


def _fitting(parts: tuple[str, ...], keys: Iterable[AssetKey]) -> list[AssetKey]:
    known = list(dict.fromkeys(keys))
    for fold in (str, str.casefold):
        wanted = tuple(fold(part) for part in parts)
        whole = [key for key in known if tuple(fold(part) for part in key.parts) == wanted]
        ends = [
            key
            for key in known
            if tuple(fold(part) for part in key.parts[-len(wanted) :]) == wanted
        ]
        if whole or ends:
            return whole or ends
    return []


def _spelled(key: AssetKey) -> str:
    return f'`"{key}"`' if len(key.parts) > 1 else f"`{key}`"


def _is_elsewhere(function: CellBody, table: TableName) -> bool:
    """Whether a table that is no asset may be there all the same."""
    if not table.sure or not isinstance(function, SqlCell) or function.brings_tables:
        return True
    if len(table.parts) == 1 and is_table(function.namespace.get(table.text)):
        return True
    return table.parts[0].lower().startswith(_OF_DUCKDB)


def _known(function: CellBody, keys: Iterable[AssetKey]) -> list[str]:
    frames = [name for name, value in function.namespace.items() if is_table(value)]
    return [*map(str, keys), *(name for name in frames if not name.startswith("_"))]


def _wrong(function: CellBody, table: TableName, found: str, remedy: str) -> DefinitionError:
    if isinstance(function, SqlCell):
        found = at_place(function.sql.source, table.at, found)
        return DefinitionError(function.asked, found, remedy)
    return DefinitionError(f"the asset cell `{function.__name__}`", found, remedy)
