"""The list of assets as a page watches it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from assetbook.instance.snapshots import recall_all
from assetbook.keys import AssetKey
from assetbook.surfaces.asking import rows_at, select
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.asset_words import check_counts, group_of, why_of
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.rows import AssetRow
from assetbook.surfaces.widgets.changes import Document
from assetbook.surfaces.widgets.failures import LAST_FAILED, failed_assets, state_shown
from assetbook.surfaces.widgets.running import running_assets


def assets_document(desk: Desk, given: Mapping[str, Any]) -> Document:
    """The assets by key, upstream first; ``given["selection"]`` narrows them.

    ``running`` has those that are being made now, each with since when. Raises SelectionError for
    a selection that cannot be read.
    """
    now, rows = rows_at(desk)
    locations = locations_of(desk)
    if selection := str(given.get("selection") or ""):
        chosen = select(now, selection, desk.instance)
        rows = tuple(row for row in rows if row.key in chosen)
    failed = failed_assets(desk, rows)
    return {
        "assets": {
            row.key.text: asset_facts(desk, row, locations.get(row.key, ""), failed) for row in rows
        },
        "running": running_assets(desk.instance, now),
    }


def locations_of(desk: Desk) -> dict[AssetKey, str]:
    """The location that defines each asset, to be named where something is asked of it; none for a
    live notebook, whose own they are."""
    if isinstance(desk, LiveNotebook):
        return {}
    return {
        AssetKey.from_text(record.key): snapshot.location
        for snapshot in recall_all(desk.instance).values()
        for record in snapshot.assets
        if not record.owner
    }


def asset_facts(
    desk: Desk, row: AssetRow, location: str = "", failed: Collection[AssetKey] = ()
) -> dict[str, Any]:
    """What lists and pictures show of one asset; ``failed`` are those that failed last."""
    why = why_of(row, desk.instance.clock.now())
    return {
        "name": str(row.key),
        "state": state_shown(row, failed),
        "why": "; ".join(filter(None, [LAST_FAILED * (row.key in failed), why])),
        "group": group_of(row),
        "at": row.at,
        "rows": row.rows,
        "bytes": row.size,
        "version": row.version,
        "seconds": row.duration,
        "checks": check_counts(row),
        "cell": row.cell,
        "source": row.source,
        "location": location,
        "kinds": row.kinds,
        "parity": row.parity.answer if row.parity is not None else None,
    }
