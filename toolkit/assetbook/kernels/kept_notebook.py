"""What a run kept of a notebook: its cells and their states, read from the log of its outputs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from assetbook.kernels.cell_runs import CellRun, code_cells
from assetbook.kernels.output_log import LOG, cell_lines
from assetbook.kernels.parameters import INJECTED_TAG


class KeptNotebook(msgspec.Struct, frozen=True):
    """One run of a notebook, as far as it has come."""

    folder: Path
    origin: Path
    """The notebook's file."""
    cells: tuple[CellRun, ...]
    """Its cells of code, in order."""
    sources: tuple[str, ...]
    """The text of each of them."""
    parameters: str
    """The source of the cell that gave it its parameters; empty for none."""

    @property
    def name(self) -> str:
        """The notebook's file name."""
        return self.origin.name

    @property
    def path(self) -> Path | None:
        """The notebook with its outputs; None as long as it runs, or if its runner was killed."""
        found = self.folder / f"{Path(self.name).stem}.ipynb"
        return found if found.exists() else None

    @property
    def now(self) -> CellRun | None:
        """The cell that runs; None if none does."""
        return next((each for each in self.cells if each.state == "running"), None)

    @property
    def bad(self) -> CellRun | None:
        """The cell that ended it; None if none did."""
        bad = ("failed", "interrupted", "died")
        return next((each for each in self.cells if each.state in bad), None)

    @property
    def done(self) -> int:
        """How many cells have ended well."""
        return sum(each.state == "done" for each in self.cells)

    def source_of(self, cell: CellRun) -> str:
        """The text of one of its cells."""
        return self.sources[self.cells.index(cell)]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        path = self.path
        return {
            "notebook": self.name,
            "path": str(path) if path is not None else None,
            "parameters": self.parameters,
            "cells": [each.to_json() for each in self.cells],
        }


def kept_notebook(folder: Path) -> KeptNotebook | None:
    """What is kept in the folder of a step; None if that ran no notebook. Outputs are not
    looked into."""
    if not (folder / LOG).exists():
        return None
    lines = cell_lines(folder / LOG)
    head = next(lines, None)
    if head is None:
        return None
    every = head["notebook"]["cells"]
    cells = {each.number: each for each, _ in code_cells(every)}
    for line in lines:
        cells[line["cell"]["number"]] = _cell(line["cell"])
    injected = (each for each in every if INJECTED_TAG in each["metadata"].get("tags", ()))
    return KeptNotebook(
        folder,
        Path(head.get("origin", head["name"])),
        tuple(cells.values()),
        tuple(text for _, text in code_cells(every)),
        "".join(each["source"] for each in injected),
    )


def _cell(said: dict[str, Any]) -> CellRun:
    return CellRun(
        said["number"],
        said["id"],
        said["first_line"],
        said["state"],
        datetime.fromisoformat(said["started"]) if said["started"] else None,
        said["seconds"],
        said["error"] or "",
        said["traceback"] or "",
    )
