"""The folder of a store: database, value files, and the key for the hashes of secrets."""

from __future__ import annotations

from pathlib import Path

from assetbook.io.key_file import key_in

DATABASE = "assetbook.db"
VALUES = "values"
KEY = "key"


def store_key(folder: Path) -> bytes:
    """The store's own 32 random bytes, made (mode 0600) to last if there are none yet.

    Raises StoreError if the file cannot be read or made.
    """
    return key_in(folder / KEY, asked=f"the key of the store {folder}")
