"""Importing the project's modules from a folder that was made for it, and from nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType


class KeptModules:
    """Finds the modules in ``folder``, before ``sys.path`` is asked for them."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        inside = folder.iterdir() if folder.is_dir() else ()
        self._tops = frozenset(each.name.removesuffix(".py") for each in inside)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's spec; None for one that is not kept: others are asked then."""
        if path is not None or name not in self._tops:
            return None
        return PathFinder.find_spec(name, [self.folder], target)


def kept_folder() -> Path | None:
    """The folder from which this process imports the project's modules; None if from where they
    are."""
    kept = (each for each in sys.meta_path if isinstance(each, KeptModules))
    return next((Path(each.folder) for each in kept), None)


def import_only_from(folder: Path) -> None:
    """Has this process import the modules in ``folder`` from there.

    The working folder, where they may have been edited since, is no longer looked in.
    """
    here = str(Path.cwd())
    sys.path[:] = [each for each in sys.path if each not in ("", here)]
    sys.meta_path.insert(0, KeptModules(folder))
