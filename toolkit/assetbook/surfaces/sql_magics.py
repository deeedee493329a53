"""``%%sql_asset``: a cell of SQL is an asset, and running the cell materializes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assetbook.errors import UsageError
from assetbook.notebook.sql_cell import SqlCell
from assetbook.surfaces.asset_magic import (
    ASSET_PARAMS,
    CellMagic,
    CellRequest,
    cell_magic,
)
from assetbook.surfaces.live import LiveNotebook

_HELP = """Defines the cell, which is SQL, as the asset NAME and materializes it.

\b
Examples:
  %%sql_asset delays --group marts
  %%sql_asset raw/orders --reads data/*.csv
  %%sql_asset daily --config Day"""


def sql_asset_magic(live: LiveNotebook) -> Callable[[str, str], Any]:
    """The function behind ``%%sql_asset`` in one notebook."""
    return cell_magic(live, CellMagic("sql_asset", _HELP, ASSET_PARAMS, _sql_body))


def _sql_body(asked: CellRequest) -> SqlCell:
    if asked.options["as_types"]:
        raise UsageError(
            f"%%sql_asset {asked.name} --as {asked.options['as_types'][0]}",
            "SQL reads every table as a table, whatever it was stored from",
            "Leave --as out; those that read this asset may say it.",
        )
    fields = getattr(asked.config_type, "model_fields", {})
    return SqlCell(
        asked.name,
        asked.text,
        asked.live.session.namespace,
        where=asked.where,
        effect=asked.options["effect"],
        config_names=frozenset(fields),
    )
