"""A folder from which a bundle is loaded: its notebook, and its modules beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assetbook.instance.bundles import Bundle, BundleCell
from assetbook.notebook.document import LOAD_TAG
from assetbook.notebook.local_imports import write_module

MODULES = "modules"
"""The folder of the modules, beside the notebook."""
NOTEBOOKS = "notebooks"
"""The folder of the notebooks that it runs as jobs."""
_NOTEBOOK = "notebook.ipynb"


def rebuild(bundle: Bundle, folder: Path) -> Path:
    """The notebook's file in ``folder``, an empty one, which then holds all of the bundle.

    Every cell is tagged to be loaded: the bundle's texts are what loading ran.
    """
    cells = [each for cell in bundle.cells for each in _cells(cell)]
    metadata = {"kernelspec": {"name": bundle.kernel, "display_name": bundle.kernel}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path = folder / _NOTEBOOK
    path.write_text(json.dumps(notebook), encoding="utf-8")
    for name, module in bundle.modules.items():
        write_module(folder / MODULES, name, module)
    for name, text in bundle.notebooks.items():
        file = folder / NOTEBOOKS / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return path


def _cells(cell: BundleCell) -> Iterator[dict[str, Any]]:
    if cell.above:
        above = f"{cell.id}-above"
        yield {"cell_type": "markdown", "id": above, "metadata": {}, "source": cell.above}
    yield {
        "cell_type": "code",
        "id": cell.id,
        "metadata": {"tags": [LOAD_TAG]},
        "source": cell.text,
        "outputs": [],
        "execution_count": None,
    }
