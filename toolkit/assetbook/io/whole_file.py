"""Whether a value file is whole, found out without reading it into memory."""

from __future__ import annotations

from pathlib import Path

from assetbook.errors import CorruptStoreError
from assetbook.events.records import ValueRef

_CHUNK = 1 << 20


def whole_file(root: Path, reference: ValueRef, *, asked: str) -> Path:
    """The path of a value's file below ``root``, every byte of which was hashed.

    ``asked`` says in errors which value it is. Raises CorruptStoreError if the file is gone or
    does not hold what was written.
    """
    import xxhash

    path = root / (reference.path or "")
    hasher = xxhash.xxh3_128()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                hasher.update(chunk)
    except OSError as error:
        raise _corrupt(asked, f"its file {reference.path} cannot be read ({error.strerror})") from (
            error
        )
    if f"xxh3_128:{hasher.hexdigest()}" != reference.integrity:
        raise _corrupt(asked, f"its file {reference.path} was changed or damaged")
    return path


def _corrupt(asked: str, found: str) -> CorruptStoreError:
    return CorruptStoreError(
        asked, found, "Materialize it again, or restore the file from a backup."
    )
