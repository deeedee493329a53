"""The notebook of a run whose runner did not come to write it: made from the log of its outputs.

Its runner was killed, or found no room on the disk. For runs that have ended alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetbook.errors import StoreError
from assetbook.kernels.cell_runs import CellRun
from assetbook.kernels.kept_notebook import kept_notebook
from assetbook.kernels.output_log import LOG, logged_lines
from assetbook.notebook.lean_nbformat import lean_nbformat

if TYPE_CHECKING:
    import nbformat

_GONE = "whoever ran it has gone"
_STATUS = {"waiting": "pending", "done": "completed"}


def write_late_notebooks(run: Path) -> None:
    """Writes those that are missing in the folder of a run, one for each attempt of a step, durable
    when it returns. Where that fails, as on a full disk or for a log that somebody has changed, the
    log stays as it is: the store it is in opens all the same."""
    for log in sorted(run.glob(f"*/{LOG}")):
        with suppress(OSError, StoreError, ValueError, LookupError):
            kept = kept_notebook(log.parent)
            if kept is not None and kept.path is None:
                _end_log(log, kept.now)
                _write(log, log.parent / f"{Path(kept.name).stem}.ipynb")


def _end_log(log: Path, running: CellRun | None) -> None:
    """Cuts off a line that has no end, and notes the end of the cell that was running."""
    with log.open("r+b") as file:
        text = file.read()
        file.truncate(text.rfind(b"\n") + 1)
    if running is not None:
        ended = replace(running, state="died", error=_GONE)
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"cell": ended.to_json()}) + "\n")


def _write(log: Path, path: Path) -> None:
    from assetbook.kernels.notebook_file import write_notebook

    write_notebook(_notebook(logged_lines(log)), path)


def _notebook(lines: Iterator[dict[str, Any]]) -> nbformat.NotebookNode:
    """The notebook as the lines of a log tell it."""
    from assetbook.kernels.shown_messages import ShowingClient, finish_outputs

    notebook = lean_nbformat().from_dict(next(lines)["notebook"])
    client = ShowingClient(notebook)
    cells = dict(enumerate(notebook.cells, 1))
    for cell in cells.values():
        cell.metadata.papermill = {"status": _STATUS["waiting"]}
    left_out = dict.fromkeys(cells, 0)
    for line in lines:
        if "cell" in line:
            said = line["cell"]
            cells[said["number"]].metadata.papermill = _record(said)
            client.begin_cell()
        else:
            number = line["output"]
            client.show(line, cells[number], number - 1)
            if "shown" in line:
                left_out[number] += len(line["content"]["text"]) - line["shown"]
    for number, cell in cells.items():
        if cell.cell_type == "code":
            finish_outputs(cell, left_out[number])
    return notebook


def _record(cell: dict[str, Any]) -> dict[str, Any]:
    """What papermill notes of a cell."""
    return {
        "status": _STATUS.get(cell["state"], "failed"),
        "start_time": cell["started"],
        "duration": cell["seconds"],
        "exception": cell["state"] not in _STATUS,
    }
