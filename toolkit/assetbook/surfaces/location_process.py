"""A notebook's location in a process of its own: its slice is loaded, then a verb is called.

The command line starts it with the interpreter of the notebook's kernel, in the notebook's folder.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from assetbook.errors import AssetbookError, NotLoadedError, RunFailedError
from assetbook.keys import AssetKey
from assetbook.notebook.document import SourceCell, read_document
from assetbook.notebook.slice_text import slice_text
from assetbook.notebook.slicing import slice_of
from assetbook.planning.parity import Coded
from assetbook.surfaces.desk import current_desk
from assetbook.surfaces.headless import failed, run_verb
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.locking import LoadedNotebook, findings_json, held_against_lock
from assetbook.surfaces.parity_check import codes_from_json, codes_to_json, compare_load
from assetbook.surfaces.promoting import promote_loaded

_CODES = "codes"
"""Asks for the codes alone, of which nothing is compared."""


def main() -> None:
    """Loads the notebook and calls the verb that the first argument (JSON) names.

    The answer goes, as JSON, to the file whose path is the second argument.
    """
    asked = json.loads(sys.argv[1])
    path = Path(os.environ["ASSETBOOK_NOTEBOOK"])
    try:
        live = load_slice(path)
        if asked["verb"] == _CODES:
            answered = {"success": True, "codes": codes_to_json(live)}
        else:
            answers = compare_load(live, path, lambda: _loaded_again(path))
            if asked["verb"] in ("promote", "validate"):
                answered = _held(LoadedNotebook(live, path, answers), asked)
            else:
                answered = run_verb(asked)
    except AssetbookError as error:
        answered = failed(error)
    Path(sys.argv[2]).write_text(json.dumps(answered), encoding="utf-8")


def _held(notebook: LoadedNotebook, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The findings of promoting or validating what is loaded."""
    if asked["verb"] == "validate":
        found: dict[str, Any] = {"findings": held_against_lock(notebook)}
    else:
        found = promote_loaded(_settled(notebook), asked)
    return {"success": True, **found, "findings": findings_json(found["findings"])}


def _settled(notebook: LoadedNotebook) -> LoadedNotebook:
    """The notebook with answers also for assets of which no run is recorded.

    All of it is run in a kernel for that, once for its sources: the store remembers.
    """
    if all(each.answer != "unproven" for each in notebook.answers.values()):
        return notebook
    from assetbook.kernels.whole_notebook import whole_notebook

    path, live = notebook.path, notebook.live
    with whole_notebook(path, lambda stream, text: None, going_on=True):
        live.recall_others()
        answers = compare_load(live, path, lambda: _loaded_again(path))
    return LoadedNotebook(live, path, answers)


def _loaded_again(path: Path) -> Mapping[AssetKey, Coded]:
    """The codes that another process gets of the notebook."""
    from assetbook.kernels.own_process import call_in_process

    asked = {"verb": _CODES, "notebook": path.name}
    answered = call_in_process(path, "assetbook.surfaces.location_process", asked)
    if not answered["success"]:
        raise RunFailedError(f"loading {path.name} once more", "it failed", "Load it again.")
    return codes_from_json(answered["codes"])


def load_slice(path: Path) -> LiveNotebook:
    """The notebook in whose shell the statements that its definitions need have run.

    What they print is dropped. Raises NotLoadedError and DefinitionError for a notebook that
    cannot be loaded, RunFailedError naming the cell that failed.
    """
    found = slice_of(read_document(path))
    shell = _shell()
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        shell.run_line_magic("load_ext", "assetbook")
        live = current_desk()
        if not isinstance(live, LiveNotebook):
            raise NotLoadedError(f"the notebook {path}", "assetbook could not be loaded for it")
        live.run_by = None
        for cell in found.cells:
            taken = found.taken(cell)
            if taken:
                _run(shell, cell.cell, slice_text(cell, taken))
    return live


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False  # nothing of it belongs into the person's history
    settings.HistoryManager.hist_file = ":memory:"
    shell = InteractiveShell.instance(config=settings)
    shell.user_ns["__name__"] = "__main__"
    return shell


def _run(shell: Any, cell: SourceCell, text: str) -> None:
    result = shell.run_cell(text, store_history=True, cell_id=cell.id)
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return
    if isinstance(error, AssetbookError):
        raise error
    raise RunFailedError(
        f"{cell} of the notebook, `{cell.first_line}`",
        f"{type(error).__name__}: {error}",
        "Mend the cell.",
    ) from error


if __name__ == "__main__":
    main()
