"""What made the latest version of a partition, as the table of partitions holds it.

A row is read a hundred thousand at a time: its checksum is of the body alone, in which asset,
partition and event are named once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import xxhash

from assetbook.errors import CorruptStoreError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.storage.bodies import EventRow, event_of
from assetbook.storage.checksums import damaged_row, row_sum
from assetbook.storage.database_names import partition_of, partition_text
from assetbook.storage.made_kind import facts_of
from assetbook.storage.partition_states import PartitionMade

MADE_COLUMNS = ("asset", "partition", "event", "body", "sum")
MADE = f"SELECT {', '.join(MADE_COLUMNS)} FROM partition_state"
_MANY = msgspec.json.Decoder(list[PartitionMade])
_AT_ONCE = 500  # what fits a processor's cache
_DAMAGED = b""
_UNSIGNED = (1 << 64) - 1


def made_body(
    asset: int, partition: str, event_id: int, number: int, event: AssetMaterialized
) -> bytes:
    """The body of the row of that partition, which is as the tables hold it."""
    made = asset, partition_of(partition), event_id, number, event.at.timestamp()
    code = event.code
    return msgspec.json.encode(
        (*made, event.data_version, code.digest, code.authored, event.config, *facts_of(event))
    )


def made_row(
    asset: int, partition: str, event_id: int, number: int, event: AssetMaterialized
) -> tuple[int, str, int, bytes, int]:
    """All columns of the row."""
    body = made_body(asset, partition, event_id, number, event)
    return asset, partition, event_id, body, made_sum(body)


def made_sum(body: bytes) -> int:
    """The checksum of a body as a signed number of 64 bits."""
    return int.from_bytes(xxhash.xxh3_64_digest(body), "big", signed=True)


def made(row: tuple[Any, ...], store: Path) -> PartitionMade:
    """Of the columns of a row; raises CorruptStoreError if they are not as they were written."""
    asset, partition, event_id, body, checksum = row
    (found,) = made_of_all([body], [checksum], store)
    place = found.asset, partition_text(found.partition), found.event_id
    if place != (asset, partition, event_id):
        raise _damaged(store)
    return found


def made_of_all(bodies: Sequence[bytes], sums: Iterable[int], store: Path) -> list[PartitionMade]:
    """Of the bodies of rows and their checksums; raises CorruptStoreError as above."""
    try:
        if list(map(xxhash.xxh3_64_intdigest, bodies)) != [each & _UNSIGNED for each in sums]:
            raise _damaged(store)
        found: list[PartitionMade] = []
        for start in range(0, len(bodies), _AT_ONCE):
            found += _MANY.decode(b"[" + b",".join(bodies[start : start + _AT_ONCE]) + b"]")
    except (TypeError, msgspec.DecodeError) as error:
        raise _damaged(store) from error
    if len(found) != len(bodies):  # an empty body
        raise _damaged(store)
    return found


def made_of(*columns: Any) -> bytes:
    """The body for a row of the schema before: its columns, and those of its event.

    Of a row that is not as it was written, a body that is damaged too.
    """
    (asset, partition, event_id, checksum), event = columns[:4], EventRow(*columns[4:])
    if row_sum(b"", asset, partition, event_id) != checksum or event.number is None:
        return _DAMAGED
    try:
        found = event_of(event, Path())
    except CorruptStoreError:
        return _DAMAGED
    if not isinstance(found, AssetMaterialized):
        return _DAMAGED
    return made_body(asset, partition, event_id, event.number, found)


def _damaged(store: Path) -> CorruptStoreError:
    return damaged_row(store, "the state of a partition")
