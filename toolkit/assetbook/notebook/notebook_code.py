"""A whole notebook as the code behind an asset."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from assetbook.notebook.document import Document, read_document
from assetbook.notebook.run_notebooks import file_of


class NotebookCode:
    """The notebook at ``path``; its code version is of its cells and the modules they import."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def __name__(self) -> str:
        return self.path.name

    @property
    def file(self) -> Path:
        """The file that this process reads for it."""
        return file_of(self.path)

    def document(self) -> Document:
        """The notebook as its file is now; raises NotLoadedError if there is none."""
        return structs.replace(read_document(self.file), path=self.path)
