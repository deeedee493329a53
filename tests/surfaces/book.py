"""A live notebook in this process: a real IPython shell, a real store, cells with ids."""

from __future__ import annotations

import atexit
import contextlib
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from assetbook.instance.instance import Instance
from assetbook.surfaces import extension
from assetbook.surfaces.desk import live_desk
from assetbook.surfaces.live import LiveNotebook

SETUP = "from assetbook import *\nimport assetbook"


class CellFailedError(Exception):
    """A cell raised; the message is what IPython showed of it."""


class Book:
    """A notebook ``folder/name`` with assetbook loaded."""

    def __init__(self, folder: Path, name: str = "book.ipynb") -> None:
        self.path = folder / name
        InteractiveShell.clear_instance()
        config = Config()
        config.HistoryManager.enabled = False  # else each shell's thread is waited for at the exit
        self.shell: Any = InteractiveShell.instance(
            display_pub_class=CapturingDisplayPublisher, config=config
        )
        self.shown = ""
        self._cells = 0
        self.run("%load_ext assetbook")
        self.run(SETUP)

    @property
    def live(self) -> LiveNotebook:
        desk = live_desk()
        assert isinstance(desk, LiveNotebook)
        return desk

    @property
    def instance(self) -> Instance:
        return self.live.instance

    @property
    def names(self) -> Mapping[str, Any]:
        return self.shell.user_ns

    def run(self, text: str, cell_id: str | None = None) -> str:
        """What the cell wrote; raises CellFailedError with that and the error as shown."""
        self._cells += 1
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            result = self.shell.run_cell(
                text, store_history=True, cell_id=cell_id or f"cell-{self._cells}"
            )
        self.result = result.result
        displays = [_text(each) for each in self.shell.display_pub.outputs]
        self.shell.display_pub.outputs.clear()
        self.shown = "\n".join(filter(None, [out.getvalue(), *displays]))
        if result.error_before_exec is not None or result.error_in_exec is not None:
            raise CellFailedError(self.shown)
        return self.shown

    def close(self) -> None:
        """Ends the notebook, as the end of its kernel would; its store stays."""
        instance = self.instance
        extension.unload(self.shell)
        InteractiveShell.clear_instance()
        self.shell.restore_sys_module_state()  # else the next shell holds this one's names for ever
        atexit.unregister(self.shell.atexit_operations)
        instance.close()


_VARIABLES = ("ASSETBOOK_NOTEBOOK", "ASSETBOOK_STORE", "JPY_SESSION_NAME")


def _text(output: Any) -> str:
    bundle = output["data"] if isinstance(output, dict) else getattr(output, "data", {})
    return str(bundle.get("text/plain", ""))


@contextlib.contextmanager
def opened(
    folder: Path, name: str = "book.ipynb", *, scratch: bool = False, store: str = ""
) -> Iterator[Book]:
    """A notebook in the project ``folder``, whose file is there; with ``scratch`` nobody says
    which file it is. ``store`` is what ASSETBOOK_STORE says."""
    (folder / ".assetbook").mkdir(exist_ok=True)
    before = {each: os.environ.pop(each, None) for each in _VARIABLES}
    here = Path.cwd()
    if not scratch:
        (folder / name).write_text("{}")
        os.environ["ASSETBOOK_NOTEBOOK"] = str(folder / name)
    if store:
        os.environ["ASSETBOOK_STORE"] = store
    os.chdir(folder)
    book = Book(folder, name)
    try:
        yield book
    finally:
        book.close()
        os.chdir(here)
        for each in _VARIABLES:
            os.environ.pop(each, None)
        os.environ.update({name: value for name, value in before.items() if value is not None})
