"""The cells of one notebook's run: which have run, how each ended, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from assetbook.definitions.secret_literals import masked
from assetbook.kernels.kernel_end import KernelEnd
from assetbook.kernels.prelude import KernelPackages

CellState: TypeAlias = Literal["waiting", "running", "done", "failed", "interrupted", "died"]
"""``interrupted`` is by a person or a limit; ``died`` means that the kernel's process ended in it;
``waiting`` is what never ran stays."""


@dataclass(slots=True)
class CellRun:
    """One code cell of a run."""

    number: int
    """Its position among all cells, from 1."""
    id: str
    first_line: str
    state: CellState = "waiting"
    started: datetime | None = None
    seconds: float | None = None
    """How long it took; None until it has ended."""
    error: str = ""
    """``KeyError: 'day'``: what it failed with; empty if it did not."""
    traceback: str = ""
    """The whole of it, without colours."""

    @classmethod
    def of(cls, number: int, cell: Mapping[str, Any]) -> CellRun:
        """One that has not run, of a notebook's cell; what looks like a secret in its first line
        is masked."""
        lines = (line.strip() for line in cell["source"].splitlines())
        first = masked(next(filter(None, lines), ""))
        return cls(number, str(cell.get("id", f"#{number}")), first)

    def __str__(self) -> str:
        return f"cell {self.number}"

    def to_json(self) -> dict[str, Any]:
        """Plain values; instants as text in UTC."""
        return {
            "number": self.number,
            "id": self.id,
            "first_line": self.first_line,
            "state": self.state,
            "started": self.started.isoformat() if self.started else None,
            "seconds": self.seconds,
            "error": self.error or None,
            "traceback": self.traceback or None,
        }


def code_cells(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[CellRun, str]]:
    """The cells of code of a notebook that are not empty, as if none had run, with their text."""
    for number, cell in enumerate(cells, 1):
        if cell["cell_type"] == "code" and cell["source"].strip():
            yield CellRun.of(number, cell), cell["source"]


class Watch:
    """Looks on while a notebook runs, and does nothing about it; called on the thread that runs
    it."""

    def begun(self, cells: Sequence[CellRun]) -> None:
        """The notebook is about to run; these are its cells of code, whose states change."""

    def started(self, cell: CellRun) -> None:
        """A cell begins."""

    def output(self, cell: CellRun, message: dict[str, Any]) -> None:
        """A message of the kernel: its ``msg_type`` and ``content``, without secrets."""

    def shown_before(self, cell: CellRun, message: dict[str, Any]) -> None:
        """The same of a cell that is not run again, and had shown it in the run before."""

    def ended(self, cell: CellRun) -> None:
        """A cell has come to its end, however."""

    def packages(self, found: KernelPackages) -> None:
        """A Python kernel is up, and finds these packages."""

    def used(self, end: KernelEnd) -> None:
        """The run lets go of its kernel, which has used that; not told of one that did not come
        up."""


class Watches(Watch):
    """Several that look on, told in their order."""

    def __init__(self, *every: Watch) -> None:
        self._every = every

    def begun(self, cells: Sequence[CellRun]) -> None:
        """See :meth:`Watch.begun`."""
        for each in self._every:
            each.begun(cells)

    def started(self, cell: CellRun) -> None:
        """See :meth:`Watch.started`."""
        for each in self._every:
            each.started(cell)

    def output(self, cell: CellRun, message: dict[str, Any]) -> None:
        """See :meth:`Watch.output`."""
        for each in self._every:
            each.output(cell, message)

    def shown_before(self, cell: CellRun, message: dict[str, Any]) -> None:
        """See :meth:`Watch.shown_before`."""
        for each in self._every:
            each.shown_before(cell, message)

    def ended(self, cell: CellRun) -> None:
        """See :meth:`Watch.ended`."""
        for each in self._every:
            each.ended(cell)

    def packages(self, found: KernelPackages) -> None:
        """See :meth:`Watch.packages`."""
        for each in self._every:
            each.packages(found)

    def used(self, end: KernelEnd) -> None:
        """See :meth:`Watch.used`."""
        for each in self._every:
            each.used(end)
