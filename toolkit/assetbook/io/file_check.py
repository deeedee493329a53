"""Whether a stored value is still what was written, without making an object of it."""

from __future__ import annotations

from assetbook.errors import CorruptStoreError
from assetbook.events.parts import ValueRef
from assetbook.io.hashing_file import integrity_of
from assetbook.io.value_files import ValueFiles


def problem_of(values: ValueFiles, reference: ValueRef) -> str | None:
    """What is wrong with a stored value, in words; None if it is whole.

    Reads all of its bytes, a block at a time. Raises StoreError if its place cannot be reached.
    """
    if reference.inline is not None:
        text = reference.inline.encode("utf-8", "surrogatepass")
        changed = reference.integrity is not None and integrity_of(text) != reference.integrity
        return "its text in the database was changed or damaged" if changed else None
    if reference.path is None:
        return "its record names no file"
    try:
        whole = values.integrity_of(reference) == reference.integrity
    except CorruptStoreError as error:
        return error.found
    return None if whole else f"its file {reference.path} was changed or damaged"
