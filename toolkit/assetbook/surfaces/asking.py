"""What verbs ask of the desk at which they act: rows, and what names and selections mean there."""

from __future__ import annotations

from collections.abc import Sequence

from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import SelectionError
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.surfaces.desk import NOWHERE, Desk, StoreDesk
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.naming import offering_outputs, row_of, wrong_definition, wrong_key
from assetbook.surfaces.rows import AssetRow, asset_rows
from assetbook.surfaces.suggestion import typed


def rows_at(at: Desk) -> tuple[Standing, tuple[AssetRow, ...]]:
    """How everything stands, and a row for each asset."""
    now, cells, sources = at.standing()
    return now, asset_rows(now, cells=cells, sources=sources)


def row_at(at: Desk, now: Standing, rows: Sequence[AssetRow], name: str) -> AssetRow:
    """The row of the asset called ``name``; raises what tells best why there is none."""
    wrong = at.wrong()
    key = wrong_key(wrong, name)
    if key is not None and key not in now.states:
        raise wrong_definition(key, wrong[key])
    return row_of(rows, name, now.graph)


def narrowed(
    now: Standing, rows: Sequence[AssetRow], selection: str, verb: str
) -> tuple[tuple[AssetRow, ...], str]:
    """The rows that are selected, and what to say if these are none."""
    chosen = select(now, selection)
    none = f"`{selection}` matches none of the {counted(len(rows), 'asset')}."
    return tuple(row for row in rows if row.key in chosen), f"{none} `{typed(verb)}` shows all."


def orphans_at(at: Desk) -> tuple[Standing, tuple[AssetRow, ...]]:
    """The assets that have versions and that neither this desk nor any snapshot defines."""
    _, here = rows_at(at)
    defined = {row.key for row in here if not row.source.startswith(NOWHERE)}
    now, rows = rows_at(StoreDesk(at.instance))
    return now, tuple(
        row for row in rows if row.source.startswith(NOWHERE) and row.key not in defined
    )


def select(now: Standing, selection: str) -> frozenset[AssetKey]:
    """The assets that ``selection`` means; raises SelectionError if it cannot be read."""
    facts = SelectionGraph(now.graph.dag, now.graph.facts())
    with offering_outputs(now.graph):
        return AssetSelection.from_string(selection).resolve(facts)


def versioned_name(at: Desk, name: str) -> tuple[AssetKey, int | None]:
    """The key and the version number of ``orders@3``."""
    plain, at_sign, number = name.rpartition("@") if "@" in name else (name, "", "")
    wanted = plain if at_sign else name
    known = set(at.instance.store.latest())
    asked = AssetKey.from_user_string(wanted)
    if asked not in known:
        now, rows = rows_at(at)
        asked = row_at(at, now, rows, wanted).key
    return asked, version_number(name, number) if at_sign else None


def version_number(name: str, version: int | str) -> int:
    """The number in ``name``, as ``orders@3``; raises SelectionError if it is none."""
    try:
        return int(version)
    except ValueError:
        raise SelectionError(
            f"the version `{name}`",
            f"`{version}` is not a version's number",
            f"`%versions {name.partition('@')[0]}` lists them.",
        ) from None
