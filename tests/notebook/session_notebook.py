"""A session in a real IPython shell, to be driven cell by cell."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.keys import AssetKey
from assetbook.notebook.cell_names import cell_names
from assetbook.notebook.session import Cell, Session

_MAIN = sys.modules["__main__"]


def _shell() -> InteractiveShell:
    """A shell that goes with its notebook: nothing at the exit, and no later shell, holds it."""
    config = Config()
    config.HistoryManager.enabled = False  # else each shell's thread is waited for at the exit
    sys.modules["__main__"] = _MAIN  # a new shell keeps the module that it takes the place of
    shell = InteractiveShell(config=config)
    atexit.unregister(shell.atexit_operations)
    return shell


class Notebook:
    """A session in a real IPython shell, driven cell by cell; each cell has an id."""

    def __init__(self, stable: bool = True) -> None:
        self.shell = _shell()
        self.stable = stable
        self.filenames: set[str] = set()
        self.notices: list[str] = []
        self.session = Session(self.shell.user_ns, self.filenames.__contains__)
        self.deleted: list[str] = []
        self.cell_id = ""
        self.shell.events.register("pre_run_cell", self._begin)
        self.shell.events.register("post_run_cell", self._end)
        self.run("setup", "from assetbook import AssetOut, AssetSpec, Definitions")
        self.run("setup2", "from assetbook import asset, asset_check, multi_asset")

    def _begin(self, info: Any) -> None:
        number = len(self.shell.user_ns["In"])  # the counter may have been moved on already
        text = info.raw_cell
        self.filenames.add(self.shell.compile.get_code_name(text, text, number))
        names = cell_names(text)
        binds = names.binds | (frozenset("*") if names.star_imports else frozenset())
        cell = Cell(self.cell_id, number, self.stable, binds)
        self.notices = self.session.begin(cell, self.deleted)

    def _end(self, result: Any) -> None:
        self.notices += self.session.end(bool(result.success))

    def run(self, cell_id: str, text: str, deleted: Sequence[str] = ()) -> list[str]:
        """The notices of running ``text`` as the cell ``cell_id``."""
        self.cell_id, self.deleted = cell_id, list(deleted)
        self.shell.run_cell(text, store_history=True)
        return self.notices

    @property
    def names(self) -> Mapping[str, Any]:
        return self.shell.user_ns

    def keys(self) -> list[str]:
        """The living assets and checks, sorted."""
        found = []
        for definition in self.session:
            several = isinstance(definition, AssetsDefinition)
            found += map(str, definition.keys if several else [definition.key])
        return sorted(found)

    def owner(self, key: str) -> str:
        living = self.session.living(AssetKey.from_user_string(key))
        return "" if living is None else living.cell.id


def define(name: str, key: str | None = None) -> str:
    """The text of a cell that defines one asset."""
    return f"@asset(key='{key or name}')\ndef {name}():\n    return 1\n"
