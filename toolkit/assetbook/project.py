"""Where a project is: its root, the folders of its stores, and which notebooks belong to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from assetbook.errors import AssetbookError, ConfigError, did_you_mean
from assetbook.settings import NAME_SOME, STORE_FOLDER, STORE_NAME, Settings, read_settings

STORE_VARIABLE = "ASSETBOOK_STORE"


@dataclass(frozen=True, slots=True)
class Project:
    """A project: the folder that location ids begin at, its store's folder, its settings."""

    root: Path
    store: Path
    settings: Settings
    store_name: str | None = None
    """The store's name; None if it has none."""
    stores: Mapping[str, Path] = field(default_factory=dict)
    """The folders of all named stores."""
    read_through: str | None = None
    """The name of the store that this one reads through to; None if to none."""

    @property
    def others(self) -> Mapping[str, Path]:
        """The folders of the named stores but for the own one."""
        place = self.store.resolve()
        return {name: each for name, each in self.stores.items() if each.resolve() != place}


def find_project(
    start: Path, environ: Mapping[str, str] | None = None, *, store: str | None = None
) -> Project:
    """The project of a notebook or folder; looks at the disk, creates nothing.

    The root is the folder of the nearest ``.assetbook`` folder at or above ``start``, else of the
    nearest pyproject.toml or .git, else ``start``'s own. The store is the one called ``store``,
    else the name or folder in ``ASSETBOOK_STORE`` of ``environ`` (None: this process's), else that
    in the setting ``store``, else the root's. Raises ConfigError for settings that cannot be read
    or are not known, and for a name that no store has.
    """
    folder = start.absolute()
    if folder.is_file() or folder.suffix == ".ipynb":
        folder = folder.parent
    folder = folder.resolve()
    upward = (folder, *folder.parents)
    root = next(
        (each for each in upward if (each / STORE_FOLDER).is_dir()),
        next((each for each in upward if _is_project(each)), folder),
    )
    pyproject = next((path for each in upward if (path := each / "pyproject.toml").is_file()), None)
    settings = read_settings(pyproject) if pyproject is not None else Settings()
    named = (os.environ if environ is None else environ).get(STORE_VARIABLE)
    stores = {name: _below(root, text) for name, text in settings.stores.items()}
    if store is not None:
        own = _named(store, stores, f"--store {store}")
    elif named and _is_name(named, stores):
        own = _named(named, stores, f"{STORE_VARIABLE}={named}")
    elif named:
        own = Path(named).expanduser().absolute()
    elif settings.store is not None and _is_name(settings.store, stores):
        own = _named(settings.store, stores, f"`store` in {pyproject}")
    else:
        own = _below(root, settings.store or STORE_FOLDER)
    place = own.resolve()
    name = next((name for name, folder in stores.items() if folder.resolve() == place), None)
    through = settings.read_through
    if through is not None and stores[through].resolve() == place:  # it is that one itself
        through = None
    return Project(root, own, settings, name, stores, through)


def _below(root: Path, text: str) -> Path:
    return root / Path(text).expanduser()


def _is_name(text: str, stores: Mapping[str, Path]) -> bool:
    """Whether a store is meant by its name, not by its folder: where any has a name, a word is."""
    return text in stores or (bool(stores) and STORE_NAME.fullmatch(text) is not None)


def _named(name: str, stores: Mapping[str, Path], asked: str) -> Path:
    if name in stores:
        return stores[name]
    known = f"The stores are {', '.join(sorted(stores))}." if stores else NAME_SOME
    raise ConfigError(asked, f"there is no store `{name}`", did_you_mean(name, stores) or known)


def location_id(notebook: Path, root: Path) -> str | None:
    """The notebook's path from ``root`` with ``/`` between folders; None if it is no location.

    Checkpoints and Jupyter's copies (``report-Copy1.ipynb``) are none, nor are files outside.
    """
    path, base = notebook.resolve(), root.resolve()
    if not path.is_relative_to(base):
        return None
    inside = path.relative_to(base)
    if ".ipynb_checkpoints" in inside.parts or fnmatchcase(inside.name, "*-Copy*.ipynb"):
        return None
    return inside.as_posix()


def refuse_unsupported_platform(platform: str = sys.platform) -> None:
    """Raises AssetbookError on Windows; does nothing elsewhere."""
    if platform in ("win32", "cygwin"):
        raise AssetbookError(
            "assetbook on Windows",
            "its store needs locks and renames that Windows does not have",
            "Use WSL 2, Linux or macOS.",
        )


def _is_project(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file() or (folder / ".git").exists()
