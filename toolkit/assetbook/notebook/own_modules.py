"""What code that is loaded into this process has for itself: its modules, its folder, its settings.

A location that is loaded in this process must not see what its caller has imported by the same
name, and must leave nothing behind there. Installed packages are shared: they cannot be loaded
twice.
"""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from assetbook.notebook.local_modules import is_installed

MAIN = "__main__"


class OwnModules:
    """One location's ``__main__``, local modules, search path, working folder and environment.

    They are there as long as it is entered, and only for the thread that enters: this process
    has one of each.
    """

    def __init__(self, folder: Path) -> None:
        self.main = ModuleType(MAIN)
        self._modules: dict[str, ModuleType] = {MAIN: self.main}
        self._path = [str(folder), *(each for each in sys.path if each not in ("", str(folder)))]
        self._folder = str(folder)
        self._environment = dict(os.environ)
        self._builtins = dict(vars(builtins))

    @contextmanager
    def entered(self) -> Iterator[None]:
        """While it lasts, this process's modules and settings are the location's own."""
        modules, path, folder = _local_modules(), list(sys.path), str(Path.cwd())
        environment, names = dict(os.environ), dict(vars(builtins))
        _put_modules(modules, self._modules)
        sys.path[:] = self._path
        _make_equal(os.environ, self._environment)
        _make_equal(vars(builtins), self._builtins)
        os.chdir(self._folder)
        try:
            yield
        finally:
            self._modules = _local_modules()
            self._path, self._folder = list(sys.path), str(Path.cwd())
            self._environment, self._builtins = dict(os.environ), dict(vars(builtins))
            _put_modules(self._modules, modules)
            sys.path[:] = path
            _make_equal(os.environ, environment)
            _make_equal(vars(builtins), names)
            os.chdir(folder)


def local_files() -> Iterator[Path]:
    """The files of the local modules that are loaded now."""
    for name, module in _local_modules().items():
        file = vars(module).get("__file__")
        if name != MAIN and isinstance(file, str):
            yield Path(file)


_installed: dict[str, ModuleType] = {}
"""Modules that were looked at already, and are installed ones: there are hundreds."""


def _local_modules() -> dict[str, ModuleType]:
    found: dict[str, ModuleType] = {}
    for name, module in list(sys.modules.items()):
        if _installed.get(name) is module or not isinstance(module, ModuleType):
            continue
        if name == MAIN or not is_installed(module):
            found[name] = module
        else:
            _installed[name] = module
    return found


def _put_modules(gone: Mapping[str, ModuleType], there: Mapping[str, ModuleType]) -> None:
    for name in gone:
        sys.modules.pop(name, None)
    sys.modules.update(there)


def _make_equal(live: MutableMapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name in [each for each in live if each not in wanted]:
        del live[name]
    for name, value in wanted.items():
        if name not in live or (live[name] is not value and live[name] != value):
            live[name] = value
