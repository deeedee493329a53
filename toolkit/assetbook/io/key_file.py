"""Files that hold a key: 32 random bytes for one user alone, made once and for all processes."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from assetbook.errors import CorruptStoreError, StoreError
from assetbook.io.new_file import sync_path

_LENGTH = 32  # bytes


def key_in(path: Path, *, asked: str) -> bytes:
    """The key in the file, made (mode 0600) to last if there is none yet.

    ``asked`` names the key in errors. Raises StoreError if the file cannot be read or made,
    CorruptStoreError if it holds no key.
    """
    return existing_key(path, asked=asked) or _make_key(path, asked)


def existing_key(path: Path, *, asked: str) -> bytes | None:
    """The key in the file; None if there is none.

    Raises StoreError if it cannot be read, CorruptStoreError if it holds no key.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(asked, str(error), "Check its rights.") from None
    if len(key) != _LENGTH:  # hashes under a short one could be guessed
        raise CorruptStoreError(
            asked,
            f"{path} has {len(key)} bytes, and a key has {_LENGTH}",
            "Restore the file from a backup. Or delete it: then there is a new key, and what was "
            "hashed or signed with the old one has to be materialized again.",
        )
    return key


def _make_key(path: Path, asked: str) -> bytes:
    """Written beside and linked in place, so that two processes agree on one key."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_LENGTH))
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
        sync_path(path.parent)
        return path.read_bytes()
    except OSError as error:
        raise StoreError(asked, str(error), "Check space and rights there.") from None
