"""How snapshots are stored: their assets in pages, of which those stored before cost nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from assetbook.definitions.digest import text_digest
from assetbook.errors import CorruptStoreError
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.pages import pages_of
from assetbook.storage.sources import Content, StoredSnapshot
from assetbook.storage.store import Store


class Taken(Snapshot, frozen=True, omit_defaults=True, kw_only=True):
    """The row that each snapshot has: all of it but its assets, which are in its content."""

    content: str = ""
    """The digest of what it defined; empty in rows of earlier releases, which hold the assets."""


def snapshot_content(snapshot: Snapshot) -> tuple[Content, dict[str, str]]:
    """What the snapshot holds, as it is stored, and the pages that it refers to.

    When it was taken, after which cell, and from which files, is not in it.
    """
    pages = pages_of(msgspec.json.encode(each).decode() for each in snapshot.assets)
    digest = text_digest("\n".join(["snapshot", snapshot.location, *pages]))
    return Content(digest, "snapshot", snapshot.location, "{}", tuple(pages)), pages


def assets_of(store: Store, content: Content) -> tuple[AssetRecord, ...]:
    """The assets of a snapshot's content; raises CorruptStoreError if a page is not there."""
    pages = store.parts(content.parts)
    if len(pages) < len(set(content.parts)):
        raise _missing(content.location)
    return tuple(each for part in content.parts for each in _decoder.decode(pages[part]))


def taken_snapshot(store: Store, stored: StoredSnapshot) -> Snapshot:
    """The snapshot of a row, of any form; raises CorruptStoreError if its content is not there."""
    taken = taken_of(stored)
    assets = taken.assets
    if taken.content:
        found = store.content(taken.content)
        if found is None:
            raise _missing(stored.location)
        assets = assets_of(store, found.content)
    return Snapshot(**{**_all_but_assets(taken), "assets": assets})


def taken_of(stored: StoredSnapshot) -> Taken:
    """What a row holds itself."""
    return _taken.decode(stored.body)


def content_of(stored: StoredSnapshot) -> str:
    """The digest of what a row's snapshot holds; empty if the row holds it itself."""
    return _taken.decode(stored.body).content


def row_of(content: Content, snapshot: Snapshot) -> Taken:
    """The row of a snapshot with that content."""
    return Taken(**_all_but_assets(snapshot), content=content.digest)


def _all_but_assets(snapshot: Snapshot) -> dict[str, Any]:
    fields = Snapshot.__struct_fields__
    return {name: getattr(snapshot, name) for name in fields if name != "assets"}


def _missing(location: str) -> CorruptStoreError:
    return CorruptStoreError(
        f"reading what {location} defines",
        "a part of its snapshot is not in the store",
        "Load the notebook again: that stores it anew.",
    )


_decoder = msgspec.json.Decoder(tuple[AssetRecord, ...])
_taken = msgspec.json.Decoder(Taken)
