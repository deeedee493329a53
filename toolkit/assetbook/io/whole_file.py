"""The path of a value file that is whole, for libraries that read files themselves."""

from __future__ import annotations

from pathlib import Path

from assetbook.events.records import ValueRef
from assetbook.io.stored_file import StoredFile


def whole_file(root: Path, reference: ValueRef, *, asked: str) -> Path:
    """The path of a value's file below ``root``, every byte of which was hashed.

    ``asked`` says in errors which value it is. Raises CorruptStoreError if the file is gone or does
    not hold what was written.
    """
    file = StoredFile(root, reference.path or "")
    file.asked = asked
    if file.integrity() != reference.integrity:
        raise file.corrupt(f"its file {reference.path} was changed or damaged")
    return file.path
