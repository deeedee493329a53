"""The folder of a store: database, value files, and the key for the hashes of secrets."""

from __future__ import annotations

from pathlib import Path

from assetbook.io.key_file import key_in

DATABASE = "assetbook.db"
VALUES = "values"
_KEY = "key"


def store_key(folder: Path) -> bytes:
    """The store's own 32 random bytes, made (mode 0600) to last if there are none yet.

    Raises StoreError if the file cannot be read or made, CorruptStoreError if it holds no key.
    """
    return key_in(folder / _KEY, asked=f"the key of the store {folder}")
