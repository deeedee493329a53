"""Runs the cells of a file in a shell as IPython does; what is plain Python, without detours."""

from __future__ import annotations

import re
from typing import Any

from assetbook.notebook.cell_text import needs_ipython
from assetbook.surfaces.extension import asset_line_first

_ASSET_CELL = re.compile(r"%%(?:sql_)?asset[ \t]")


class CellRuns:
    """Runs cells in one shell: hooks, places, displays and errors are those of ``run_cell``."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._transformers = self._transformers_now()

    def run(self, text: str, cell_id: str) -> Any:
        """IPython's result of the cell, which holds the error that it ended with, if any."""
        python = self._as_python(text)
        if python is None:
            return self._shell.run_cell(text, store_history=True, cell_id=cell_id)
        running = self._shell.run_cell_async(
            text, store_history=True, transformed_cell=python, cell_id=cell_id
        )
        result = None
        try:
            running.send(None)
        except StopIteration as ended:
            result = ended.value
        finally:
            self._shell.events.trigger("post_execute")
            self._shell.events.trigger("post_run_cell", result)
        return result

    def _as_python(self, text: str) -> str | None:
        """What IPython makes of the text, where that is plain: no shell, no line that is magic,
        nothing that may have to be awaited. None where IPython has to be asked."""
        if self._transformers_now() != self._transformers:
            return None
        ended = text if text.endswith("\n") else f"{text}\n"
        if _ASSET_CELL.match(text):
            return _called(ended)
        if needs_ipython(text) or "await" in text or "async" in text:
            return None
        return ended

    def _transformers_now(self) -> list[Any]:
        """What rewrites cells: a notebook may add its own."""
        shell = self._shell
        return [*shell.input_transformers_cleanup, *shell.input_transformers_post]


def _called(text: str) -> str:
    """The call that IPython makes of a cell of a magic."""
    from IPython.core.inputtransformer2 import cell_magic

    return "".join(cell_magic(asset_line_first(text.splitlines(keepends=True))))
