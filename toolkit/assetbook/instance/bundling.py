"""Making a bundle of a notebook's file, or of what a folder in another time held."""

from __future__ import annotations

import functools
import json
import platform
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from assetbook.instance.bundles import Bundle, BundleCell
from assetbook.notebook.document import Document, document_of
from assetbook.notebook.local_imports import (
    LocalModule,
    SourceTree,
    local_modules,
    modules_of_notebook,
)
from assetbook.notebook.run_notebooks import run_notebooks
from assetbook.notebook.slice_text import slice_text
from assetbook.notebook.slicing import slice_of
from assetbook.notebook.texts_above import texts_above


def bundle_of(
    document: Document,
    tree: SourceTree,
    location: str,
    *,
    whole: bool = False,
    observed: Iterable[str] = (),
    launched: Iterable[str] = (),
) -> Bundle:
    """The bundle of a notebook; ``whole`` takes every code cell, as ``load="all"`` runs them.

    ``location`` is its path in ``tree``, ``observed`` are names that its assets were seen to read
    and that no code shows, ``launched`` paths of notebooks that are run though no cell names them.
    Python and packages are those of this process. Raises
    DefinitionError for a notebook that cannot be sliced.
    """
    found = slice_of(document, observed=observed)
    above = texts_above(document)
    taken = [(cell, list(cell.statements) if whole else found.taken(cell)) for cell in found.cells]
    statements = [each for _, some in taken for each in some]
    notebooks = run_notebooks(statements, tree, PurePosixPath(location), launched)
    modules = local_modules(statements, tree, PurePosixPath(location).parent)
    return Bundle(
        location,
        tuple(
            BundleCell(
                cell.cell.id,
                (cell.cell.text if whole else slice_text(cell, some)).rstrip(),
                above.get(cell.cell.id, ""),
            )
            for cell, some in taken
            if some
        ),
        {**_modules_of(notebooks, tree), **modules},
        document.kernel,
        f"{platform.python_implementation()} {platform.python_version()}",
        installed_packages(),
        whole,
        notebooks,
    )


def _modules_of(notebooks: Mapping[str, str], tree: SourceTree) -> dict[str, LocalModule]:
    """The project's modules that notebooks reach which run as a whole, in their kernels."""
    found: dict[str, LocalModule] = {}
    for place, text in notebooks.items():
        document = document_of(json.loads(text), Path(place))
        found |= modules_of_notebook(document, tree, PurePosixPath(place).parent)
    return found


@functools.cache
def installed_packages() -> dict[str, str]:
    """The versions of this environment's packages, by name, sorted.

    By the names of their folders: reading what is in them takes half a second.
    """
    folders = (Path(each) for each in sys.path if each)
    names = [
        each.name.removesuffix(".dist-info")
        for folder in folders
        if folder.is_dir()
        for each in folder.glob("*.dist-info")
    ]
    pairs = (name.rpartition("-") for name in names)
    return dict(sorted((name, version) for name, _, version in pairs if name))
