"""What an asset that was renamed is called now."""

from __future__ import annotations

from assetbook.events.records import AssetRenamed
from assetbook.keys import AssetKey
from assetbook.storage.store import EventLog


def renamed_to(store: EventLog, name: str) -> AssetKey | None:
    """The present key of the asset that was once called ``name``: its key, or the last part of it.

    None if no asset was. Looks through all events that there are: for errors only.
    """
    for stored in store.events(kinds=[AssetRenamed], newest_first=True):
        event = stored.event
        if isinstance(event, AssetRenamed):
            old = AssetKey.from_text(event.old)
            if name in (str(old), old.parts[-1]):
                return AssetKey.from_text(event.key)
    return None
