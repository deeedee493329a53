"""assetbook and the table of edits: the notebook's cells in a shell, then `%materialize *`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pandas  # noqa: F401  loaded once, before the processes fork
import pyarrow.parquet  # noqa: F401
from edit_runs import perform
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import assetbook


def run(state: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Runs the state's cells, materializes what is not fresh, and asks for each value."""
    began = time.time()
    cells = state["cells"]
    _save(cells)
    shell = _shell()
    for name, text in {"load": "%load_ext assetbook", **cells}.items():
        shell.run_cell(text, store_history=True, cell_id=name).raise_error()
    shell.run_cell("%materialize *", store_history=True, cell_id="materialize")
    return {row.key.to_user_string().rpartition("/")[2]: _outcome(row, began) for row in _rows()}


def _rows() -> Any:
    return assetbook.assets()


def _outcome(row: Any, began: float) -> dict[str, Any]:
    if row.state in ("blocked", "missing") or row.version is None:
        return {"error": f"{row.state}: {'; '.join(each.text for each in row.reasons)}"}
    try:
        value = repr(assetbook.value(row.key.to_user_string()))
    except assetbook.AssetbookError as error:
        return {"error": str(error)}
    told = "as of" if row.as_of is not None else ""
    return {"value": value, "computed": row.at.timestamp() >= began, "told": told}


def _save(cells: Mapping[str, str]) -> None:
    path = Path("book.ipynb").resolve()
    os.environ["ASSETBOOK_NOTEBOOK"] = str(path)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(text, id=name) for name, text in cells.items()]
    path.write_text(json.dumps(notebook))


def _shell() -> InteractiveShell:
    settings = Config()
    settings.HistoryManager.enabled = False
    return InteractiveShell.instance(config=settings)


if __name__ == "__main__":
    perform(run)
