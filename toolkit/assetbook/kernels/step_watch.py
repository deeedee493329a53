"""What a notebook's cells show, in the log of the step that runs it, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetbook.events.run_events import KernelUse
from assetbook.execution.notebook_keeping import NotebookKeeping
from assetbook.execution.sink import Sink, current_sink
from assetbook.kernels.cell_runs import CellRun, Watch
from assetbook.kernels.kernel_end import KernelEnd
from assetbook.kernels.past_cells import past_seconds

_LOGGER = "assetbook.notebook"


class StepWatch(Watch):
    """Sends the outputs of cells to the log of the step that makes it; to none outside steps."""

    def __init__(self, keeping: NotebookKeeping) -> None:
        self._sink: Sink | None = current_sink.get()
        self._tell = keeping.tell
        self._record = keeping.used
        self._past = past_seconds(keeping.folder)
        self._cells: Sequence[CellRun] = ()

    def begun(self, cells: Sequence[CellRun]) -> None:
        """Takes note of all cells that are to run."""
        self._cells = cells

    def started(self, cell: CellRun) -> None:
        """Says which cell begins."""
        number = 1 + next((at for at, each in enumerate(self._cells) if each is cell), 0)
        left = time_left(self._cells[number - 1 :], self._past)
        self._tell(f"{number} of {len(self._cells)}, {cell}{left}: {cell.first_line}")
        if self._sink is not None:
            self._sink.log("INFO", f"{cell}: {cell.first_line}", _LOGGER)

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
            self._sink.log("ERROR", f"{cell} {cell.state}: {cell.error}", _LOGGER)

    def used(self, end: KernelEnd) -> None:
        """Has it recorded what the kernel had used."""
        peak, cpu = end.use.peak, round(end.use.cpu, 3)
        self._record(KernelUse(exit_code=end.code, peak_memory=peak, cpu_seconds=cpu))


def time_left(cells: Sequence[CellRun], past: Mapping[str, float]) -> str:
    """``, about 40 s left``, by what cells took last; empty where that is not known, or short."""
    known = [past[each.id] for each in cells if each.id in past]
    seconds = sum(known)
    if len(known) < len(cells) / 2 or seconds < 1:
        return ""
    said = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
    return f", about {said} left"
