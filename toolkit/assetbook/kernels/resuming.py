"""Going on with a notebook from the cell that failed, in the kernel that was kept of its run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assetbook.errors import AssetbookError
from assetbook.kernels.cell_runs import CellRun
from assetbook.kernels.host.address import host_folder
from assetbook.kernels.host.renting import seconds_kept
from assetbook.kernels.kept_notebook import KeptNotebook, kept_notebook
from assetbook.notebook.lean_nbformat import lean_nbformat
from assetbook.project import find_project

if TYPE_CHECKING:
    import nbformat


def kernel_key(folder: Path) -> str:
    """Under which name the kernel of a run is kept whose notebook is in ``folder``."""
    return f"{folder.parent.name}/{folder.name}"


def seconds_kept_of(kept: KeptNotebook) -> float | None:
    """For how long the kernel of a run is kept yet, at most; None if it is gone."""
    try:
        folder = host_folder(find_project(kept.origin).store)
    except AssetbookError:  # of settings that cannot be read, or a folder that is somebody else's
        return None
    return seconds_kept(folder, kernel_key(kept.folder))


class Resumed(msgspec.Struct, frozen=True):
    """A run that is gone on with."""

    key: str
    """Under which its kernel is kept."""
    first: int
    """The number of the cell that failed, in the notebook as it is now."""
    before: Mapping[int, tuple[CellRun, nbformat.NotebookNode]]
    """What has run above it, by number in the notebook as it is now: how, and what it shows."""


def resumed(folder: Path, notebook: nbformat.NotebookNode) -> Resumed | None:
    """How the run in ``folder`` is gone on with, in ``notebook``; None if no cell of it failed, or
    that cell is no longer there."""
    kept = kept_notebook(folder)
    if kept is None or kept.bad is None or kept.path is None:
        return None
    numbers = {each.get("id"): at for at, each in enumerate(notebook.cells, 1)}
    first = numbers.get(kept.bad.id)
    if first is None:
        return None
    shown = {each.get("id"): each for each in lean_nbformat().read(kept.path, as_version=4).cells}
    done = [each for each in kept.cells if each.state == "done" and each.id in numbers]
    above = [each for each in done if numbers[each.id] < first and each.id in shown]
    before = {numbers[each.id]: (each, shown[each.id]) for each in above}
    return Resumed(kernel_key(folder), first, before)
