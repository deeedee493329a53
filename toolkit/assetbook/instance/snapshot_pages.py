"""How snapshots are stored: their assets in pages, of which those stored before cost nothing."""

from __future__ import annotations

import msgspec

from assetbook.definitions.digest import text_digest
from assetbook.errors import CorruptStoreError
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.pages import pages_of
from assetbook.storage.sources import Content, StoredSnapshot
from assetbook.storage.store import Store


class Taken(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a location was seen with: the row that each snapshot has."""

    content: str = ""
    """The digest of what it defined; empty in rows that hold all of it themselves."""
    cell: str = ""
    sources: dict[str, str] = {}
    broken: str = ""


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
    taken = _taken.decode(stored.body)
    if not taken.content:
        return _whole.decode(stored.body)
    found = store.content(taken.content)
    if found is None:
        raise _missing(stored.location)
    return Snapshot(
        location=stored.location,
        at=stored.at,
        assets=assets_of(store, found.content),
        cell=taken.cell,
        sources=taken.sources,
        broken=taken.broken,
    )


def content_of(stored: StoredSnapshot) -> str:
    """The digest of what a row's snapshot holds; empty if the row holds it itself."""
    return _taken.decode(stored.body).content


def row_of(content: Content, snapshot: Snapshot) -> bytes:
    """The row of a snapshot with that content: what is not in it, but for the time."""
    taken = Taken(content.digest, snapshot.cell, snapshot.sources, snapshot.broken)
    return msgspec.json.encode(taken)


def _missing(location: str) -> CorruptStoreError:
    return CorruptStoreError(
        f"reading what {location} defines",
        "a part of its snapshot is not in the store",
        "Load the notebook again: that stores it anew.",
    )


_decoder = msgspec.json.Decoder(tuple[AssetRecord, ...])
_whole = msgspec.json.Decoder(Snapshot)
_taken = msgspec.json.Decoder(Taken)
