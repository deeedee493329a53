"""Whether a stored value is still what was written, without making an object of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from assetbook.events.records import ValueRef
from assetbook.io.folders import opened_folder
from assetbook.io.hashing_file import integrity_of, named_hash

_CHUNK = 1 << 20  # bytes


def problem_of(root: Path, reference: ValueRef) -> str | None:
    """What is wrong with a stored value, in words; None if it is whole.

    Reads all of its bytes, a mebibyte at a time. ``root`` is the folder of the value files.
    """
    if reference.inline is not None:
        text = reference.inline.encode("utf-8", "surrogatepass")
        changed = reference.integrity is not None and integrity_of(text) != reference.integrity
        return "its text in the database was changed or damaged" if changed else None
    if reference.path is None:
        return "its record names no file"
    *parts, name = reference.path.split("/")
    if any(part in ("", ".", "..") for part in (*parts, name)):
        return f"its record names {reference.path}, which is no value file"
    try:
        with opened_folder(root, parts) as folder:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(name, flags, dir_fd=folder)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - there is a descriptor, no path
            return _changed(file, reference)
    except (FileNotFoundError, NotADirectoryError):
        return f"its file is gone ({reference.path})"
    except OSError as error:
        return f"its file {reference.path} cannot be read ({error.strerror})"


def _changed(file: Any, reference: ValueRef) -> str | None:
    import xxhash

    size = os.fstat(file.fileno()).st_size
    if size != reference.size:
        return f"its file {reference.path} has {size:,} bytes instead of {reference.size:,}"
    hasher = xxhash.xxh3_128()
    while chunk := file.read(_CHUNK):
        hasher.update(chunk)
    if named_hash(hasher) != reference.integrity:
        return f"its file {reference.path} was changed or damaged"
    return None
