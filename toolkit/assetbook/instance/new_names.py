"""What an asset is called now that is asked for by a name that it no longer has."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assetbook.errors import SelectionError, did_you_mean
from assetbook.events.asset_events import AssetRenamed
from assetbook.keys import AssetKey, PartitionKey
from assetbook.storage.store import EventLog, Store, Version


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


def of_partition(versions: Sequence[Version], partition: str | None) -> list[Version]:
    """Those of a partition; None stands for all."""
    return [each for each in versions if partition in (None, each.partition)]


def no_such_partition(
    key: AssetKey, partition: str | None, made: Collection[PartitionKey]
) -> SelectionError:
    """The error for the value of an asset with partitions, of which none was named, or one that was
    never made."""
    some = sorted(made)
    there = f"{len(some)} are made, from {some[0]} to {some[-1]}."
    if partition is None:
        return SelectionError(
            f"the value of `{key}`",
            "it has partitions",
            f"Name one: `%value {key} {some[-1]}`, elsewhere --partition {some[-1]}. {there}",
        )
    return SelectionError(
        f"the value of `{key}[{partition}]`",
        "that partition was never made here",
        did_you_mean(partition, some) or there,
    )
