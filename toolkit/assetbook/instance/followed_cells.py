"""The cells of a run's notebooks as they come, read from the logs of their outputs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import notebook_folder
from assetbook.kernels.cell_runs import code_cells
from assetbook.kernels.output_log import LOG, is_of_cells, whole_lines


class FollowedCells:
    """Looks at the notebooks of a run again and again; reads what is new alone."""

    def __init__(self, instance: Instance, run_id: str) -> None:
        self._instance = instance
        self._run_id = run_id
        self._logs: dict[Path, _Log] = {}

    def look(self, step: str) -> str:
        """Which cell of the step's notebook has begun since the last look; empty for none."""
        folder = notebook_folder(self._instance, self._run_id, step)
        if folder is None:
            return ""
        log = self._logs.setdefault(folder, _Log(folder / LOG))
        return log.look()


class _Log:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._cells: list[int] = []

    def look(self) -> str:
        said = ""
        for line in self._new_lines():
            if "notebook" in line:
                self._cells = [cell.number for cell, _ in code_cells(line["notebook"]["cells"])]
            elif line["cell"]["state"] == "running":
                cell = line["cell"]
                at = self._cells.index(cell["number"]) + 1
                said = f"{at} of {len(self._cells)}, cell {cell['number']}: {cell['first_line']}"
        return said

    def _new_lines(self) -> Iterator[dict[str, Any]]:
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                yield from map(json.loads, filter(is_of_cells, whole_lines(file)))
                self._offset = file.tell()
        except FileNotFoundError:  # it has not begun
            return
