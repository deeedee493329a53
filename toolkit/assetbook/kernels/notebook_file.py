"""Output notebooks: written once, whole or not at all, and showing anywhere."""

from __future__ import annotations

from pathlib import Path

import nbformat

from assetbook.io.durable_path import new_beside, put_in_place
from assetbook.io.file_failures import unwritten
from assetbook.kernels.kept_cells import kept_form

_WIDGET = "application/vnd.jupyter.widget-view+json"


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Writes a notebook to ``path`` as a run keeps it, durable when it returns; whoever reads it
    finds the one of before or this one, never a part. Raises StoreError."""
    kept = nbformat.from_dict(kept_form(notebook, outputs=True))
    try:
        with new_beside(path) as new:
            new.write_text(nbformat.writes(without_widgets(kept)), encoding="utf-8")
            put_in_place(new, path)
    except OSError as error:
        raise unwritten(error, f"the notebook of a run, {path}", path.parent) from None


def without_widgets(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The same notebook, whose widgets are what they say of themselves as text or HTML: their
    kernel is gone."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(_WIDGET, None)
    return notebook
