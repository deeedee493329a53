"""One run of a notebook, as jobs and assets do it: papermill runs it, and what is kept is ours.

The folder of the run gets ``outputs.jsonl``, the log that grows while it runs, and at its end, also
at a bad one, the notebook with what its cells showed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import nbformat

from assetbook.definitions.secret_literals import GIVEN_VARIABLE, know_literals
from assetbook.errors import NotebookCellError
from assetbook.execution.interrupts import FirstInterrupt
from assetbook.kernels.cell_runs import CellRun, Watch, Watches
from assetbook.kernels.cell_traceback import short
from assetbook.kernels.exchange import VARIABLE as EXCHANGE
from assetbook.kernels.html_page import Page, write_page
from assetbook.kernels.injection import InjectedCell, Loaded, injected_cell
from assetbook.kernels.kernel_end import KernelGoneError
from assetbook.kernels.limits import Limits
from assetbook.kernels.output_log import LOG, OutputLog
from assetbook.kernels.parameters import INJECTED_TAG, TAG, DeclaredParameters
from assetbook.kernels.resuming import Resumed, kernel_key, resumed
from assetbook.kernels.run_reads import READS, READS_VARIABLE
from assetbook.kernels.run_source import SourceKeeper, going_on
from assetbook.notebook.document import Document
from assetbook.notebook.kept_modules import kept_folder
from assetbook.notebook.notebook_path import RUN_VARIABLE, VARIABLE
from assetbook.notebook.run_notebooks import file_of


class NotebookRun(msgspec.Struct, frozen=True):
    """What is to be run, and how."""

    document: Document
    declared: DeclaredParameters
    values: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """The parameters that are given."""
    variables: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Those of them that were given as environment variables, with the names of these."""
    limits: Limits = msgspec.field(default_factory=Limits)
    run_id: str = ""
    """The run that it is; empty for none that is recorded."""
    after: Path | None = None
    """The folder of the run that is gone on with where it failed; None to begin anew."""
    tell: Callable[[str], None] = lambda said: None
    """Is told whether it goes on."""
    page: Page | None = None
    """The page that is written beside the notebook; None for none."""
    inputs: Mapping[str, Loaded] = msgspec.field(default_factory=dict)
    """What it is given of stored values, by variable."""
    exchange: Path | None = None
    """The folder in which it gets these, and publishes; None for a notebook that makes nothing."""

    def go(self, folder: Path, watch: Watch) -> Path:
        """Runs it, keeping all in ``folder``, which is made; gives back the notebook with what its
        cells showed.

        Raises NotebookCellError for a cell that fails, RunFailedError for a limit or a kernel that
        died, ConfigError for parameters that cannot be written, NotLoadedError for a kernel that
        does not start.
        """
        injected = injected_cell(self.declared, self.values, self.variables, self.inputs)
        notebook = self._with_parameters(injected)
        know_literals(each.source for each in notebook.cells)
        cells = _Cells()
        folder.mkdir(parents=True, exist_ok=True)
        with (
            FirstInterrupt(),
            closing(OutputLog(folder / LOG, notebook, self.document.path)) as log,
        ):
            watches = Watches(cells, log, SourceKeeper(folder, self.document), watch)
            kept = folder / f"{self.document.path.stem}.ipynb"
            try:
                self._execute(notebook, watches, self._environment(injected, folder), kept)
            finally:
                if self.page is not None and kept.exists():
                    write_page(kept, self.page)
        for cell in cells.every:
            if cell.state == "failed":
                raise NotebookCellError(
                    f"{cell} of {self.document.path.name}, `{cell.first_line}`",
                    cell.error,
                    f"The notebook as it ended: {kept}",
                    traceback=cell.traceback,
                    lines=tuple(short(cell.traceback)),
                )
        return kept

    def _environment(self, injected: InjectedCell, folder: Path) -> dict[str, str]:
        """What the kernel's environment has for this run."""
        given = [*injected.secrets, *self.variables.values()]
        secret = {GIVEN_VARIABLE: "=".join(given)} if given else {}
        run = {RUN_VARIABLE: self.run_id} if self.run_id else {}
        exchange = {EXCHANGE: str(self.exchange)} if self.exchange is not None else {}
        reads = {READS_VARIABLE: str(folder / READS)}
        return {**run, **reads, **exchange, **secret, **injected.secrets}

    def _execute(
        self,
        notebook: nbformat.NotebookNode,
        watch: Watch,
        environment: Mapping[str, str],
        kept: Path,
    ) -> None:
        """Goes on in the kernel of the run before, if that is there; else begins anew."""
        before = resumed(self.after, notebook) if self.after is not None else None
        if before is not None and self.after is not None:
            try:
                with going_on(self.after, kept.parent):
                    _executed(notebook, self, watch, environment, kept, before)
            except KernelGoneError:
                self.tell("the kernel of the run before is gone: all cells run again")
            else:
                return
        _executed(notebook, self, watch, environment, kept)

    def _with_parameters(self, injected: InjectedCell) -> nbformat.NotebookNode:
        """The notebook as it is to run: without outputs, with the cell of the parameters."""
        notebook = _read(file_of(self.document.path))
        cells = [copy.deepcopy(each) for each in notebook.cells]
        tagged = [set(each.metadata.get("tags", ())) for each in cells]
        if any(INJECTED_TAG in each for each in tagged):
            at = next(index for index, each in enumerate(tagged) if INJECTED_TAG in each)
            del cells[at]
        else:
            at = next((index + 1 for index, each in enumerate(tagged) if TAG in each), 0)
        if injected.source:
            cell = nbformat.v4.new_code_cell(injected.source, metadata={"tags": [INJECTED_TAG]})
            cell.id = INJECTED_TAG  # the same in every run
            cells.insert(at, cell)
        notebook.cells = cells
        return notebook


def _read(path: Path) -> nbformat.NotebookNode:
    if path.suffix == ".py":
        import jupytext

        return jupytext.read(path, fmt="py:percent")
    notebook = nbformat.read(path, as_version=4)
    _, notebook = nbformat.validator.normalize(notebook)  # old ones have no ids of cells
    return notebook


def _executed(
    notebook: nbformat.NotebookNode,
    run: NotebookRun,
    watch: Watch,
    environment: Mapping[str, str],
    kept: Path,
    before: Resumed | None = None,
) -> None:
    from papermill import PapermillExecutionError, execute_notebook
    from papermill.engines import papermill_engines

    from assetbook.kernels.papermill_engine import ENGINE, AssetbookEngine

    papermill_engines.register(ENGINE, AssetbookEngine)
    try:
        execute_notebook(
            notebook,
            None,
            engine_name=ENGINE,
            kernel_name=run.document.kernel,
            progress_bar=False,
            folder=run.document.path.parent,
            environment={VARIABLE: str(run.document.path), **environment},
            limits=run.limits,
            watch=watch,
            kept=kept,
            notebook=run.document.path,
            keep_as=kernel_key(kept.parent) if run.run_id else None,
            resumed=before,
            modules=kept_folder(),
        )
    except PapermillExecutionError:
        return  # the cell that failed says it, better


class _Cells(Watch):
    """Gathers the cells of a run."""

    def __init__(self) -> None:
        self.every: list[CellRun] = []

    def begun(self, cells: Sequence[CellRun]) -> None:
        self.every = list(cells)
