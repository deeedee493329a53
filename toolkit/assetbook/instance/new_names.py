"""What an asset is called now that is asked for by a name that it no longer has."""

from __future__ import annotations

from assetbook.errors import SelectionError, did_you_mean
from assetbook.events.records import AssetRenamed
from assetbook.keys import AssetKey
from assetbook.storage.store import EventLog, Store


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


def never_made(store: Store, key: AssetKey, named: str | None = None) -> SelectionError:
    """The error for the value of an asset that has no version: its new name, or the nearest.

    ``named`` is the store where it was looked for alone; None: where it is read from anyway.
    """
    if named is not None:
        asked = f"the value of `{key}@{named}`"
        return SelectionError(asked, f"it has no version in the store `{named}`")
    asked, new = f"the value of `{key}`", renamed_to(store, str(key))
    if new is not None:
        return SelectionError(asked, f"it was renamed to `{new}`", f"Name `{new}`.")
    known = [str(each) for each in store.latest()]
    return SelectionError(
        asked, "it has never been materialized here", did_you_mean(str(key), known)
    )
