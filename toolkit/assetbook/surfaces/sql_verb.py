"""``sql``: looking at stored values as tables. Nothing is recorded, and nothing is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assetbook.io.table_source import TableSource, source_of
from assetbook.named_arguments import named_arguments
from assetbook.notebook.cell_body import TableName
from assetbook.notebook.sql_cell import SqlCell
from assetbook.notebook.table_inputs import asset_of
from assetbook.surfaces.asking import resources_at, versioned_name
from assetbook.surfaces.desk import Desk, current_desk

if TYPE_CHECKING:
    import pandas as pd

    from assetbook.instance.version_reference import Reference
    from assetbook.keys import AssetKey


@named_arguments
def sql(
    query: str, names: Mapping[str, Any] | None = None, *, desk: Desk | None = None
) -> pd.DataFrame | None:
    """The rows of a query over the latest stored values of assets, as a pandas frame.

    Tables are assets (``orders``, ``raw.orders``, ``"raw/orders"``, an earlier version as
    ``"orders@3"``) and the frames in ``names``, whose plain values are the parameters: ``:day``.
    None if no statement is a query. Raises DefinitionError for what DuckDB has against it,
    SelectionError for an asset without a value.
    """
    at = desk or current_desk()
    body = SqlCell("sql", query, names or {}, where="", effect=None, asked="the query")
    found = body(**_inputs(at, body))
    return found.read_all().to_pandas() if found is not None else None


def _inputs(at: Desk, body: SqlCell) -> dict[str, Any]:
    """What the query names: stored values as tables, and as parameters."""
    known = list(at.instance.store.latest())
    inputs: dict[str, Any] = {}
    for table in body.tables:
        key, version = _stored(at, table, known, body)
        if key is not None:
            inputs[table.text] = _source(at, key, version)
    for name in body.reads - body.namespace.keys():
        found = asset_of(TableName((name,)), known, body)
        if found is not None:
            inputs[name] = at.instance.value(found, resources=resources_at(at))
    return inputs


def _stored(
    at: Desk, table: TableName, known: list[AssetKey], body: SqlCell
) -> tuple[AssetKey | None, Reference | None]:
    if len(table.parts) == 1 and "@" in table.text:
        return versioned_name(at, table.text)
    return asset_of(table, known, body), None


def _source(at: Desk, key: AssetKey, version: Reference | None) -> TableSource:
    found_version = at.instance.version(key, version)
    reference = found_version.event.value
    custom = reference is not None and reference.kind == "custom"
    found = None
    if reference is not None and not custom:
        found = at.instance.values_of(found_version.store).source(reference)
    if found is not None:
        return found
    wanted = TableSource if custom else None  # a manager may have it scanned where it is
    value = at.instance.value(key, version, as_type=wanted, resources=resources_at(at))
    return source_of(value, asked=f"the table `{key}`")
