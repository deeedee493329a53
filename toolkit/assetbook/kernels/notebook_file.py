"""Output notebooks: written once, whole or not at all, and showing anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat

_WIDGET = "application/vnd.jupyter.widget-view+json"


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Writes a notebook to ``path``, durable when it returns; whoever reads it finds the one of
    before or this one, never a part."""
    text = nbformat.writes(without_widgets(notebook))
    written = path.with_name(f".{path.name}.{os.getpid()}")
    with written.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def without_widgets(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The same notebook, whose widgets are what they say of themselves as text or HTML: their
    kernel is gone."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(_WIDGET, None)
    return notebook
