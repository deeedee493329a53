"""The append-only log of a notebook's run: what it ran, and each output as it came.

A line of JSON each: first the notebook without outputs, then a cell's start, messages and end. From
it alone the notebook can be written, also when whoever ran it is gone, and others can look on. No
secret is in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from assetbook.definitions.secret import scrub_json
from assetbook.errors import StoreError
from assetbook.io.file_failures import unwritten
from assetbook.kernels.cell_runs import CellRun, Watch
from assetbook.kernels.kept_cells import kept_form

if TYPE_CHECKING:
    import nbformat

LOG = "outputs.jsonl"
"""The log's name in the folder of a step."""
_KEPT = {"stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"}


class OutputLog(Watch):
    """Writes the log of one run to ``path``, which is new; each line reaches the file at once, and
    whole or not at all. Raises StoreError for one that cannot be written."""

    def __init__(self, path: Path, notebook: nbformat.NotebookNode, origin: Path) -> None:
        """``origin`` is the notebook's file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._size = path, 0
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        head = {"name": origin.name, "origin": str(origin)}
        try:
            self._write({**head, "notebook": kept_form(notebook, outputs=False)})
        except StoreError:
            self.close()
            raise

    def started(self, cell: CellRun) -> None:
        """A cell begins."""
        self._write({"cell": scrub_json(cell.to_json())})

    def output(self, cell: CellRun, message: dict[str, Any]) -> None:
        """One message of the kernel."""
        if message["msg_type"] in _KEPT:
            said = {"msg_type": message["msg_type"], "content": message["content"]}
            shown = {"shown": message["shown"]} if "shown" in message else {}
            self._write({"output": cell.number, **said, **shown})

    def shown_before(self, cell: CellRun, message: dict[str, Any]) -> None:
        """One of the run before; the notebook is made from this log alone."""
        self.output(cell, message)

    def ended(self, cell: CellRun) -> None:
        """A cell has ended."""
        self._write({"cell": scrub_json(cell.to_json())})

    def close(self) -> None:
        """Ends it; what was written stays."""
        os.close(self._file)

    def _write(self, line: dict[str, Any]) -> None:
        text = json.dumps(line, ensure_ascii=False, default=str) + "\n"
        left = memoryview(text.encode("utf-8", "surrogatepass"))
        size = self._size + len(left)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            os.ftruncate(self._file, self._size)
            asked = f"the log of a notebook's outputs, {self._path}"
            raise unwritten(error, asked, self._path.parent) from None
        self._size = size


def logged_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log, without one that was being written when its writer died."""
    with path.open("rb") as file:
        yield from map(json.loads, whole_lines(file))


def cell_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The same without outputs, which may be large, and are not looked into: the notebook, then
    starts and ends of cells."""
    with path.open("rb") as file:
        yield from map(json.loads, filter(is_of_cells, whole_lines(file)))


def whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines from where the file is read on, as far as they have an end; it is left behind
    them."""
    while (line := file.readline()).endswith(b"\n"):
        yield line
    file.seek(-len(line), os.SEEK_CUR)


def is_of_cells(line: bytes) -> bool:
    """Whether a line of a log is no output."""
    return not line.startswith(b'{"output"')
