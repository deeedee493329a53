"""The folder of a store: database, value files, and the key for the hashes of secrets."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from assetbook.errors import StoreError

DATABASE = "assetbook.db"
VALUES = "values"
_KEY = "key"


def store_key(folder: Path) -> bytes:
    """The store's own 32 random bytes, made (mode 0600) to last if there are none yet.

    Raises StoreError if the file cannot be read or made.
    """
    path = folder / _KEY
    try:
        key = path.read_bytes()
        if len(key) == 32:
            return key
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StoreError(
            f"the key of the store {folder}", str(error), "Check its rights."
        ) from None
    return _make_key(path)


def _make_key(path: Path) -> bytes:
    """Written beside and linked in place, so that two processes agree on one key."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
        _sync(path.parent)
        return path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"the key of the store {path.parent}", str(error), "Check space and rights there."
        ) from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
