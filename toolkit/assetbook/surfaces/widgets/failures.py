"""What failed when it was last tried, and was not made since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from assetbook.events.parts import ErrorInfo
from assetbook.keys import AssetKey
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.asset_words import is_just_external
from assetbook.surfaces.rows import AssetRow

LAST_FAILED = "its last run failed"


def failed_assets(desk: Desk, rows: Iterable[AssetRow]) -> frozenset[AssetKey]:
    """The assets that failed as a whole."""
    found = desk.instance.store.failed_partitions([row.key for row in rows])
    return frozenset(key for key, some in found.items() if None in some)


def state_shown(row: AssetRow, failed: Collection[AssetKey]) -> str:
    """Its state, but that it failed where no fresh version stands against that."""
    if is_just_external(row):
        return "external"
    return "failed" if row.key in failed and row.state != "fresh" else row.state


def failure_of(desk: Desk, key: AssetKey, partition: str | None = None) -> dict[str, Any] | None:
    """The run in which the asset, or a partition of it, failed; None if it did not."""
    store = desk.instance.store
    failed = store.failed_partitions([key]).get(key, {})
    event_id = next((number for each, number in failed.items() if each == partition), None)
    if event_id is None:
        return None
    found = store.events(after=event_id - 1, limit=1)
    if not found or found[0].id != event_id:
        return None
    event = found[0].event
    error: ErrorInfo | None = getattr(event, "error", None)
    said = "" if error is None else f"{error.kind.rpartition('.')[2]}: {error.message}"
    return {"run": event.run_id, "at": event.at, "error": said}
