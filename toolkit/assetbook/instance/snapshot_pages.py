"""How snapshots are stored: their assets in pages, of which those stored before cost nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from assetbook.definitions.digest import text_digest
from assetbook.errors import CorruptStoreError
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.job_record import JobRecord
from assetbook.instance.pages import pages_of
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.sensor_record import SensorRecord
from assetbook.storage.sources import Content, StoredSnapshot
from assetbook.storage.store import Store


class Taken(Snapshot, frozen=True, omit_defaults=True, kw_only=True):
    """The row that each snapshot has: all of it but its assets and jobs, which are its content."""

    content: str = ""
    """The digest of what it defined; empty in rows of earlier releases, which hold the assets."""


class _Beside(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a content holds itself."""

    jobs: tuple[JobRecord, ...] = ()
    schedules: tuple[ScheduleRecord, ...] = ()
    sensors: tuple[SensorRecord, ...] = ()


def snapshot_content(snapshot: Snapshot) -> tuple[Content, dict[str, str]]:
    """What the snapshot holds, as it is stored, and the pages that it refers to.

    When it was taken, after which cell, and from which files, is not in it.
    """
    pages = pages_of(msgspec.json.encode(each).decode() for each in snapshot.assets)
    held = _Beside(snapshot.jobs, snapshot.schedules, snapshot.sensors)
    body = msgspec.json.encode(held).decode()
    # what snapshots without jobs hold stays one content
    beside = [body] if held != _Beside() else []
    digest = text_digest("\n".join(["snapshot", snapshot.location, *pages, *beside]))
    return Content(digest, "snapshot", snapshot.location, body, tuple(pages)), pages


def assets_of(store: Store, content: Content) -> tuple[AssetRecord, ...]:
    """The assets of a snapshot's content; raises CorruptStoreError if a page is not there."""
    pages = store.parts(content.parts)
    if len(pages) < len(set(content.parts)):
        raise _missing(content.location)
    return tuple(each for part in content.parts for each in _decoder.decode(pages[part]))


def held_by(store: Store, content: Content, at: datetime) -> Snapshot:
    """What a snapshot's content holds, which was stored at that time; raises as ``assets_of``."""
    beside = _beside.decode(content.body) if content.body else _Beside()
    held = {name: getattr(beside, name) for name in _Beside.__struct_fields__}
    assets = assets_of(store, content)
    return Snapshot(location=content.location, at=at, assets=assets, **held)


def jobs_of(content: Content) -> tuple[JobRecord, ...]:
    """The jobs of a snapshot's content."""
    return _beside.decode(content.body).jobs


def schedules_in(store: Store, stored: StoredSnapshot) -> tuple[ScheduleRecord, ...]:
    """The schedules of a row's snapshot, without its assets; raises as ``taken_snapshot``."""
    return _beside_in(store, stored).schedules


def sensors_in(store: Store, stored: StoredSnapshot) -> tuple[SensorRecord, ...]:
    """The sensors of a row's snapshot, as its schedules above."""
    return _beside_in(store, stored).sensors


def _beside_in(store: Store, stored: StoredSnapshot) -> _Beside:
    digest = content_of(stored)
    if not digest:  # rows of releases that had none
        return _Beside()
    found = store.content(digest)
    if found is None:
        raise _missing(stored.location)
    return _beside.decode(found.content.body) if found.content.body else _Beside()


def taken_snapshot(store: Store, stored: StoredSnapshot) -> Snapshot:
    """The snapshot of a row, of any form; raises CorruptStoreError if its content is not there."""
    taken = taken_of(stored)
    assets, beside = taken.assets, _Beside(taken.jobs, taken.schedules, taken.sensors)
    if taken.content:
        found = store.content(taken.content)
        if found is None:
            raise _missing(stored.location)
        assets, beside = assets_of(store, found.content), _beside.decode(found.content.body)
    content = {name: getattr(beside, name) for name in _Beside.__struct_fields__}
    return Snapshot(**{**_all_but_content(taken), "assets": assets, **content})


def taken_of(stored: StoredSnapshot) -> Taken:
    """What a row holds itself."""
    return _taken.decode(stored.body)


def content_of(stored: StoredSnapshot) -> str:
    """The digest of what a row's snapshot holds; empty if the row holds it itself."""
    return _taken.decode(stored.body).content


def row_of(content: Content, snapshot: Snapshot) -> Taken:
    """The row of a snapshot with that content."""
    return Taken(**_all_but_content(snapshot), content=content.digest)


def _all_but_content(snapshot: Snapshot) -> dict[str, Any]:
    fields = Snapshot.__struct_fields__
    return {name: getattr(snapshot, name) for name in fields if name not in _CONTENT}


def _missing(location: str) -> CorruptStoreError:
    return CorruptStoreError(
        f"reading what {location} defines",
        "a part of its snapshot is not in the store",
        "Load the notebook again: that stores it anew.",
    )


_decoder = msgspec.json.Decoder(tuple[AssetRecord, ...])
_beside = msgspec.json.Decoder(_Beside)
_CONTENT = ("assets", *_Beside.__struct_fields__)
_taken = msgspec.json.Decoder(Taken)
