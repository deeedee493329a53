"""The folder of a store: database, value files, and the key for the hashes of secrets."""

from __future__ import annotations

from pathlib import Path

from assetbook.definitions.secret import keyed_hash
from assetbook.io.key_file import key_in

DATABASE = "assetbook.db"
LOGS = "logs"
NOTEBOOKS = "notebooks"
OP_VALUES = "op_values"
VALUES = "values"
KEY = "key"


def store_key(folder: Path) -> bytes:
    """The store's own 32 random bytes, made (mode 0600) to last if there are none yet.

    Raises StoreError if the file cannot be read or made, CorruptStoreError if it holds no key.
    """
    return key_in(folder / KEY, asked=f"the key of the store {folder}")


def store_identity(folder: Path, key: bytes) -> str:
    """16 hexadecimal digits that no other store has; ``key`` is what ``store_key`` gives.

    A copy of a store has others than the one that it was copied from: its key is another file. So
    neither takes the value files that only the other knows for leftovers.
    """
    file = (folder / KEY).stat().st_ino
    return keyed_hash(f"store by its key's file, {file}", key)[:16]
