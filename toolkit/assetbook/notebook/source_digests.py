"""Digests of the files that a location is loaded from, to tell whether they have changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from assetbook.errors import NotLoadedError
from assetbook.notebook.document import Document, read_document

GONE = ""
"""The digest of a file that is not there, or cannot be read."""


def digests_of(
    paths: Iterable[Path], root: Path, document: Document | None = None
) -> dict[str, str]:
    """The digests of files, by their paths from ``root``; a file outside by its own path.

    ``document`` is one that was read before: what it said then counts.
    """
    base = root.resolve()
    read = {} if document is None else {document.path: document_digest(document)}
    return {_name(path, base): read.get(path) or digest_of(path) for path in dict.fromkeys(paths)}


def unchanged(digests: Mapping[str, str], root: Path) -> bool:
    """Whether all of those files are there as they were; reads them. False for none at all."""
    return bool(digests) and all(
        digest_of(root / name) == digest for name, digest in digests.items()
    )


def digest_of(path: Path) -> str:
    """The digest of a file's content; of a notebook its cells count, its outputs do not.

    A folder's is of the names of the modules in it.
    """
    if path.suffix == ".ipynb":
        try:
            return document_digest(read_document(path))
        except NotLoadedError:  # it is told by whoever loads it
            pass
    try:
        return _digest(_names_in(path) if path.is_dir() else path.read_bytes())
    except OSError:
        return GONE


def document_digest(document: Document) -> str:
    """The digest of a notebook's cells, with their ids and tags, and of its kernel's name."""
    parts = [document.kernel]
    for cell in document.cells:
        parts += [cell.kind, cell.id, cell.text, *sorted(cell.tags)]
    return _digest("\0".join(parts).encode("utf-8", "surrogatepass"))


def _names_in(folder: Path) -> bytes:
    names = sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*.py"))
    return "\0".join(names).encode()


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def _name(path: Path, base: Path) -> str:
    found = path.resolve()
    return found.relative_to(base).as_posix() if found.is_relative_to(base) else str(found)
