"""What a notebook's cells show, in the log of the step that runs it."""

from __future__ import annotations

from typing import Any

from assetbook.execution.sink import Sink, current_sink
from assetbook.kernels.cell_runs import CellRun


class StepWatch:
    """Sends the outputs of cells to the log of the step that makes it; to none outside steps."""

    def __init__(self) -> None:
        self._sink: Sink | None = current_sink.get()

    def started(self, cell: CellRun) -> None:
        """Says which cell begins."""
        if self._sink is not None:
            self._sink.log("INFO", f"{cell}: {cell.first_line}", "assetbook.notebook")

    def output(self, cell: CellRun, message: dict[str, Any]) -> None:
        """Takes what a cell printed or displayed."""
        kind, content = message["msg_type"], message["content"]
        if self._sink is None:
            return
        if kind == "stream":
            self._sink.write(content["name"], content["text"])
        elif kind in ("display_data", "execute_result"):
            self._sink.display(content["data"], content.get("metadata"))

    def ended(self, cell: CellRun) -> None:
        """Says how a cell ended that did not end well."""
        if self._sink is not None and cell.state != "done":
            self._sink.log("ERROR", f"{cell} {cell.state}: {cell.error}", "assetbook.notebook")
