"""The text right above each code cell, as the notebook's file has it: the longer documentation."""

from __future__ import annotations

import hashlib
from pathlib import Path

from assetbook.errors import AssetbookError
from assetbook.notebook.document import Document, read_document

_MOST_READ = 50_000_000  # bytes: a file full of outputs is not read again after each cell


def text_handle(text: str) -> str:
    """What stands for a cell whose front end gives it no id: a hash of its text."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"text:{digest}"


class TextsAbove:
    """The texts of a notebook's file, read again whenever it was saved; None: of no file.

    A ``document`` is a file that was read before, and is not read again.
    """

    def __init__(self, path: Path | None, document: Document | None = None) -> None:
        self._path = path if document is None else None
        self._stamp: tuple[int, int] | None = None
        self._texts = texts_above(document) if document is not None else {}

    def above(self, handle: str) -> str:
        """The text above the cell of that id, or of that ``text_handle``; empty without one."""
        if self._path is not None:
            self._read(self._path)
        return self._texts.get(handle, "")

    def _read(self, path: Path) -> None:
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp != self._stamp and stat.st_size <= _MOST_READ:
                self._stamp = stamp
                self._texts = texts_above(read_document(path))
        except (OSError, AssetbookError):  # being saved, or no notebook: what it said is gone too
            self._texts = {}


def texts_above(document: Document) -> dict[str, str]:
    """By the id and by the ``text_handle`` of a code cell, the text of the cell above it."""
    found: dict[str, str] = {}
    for above, cell in zip(document.cells, document.cells[1:], strict=False):
        if above.kind == "markdown" and cell.kind == "code" and above.text.strip():
            found[cell.id] = found[text_handle(cell.text)] = above.text.strip()
    return found
