"""Does something to a module as soon as it is imported, without importing it for that."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Undo = Callable[[], None]


def after_import(name: str, change: Callable[[ModuleType], Undo]) -> Undo:
    """Calls ``change`` with that module, now or right after its import, before anybody has taken a
    name from it. What is given back undoes the change, or no longer waits for the import."""
    undone: list[Undo] = []

    def imported(module: ModuleType) -> None:
        undone.append(change(module))

    finder = _Finder(name, imported)
    if name in sys.modules:
        imported(import_module(name))  # waits for a thread that is importing it
    else:
        sys.meta_path.insert(0, finder)

    def undo() -> None:
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)
        while undone:
            undone.pop()()

    return undo


def replaced(owner: Any, name: str, ours: object) -> Undo:
    """Puts ``ours`` in place of an attribute; what is given back puts back what was there, unless
    somebody else has replaced it since."""
    missing = object()
    before = vars(owner).get(name, missing)
    setattr(owner, name, ours)

    def restore() -> None:
        if vars(owner).get(name) is not ours:
            return
        if before is missing:
            delattr(owner, name)
        else:
            setattr(owner, name, before)

    return restore


def together(undo: Sequence[Undo]) -> Undo:
    """Undoes all of them, the last one first."""

    def undo_all() -> None:
        for each in reversed(undo):
            each()

    return undo_all


class _Finder:
    """Finds one module as the others do, and has its import told."""

    def __init__(self, name: str, imported: Callable[[ModuleType], None]) -> None:
        self._name = name
        self._imported = imported

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._name:
            return None
        for finder in [each for each in sys.meta_path if each is not self]:
            spec = finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Loader(spec.loader, self._imported)  # type: ignore[assignment]
                return spec
        return None


class _Loader:
    """Loads a module as its own loader does, which it leaves in its place."""

    def __init__(self, loader: Any, imported: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._imported = imported

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._imported(module)
