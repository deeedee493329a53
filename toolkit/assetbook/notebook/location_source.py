"""What a code location is loaded from: a notebook's file, or a module or package."""

from __future__ import annotations

import re
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import msgspec

from assetbook.errors import NotLoadedError, did_you_mean
from assetbook.project import find_project, location_id

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_PERCENT = re.compile(r"^# ?%%", re.MULTILINE)
_INIT = "__init__.py"


class LocationSource(msgspec.Struct, frozen=True):
    """One code location: where its code is, and where it runs."""

    id: str | None
    """Its path from the project's root, or its module's name where it lies elsewhere; None for a
    notebook that is no location, as a copy."""
    path: Path
    """Its file, or its package's folder; absolute."""
    folder: Path
    """The folder in which its code runs, first in its search for modules; absolute."""
    module: str | None = None
    """The name by which it is imported; None for a notebook."""

    def __str__(self) -> str:
        return self.id or self.path.name

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the process that loads it."""
        found = {"path": str(self.path), "folder": str(self.folder)}
        return {"id": self.id, "module": self.module, **found}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> LocationSource:
        """What ``to_json`` gave."""
        path, folder = Path(given["path"]), Path(given["folder"])
        return cls(given["id"], path, folder, given["module"])


def source_of(given: str | Path, start: Path | None = None) -> LocationSource:
    """The location that ``given`` means: the path of a notebook (.ipynb, or .py in percent format),
    of a module or of a package's folder, or a module's name.

    Paths begin at ``start`` (None: here). Raises NotLoadedError if there is no such thing.
    """
    here = start if start is not None else Path.cwd()
    path = (here / given).absolute()
    if path.suffix == ".ipynb" or (path.suffix == ".py" and is_percent(path)):
        root = find_project(path).root
        return LocationSource(location_id(path, root), path, path.parent)
    if path.suffix == ".py" and path.is_file():
        return _of_module(path)
    if path.is_dir():
        if not (path / _INIT).is_file():
            raise _no_package(path)
        return _of_module(path)
    if isinstance(given, str) and _MODULE.fullmatch(given):
        return _by_name(given, find_project(here).root)
    raise _nothing(str(given), here)


def is_percent(path: Path) -> bool:
    """Whether a .py file is a notebook in percent format."""
    try:
        return bool(_PERCENT.search(path.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return not path.exists()  # whoever reads it says that there is none


def _of_module(path: Path) -> LocationSource:
    """A module or package by its path: imported by its full name, from above its packages."""
    top = path
    while (top.parent / _INIT).is_file():
        top = top.parent
    folder = top.parent
    name = ".".join(path.relative_to(folder).with_suffix("").parts)
    project = find_project(path.parent)
    inside = path.resolve().is_relative_to(project.root)
    place = path.resolve().relative_to(project.root).as_posix() if inside else name
    return LocationSource(place, path, folder, name)


def _by_name(name: str, root: Path) -> LocationSource:
    """A module by its name: from the project's root, else as this Python would find it."""
    top, *rest = name.split(".")
    spec = PathFinder.find_spec(top, [str(root), *sys.path])
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if spec is None:
        known = [each.name for each in iter_modules([str(root)])]
        raise _no_module(name, did_you_mean(top, known))
    path = Path(spec.origin).parent if places and spec.origin else Path(spec.origin or places[0])
    for at, part in enumerate(rest):
        folder = path / part
        path = folder if (folder / _INIT).is_file() else path / f"{part}.py"
        if not path.exists():
            known = [each.name for each in iter_modules([str(folder.parent)])]
            raise _no_module(".".join([top, *rest[: at + 1]]), did_you_mean(part, known))
    found = _of_module(path.absolute())
    return found if found.module == name else LocationSource(name, path, root, name)


def _no_module(name: str, near: str) -> NotLoadedError:
    return NotLoadedError(f"the module {name}", "there is no such module", near)


def _no_package(folder: Path) -> NotLoadedError:
    count = sum(1 for _ in folder.glob("*.ipynb"))
    found = f"it is a folder of {count} notebooks" if count else "it holds no notebook"
    return NotLoadedError(
        f"the location {folder}",
        f"{found}, and no package: it has no {_INIT}",
        "Name one notebook; [tool.assetbook] locations takes the folder.",
    )


def _nothing(given: str, here: Path) -> NotLoadedError:
    parent = (here / given).parent
    near = [each.name for each in parent.iterdir()] if parent.is_dir() else []
    return NotLoadedError(
        f"the location {given}",
        "there is no such file, folder or module",
        did_you_mean(Path(given).name, near)
        or "Give the path of a notebook or package, or a module's name.",
    )
