"""``%%sql_asset``, a cell of SQL that is an asset, and ``%sql``, which only looks."""

from __future__ import annotations

from typing import Any

import click

from assetbook.definitions.ports import DEFAULT_IO_MANAGER
from assetbook.errors import UsageError
from assetbook.io.database import table_parts
from assetbook.notebook.cell_text import strip_comment
from assetbook.notebook.database_cell import DatabaseCell
from assetbook.notebook.sql_cell import SqlCell
from assetbook.surfaces.asset_magic import (
    ASSET_PARAMS,
    CellMagic,
    CellRequest,
    cell_magic,
)
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.magics import Magic

_HELP = """Defines the cell, which is SQL, as the asset NAME and materializes it.

\b
Examples:
  %%sql_asset delays --group marts
  %%sql_asset raw/orders --reads data/*.csv
  %%sql_asset daily --config Day
  %%sql_asset mart/totals --on warehouse --table mart.totals"""

SQL_ASSET_PARAMS: tuple[click.Parameter, ...] = (
    *ASSET_PARAMS,
    click.Option(["--on"], help="The DatabaseResource in which it runs."),
    click.Option(["--table"], help="With --on: the table that holds the result, as schema.name."),
)
"""What ``%%sql_asset`` takes: what ``%%asset`` does, and where it runs."""


def sql_asset_magic(live: LiveNotebook) -> Magic:
    """``%%sql_asset`` in one notebook."""
    return cell_magic(live, CellMagic("sql_asset", _HELP, SQL_ASSET_PARAMS, _sql_body))


def sql_magic(live: LiveNotebook) -> Magic:
    """``%sql`` and ``%%sql`` in one notebook.

    Its line is SQL as it stands: IPython puts no variables into it, and no quotes are taken away.
    """
    from IPython.core.magic import no_var_expand

    verb = VERBS["sql"]

    def run(made: Magic, line: str, cell: str | None) -> Any:
        __tracebackhide__ = True
        text = _without_comment(line) if cell is None else f"{line}\n{cell}"
        if not text.strip() or (line.startswith("-") and not (cell or "").strip()):
            return made.parse(line or "--help")  # options, no SQL
        return verb.function(text, live.session.namespace, desk=live)

    made: Magic = no_var_expand(
        Magic("%sql", lambda: verb.command(lambda **arguments: None, "%"), run)
    )
    return made


def _without_comment(line: str) -> str:
    """The line without a Python comment at its end; ``#1`` is a column of SQL."""
    before = strip_comment(line)
    return before if line[len(before) :].lstrip().startswith("# ") else line


def _sql_body(asked: CellRequest) -> SqlCell:
    if asked.options["as_types"]:
        raise UsageError(
            f"%%sql_asset {asked.name} --as {asked.options['as_types'][0]}",
            "SQL reads every table as a table, whatever it was stored from",
            "Leave --as out; those that read this asset may say it.",
        )
    on, table = asked.options["on"], asked.options["table"]
    if table:
        _refuse_beside_table(asked)
    given = {
        "where": asked.where,
        "effect": asked.options["effect"],
        "config_names": frozenset(getattr(asked.config_type, "model_fields", {})),
    }
    namespace = asked.live.session.namespace
    if not on:
        return SqlCell(asked.name, asked.text, namespace, **given)
    parts = table_parts(table) if table else ()
    return DatabaseCell(asked.name, asked.text, namespace, on=on, table=parts, **given)


def _refuse_beside_table(asked: CellRequest) -> None:
    """Raises UsageError for options that cannot go with ``--table``."""
    options = asked.options
    wrong = ""
    if not options["on"]:
        wrong, remedy = "it does not say in which database", "Say --on NAME too."
    elif options["effect"]:
        wrong, remedy = "an effect has no value to leave there", "Leave --effect or --table out."
    elif options["io_manager_key"] != DEFAULT_IO_MANAGER:
        wrong, remedy = "the database keeps it, no I/O manager", "Leave --io-manager-key out."
    if wrong:
        raise UsageError(f"%%sql_asset {asked.name} --table {options['table']}", wrong, remedy)
