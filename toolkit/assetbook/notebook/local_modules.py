"""Which code is the project's own, to be looked into, and which is installed, known by its name.

Whatever lies in the standard library, in site-packages or in assetbook itself is installed; all
else is local, inside the project's folder or not.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import site
import sys
import sysconfig
import types
from pathlib import Path
from types import FunctionType, ModuleType

from assetbook.notebook.cell_source import is_cell

FRAMEWORK = __name__.partition(".")[0]
_SITE = frozenset({"site-packages", "dist-packages"})


@functools.cache
def _installed_folders() -> tuple[Path, ...]:
    paths = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    framework = Path(__file__).resolve().parents[1]
    folders = [*paths, *site.getsitepackages(), site.getusersitepackages()]
    return (*(Path(each).resolve() for each in folders if each), framework)


@functools.cache
def is_installed_file(filename: str) -> bool:
    """Whether a file belongs to Python, an installed package or assetbook."""
    if filename.startswith("<frozen "):
        return True
    if filename.startswith(_written_folders()):
        return True  # the most: there are hundreds, and to resolve a path asks the disk
    path = Path(filename)
    if not _SITE.isdisjoint(path.parts):
        return True
    return any(path.resolve().is_relative_to(folder) for folder in _installed_folders())


@functools.cache
def _written_folders() -> tuple[str, ...]:
    """The beginnings of most installed files' names, as they are written."""
    paths = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return tuple(f"{each}{os.sep}" for each in [*paths, str(_installed_folders()[-1])] if each)


def is_local_module(name: object) -> bool:
    """Whether code said to be of module ``name`` is the project's own; unknown names are."""
    if name == "__main__" or not isinstance(name, str):
        return True
    module = sys.modules.get(name)
    if module is None:
        return not (is_framework(name) or name.partition(".")[0] in sys.stdlib_module_names)
    return not is_installed(module)


def local_file(name: str) -> str | None:
    """The file of a loaded module, if it is the project's own; None for any other name."""
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None) if name != "__main__" else None
    return file if isinstance(file, str) and not is_installed_file(file) else None


def is_local_class(cls: type) -> bool:
    """Whether a class is the project's own: by its module, and also if it was made by a call.

    ``types`` is said to be the home of what ``make_dataclass`` and ``new_class`` make.
    """
    made = cls.__module__ == "types" and vars(types).get(cls.__name__) is not cls
    return made or is_local_module(cls.__module__)


def is_installed(module: ModuleType) -> bool:
    """Whether a module is not the project's own."""
    names = vars(module)
    if names.get("__name__") == "__main__":
        return False
    file = names.get("__file__")
    if file is not None:
        return is_installed_file(file)
    spec = vars(module).get("__spec__")
    if spec is None:
        return module.__name__.partition(".")[0] in sys.stdlib_module_names
    if spec.submodule_search_locations:
        return all(is_installed_file(each) for each in spec.submodule_search_locations)
    return spec.origin in ("built-in", "frozen")


def is_framework(module: str) -> bool:
    """Whether ``module`` is assetbook or a part of it."""
    return module.partition(".")[0] == FRAMEWORK


def is_local_function(fn: FunctionType) -> bool:
    """Whether a function's code is the project's own: by its file, without one by its module."""
    filename = fn.__code__.co_filename
    if is_cell(filename):
        return True
    if filename.startswith("<"):
        return not filename.startswith("<frozen ") and is_local_module(fn.__module__)
    return not is_installed_file(filename)


def module_name(module: ModuleType) -> str:
    """A module's name as people write it: ``os.path``, not ``posixpath``."""
    return "os.path" if module.__name__ == "posixpath" else module.__name__


def installed_version(name: str) -> str:
    """The version of the package that module ``name`` belongs to; empty if it says none."""
    top = sys.modules.get(name.partition(".")[0])
    return str(getattr(top, "__version__", ""))


def find_installed(name: str) -> bool | None:
    """Whether a module that is not loaded is an installed one; None if there is no such module."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return True
    spec = importlib.util.find_spec(top)
    if spec is None:
        return None
    places = list(spec.submodule_search_locations or ()) or [spec.origin or ""]
    return all(is_installed_file(each) for each in places)
