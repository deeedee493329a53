"""An observation of an asset that is made elsewhere, as the version that others read."""

from __future__ import annotations

from assetbook.events.asset_events import AssetMaterialized, AssetObserved


def as_version(event: AssetObserved, event_id: int = 0) -> AssetMaterialized:
    """The version; without a data version of its own, ``event_id`` tells it from all others."""
    return AssetMaterialized(
        at=event.at,
        run_id=event.run_id,
        key=event.key,
        step=event.step,
        data_version=event.data_version or f"unique:observed:{event_id}",
        metadata=event.metadata,
        tags=event.tags,
    )
