"""The cells of a run's notebooks as they come, read from the logs of their outputs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import notebook_folder
from assetbook.kernels.cell_runs import CellRun
from assetbook.kernels.output_log import LOG


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
                cells = enumerate(line["notebook"]["cells"], 1)
                code = [(at, each) for at, each in cells if each["cell_type"] == "code"]
                self._cells = [CellRun.of(at, each).number for at, each in code if each["source"]]
            elif line.get("cell", {}).get("state") == "running":
                cell = line["cell"]
                at = self._cells.index(cell["number"]) + 1
                said = f"{at} of {len(self._cells)}, cell {cell['number']}: {cell['first_line']}"
        return said

    def _new_lines(self) -> Iterator[dict[str, Any]]:
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            if not line.startswith(b'{"output"'):
                yield json.loads(line)
