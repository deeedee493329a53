"""The engine that papermill runs notebooks with: ``papermill --engine assetbook in out``.

What papermill does around it (loading, parameters, writing) stays as it is; states of cells are
what happened, and the notebook is written at the end, not after every cell.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager

from assetbook.errors import StoreError
from assetbook.execution.awaiting import run_coroutine
from assetbook.execution.interrupts import interrupts_held
from assetbook.kernels.cell_execution import CellExecution, utc
from assetbook.kernels.cell_runs import CellRun, Watch, Watches
from assetbook.kernels.limits import LONGEST_KEPT, Limits
from assetbook.kernels.notebook_file import without_widgets, write_notebook
from assetbook.kernels.papermill_log import PapermillLog
from assetbook.kernels.prelude import PACKAGES, KernelPackages, prelude
from assetbook.kernels.rented_kernel import kernel_for
from assetbook.kernels.resuming import Resumed
from assetbook.notebook.notebook_path import DEFINE_ONLY
from assetbook.project import find_project

ENGINE = "assetbook"
"""Its name among papermill's engines."""
_STATUS = {"waiting": "pending", "running": "running", "done": "completed"}


class AssetbookEngine(Engine):  # type: ignore[misc]
    """papermill's protocol of engines; see :class:`NotebookRun` for what jobs add to it."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool | dict[str, Any] = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        **options: Any,
    ) -> NotebookNode:
        """The notebook with its outputs.

        ``start_timeout`` and ``execution_timeout`` (seconds, for each cell) are papermill's; so are
        ``stdout_file``, ``stderr_file`` and ``log_output``. What a job's run gives beside these is
        in ``_Options``. The notebook is not saved meanwhile, whatever ``autosave_cell_every`` says.
        Raises RunFailedError where a limit or a dead kernel ended it.
        """
        kept: Path | None = options.pop("kept", None)
        managed = _Managed(nb, output_path, log_output, progress_bar, autosave_cell_every)
        managed.notebook_start()
        try:
            cls.execute_managed_notebook(managed, kernel_name, log_output=log_output, **options)
        except BaseException:
            with suppress(StoreError):  # what ended the run says more
                _complete(managed, kept)
            raise
        _complete(managed, kept)
        return managed.nb

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> None:
        """Runs the cells of what papermill manages; see ``execute_notebook``."""
        given = _Options.of(nb_man, options)
        run_coroutine(_run(nb_man, kernel_name, given))


def _complete(managed: NotebookExecutionManager, kept: Path | None) -> None:
    """Ends papermill's record, and writes the notebook that is kept; interrupts wait for that."""
    with interrupts_held():
        managed.notebook_complete()
        if kept is not None:
            write_notebook(managed.nb, kept)


class _Options:
    """What one call of the engine was given: by papermill, and by a job's run.

    From that come ``watch``, ``limits``, ``folder`` (where cells run), ``notebook`` (its file),
    ``store`` (whose host has the kernel), ``environment``, ``kept`` (where the notebook is
    written), ``keep_as`` (under which name the kernel is kept if a cell fails), ``modules`` (a
    folder of modules that go before all others) and ``resumed``.
    """

    def __init__(self, manager: NotebookExecutionManager, given: dict[str, Any]) -> None:
        path = given.pop("input_path", None)
        self.folder = Path(given.pop("folder", None) or Path.cwd())
        named = self.folder / (Path(path).name if isinstance(path, str) else "notebook")
        self.notebook: Path = given.pop("notebook", None) or named
        self.store: Path = given.pop("store", None) or find_project(self.folder).store
        self.environment: dict[str, str] = given.pop("environment", None) or {}
        self.start_seconds: float = given.pop("start_timeout", 60)
        seconds = given.pop("execution_timeout", None) or given.pop("timeout", None)
        self.limits: Limits = given.pop("limits", None) or Limits(seconds)
        told = PapermillLog(
            given.pop("log_output", False),
            given.pop("stdout_file", None),
            given.pop("stderr_file", None),
        )
        watch: Watch | None = given.pop("watch", None)
        self.watch = Watches(_Progress(manager), told, *([watch] if watch else []))
        self.keep_as: str | None = given.pop("keep_as", None)
        self.modules: Path | None = given.pop("modules", None)
        self.resumed: Resumed | None = given.pop("resumed", None)
        self.client = given

    @classmethod
    def of(cls, manager: NotebookExecutionManager, given: dict[str, Any]) -> _Options:
        return cls(manager, dict(given))


async def _run(manager: NotebookExecutionManager, kernel_name: str, given: _Options) -> None:
    taken = given.resumed.key if given.resumed else None
    around = {**os.environ, **given.environment}
    around.pop(DEFINE_ONLY, None)  # of a location's process, which only defines
    async with kernel_for(kernel_name, given.notebook, given.store, around, taken) as kernel:
        await kernel.start(given.start_seconds)
        kernel.begin_use()
        execution = CellExecution(
            manager.nb, kernel, given.watch, given.limits, options=given.client
        )
        try:
            if kernel.is_python:
                told = await execution.quietly(
                    prelude(given.folder, around, given.modules), PACKAGES
                )
                given.watch.packages(KernelPackages.of(told))
            if given.resumed is not None:
                execution.take_over(given.resumed)
            await execution.go(given.resumed.first if given.resumed else 1)
        finally:
            given.watch.used(await kernel.end_or_use())
            if given.keep_as is not None and execution.can_go_on:
                kernel.keep(given.keep_as, LONGEST_KEPT)
        if (language := await execution.language_info()) is not None:
            manager.nb.metadata["language_info"] = language


class _Progress(Watch):
    """Keeps papermill's own record of each cell."""

    def __init__(self, manager: NotebookExecutionManager) -> None:
        self._manager = manager

    def started(self, cell: CellRun) -> None:
        self._manager.cell_start(self._node(cell), cell.number - 1)

    def ended(self, cell: CellRun) -> None:
        node = self._node(cell)
        said = node.metadata.papermill
        said["status"] = _STATUS.get(cell.state, "failed")
        if said["status"] == "failed":
            self._manager.cell_exception(node, cell.number - 1)
        said["start_time"] = utc(cell.started)
        self._manager.cell_complete(node, cell.number - 1)

    def _node(self, cell: CellRun) -> NotebookNode:
        return self._manager.nb.cells[cell.number - 1]


class _Managed(NotebookExecutionManager):  # type: ignore[misc]
    """papermill's record of a run, which is not written before its end, and stays true then."""

    def save(self, **named: Any) -> None:
        """Writes nothing: papermill does once the engine is through."""

    def notebook_complete(self, **named: Any) -> None:
        """Ends the record; what never ran stays pending."""
        states = [cell.metadata.papermill["status"] for cell in self.nb.cells]
        super().notebook_complete(**named)
        for cell, state in zip(self.nb.cells, states, strict=True):
            if cell.cell_type == "code" and cell.source.strip():
                cell.metadata.papermill["status"] = state
        without_widgets(self.nb)
        if self.output_path:
            super().save()
