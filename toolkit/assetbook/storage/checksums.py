"""A checksum for each row: SQLite does not notice when a bit inside a row changes on the disk.

It covers all other columns of the row, the row's id among them, so that a row is also not taken for
another one.
"""

from __future__ import annotations

from pathlib import Path

import xxhash

from assetbook.errors import CorruptStoreError
from assetbook.storage.failures import copies_beside


def row_sum(body: bytes, *columns: int | float | str | None) -> int:
    """The checksum of a row as a signed number of 64 bits: of its ``body`` and other columns."""
    seed = xxhash.xxh3_64_intdigest(repr(columns).encode())
    return int.from_bytes(xxhash.xxh3_64_digest(body, seed), "big", signed=True)


def damaged_row(
    store: Path, what: str, found: str = "its row was changed or damaged"
) -> CorruptStoreError:
    """The error for ``what`` in the database ``store`` whose row is not as it was written."""
    return CorruptStoreError(
        f"reading {what} in {store}",
        found,
        "Everything else in it can still be read. Restore the file from a backup"
        f"{copies_beside(store)}, or materialize again what depends on it.",
    )
