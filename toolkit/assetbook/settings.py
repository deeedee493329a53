"""Where a project is and how it is set: its root, its stores, ``[tool.assetbook]``."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from assetbook.errors import AssetbookError, ConfigError, did_you_mean, with_article

STORE_FOLDER = ".assetbook"
STORE_VARIABLE = "ASSETBOOK_STORE"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How many old versions stay, beside the latest and those that are kept."""

    session_versions: int = 3
    """The newest ones that people made; 0 or more."""
    scheduled_days: float = 30.0
    """Those that schedules made within so many days; 0 or more."""


@dataclass(frozen=True, slots=True)
class Retention:
    """``[tool.assetbook.retention]``: the project's rule, and those of single assets."""

    rule: RetentionRule = RetentionRule()
    assets: Mapping[str, RetentionRule] = field(default_factory=dict)
    """By key, as ``raw/orders``."""

    def of(self, key: str) -> RetentionRule:
        """The rule for an asset."""
        return self.assets.get(key, self.rule)


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``[tool.assetbook]`` in pyproject.toml may say."""

    store: str | None = None
    """The store's name among ``stores``, or its folder, relative to the project's root; None is
    ``.assetbook``."""
    register_only: bool = False
    """Whether running an asset's cell only registers it, without materializing."""
    lease_seconds: float = 30.0
    """Seconds after which a run that shows no life counts as dead; more than 0."""
    retention: Retention = Retention()
    """Which old versions ``store gc`` leaves."""
    values: str | None = None
    """Where value files go: a URL, or the absolute path of a folder; None is the store's folder."""
    stores: Mapping[str, str] = field(default_factory=dict)
    """The folders of named stores, relative to the project's root."""
    read_through: str | None = None
    """The name of the store from which is read what the own one does not have."""


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
    return text in stores or (bool(stores) and _NAME.fullmatch(text) is not None)


def _named(name: str, stores: Mapping[str, Path], asked: str) -> Path:
    if name in stores:
        return stores[name]
    known = f"The stores are {', '.join(sorted(stores))}." if stores else _NAME_SOME
    raise ConfigError(asked, f"there is no store `{name}`", did_you_mean(name, stores) or known)


def read_settings(pyproject: Path) -> Settings:
    """The settings in a pyproject.toml; defaults where it has no ``[tool.assetbook]``.

    Raises ConfigError that names the file for text that is no TOML, and for unknown or wrong keys.
    """
    import tomllib

    try:
        document = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            "the settings in pyproject.toml", f"{pyproject} cannot be read: {error}", "Mend it."
        ) from error
    tool = document.get("tool")
    table = tool.get("assetbook", {}) if isinstance(tool, dict) else {}
    where = f"[tool.assetbook] in {pyproject}"
    if not isinstance(table, dict):
        raise ConfigError(
            where, f"it is {with_article(type(table).__name__)}", "Make it a table of settings."
        )
    settings = Settings(**{key: _checked(where, key, value) for key, value in table.items()})
    _refuse_unlinked(where, settings)
    return settings


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


_EXPECTED: Mapping[str, tuple[str, tuple[type[Any], ...]]] = {
    "store": ("the path of a folder, as text", (str,)),
    "values": ("an absolute path or a URL, as text", (str,)),
    "register_only": ("true or false", (bool,)),
    "lease_seconds": ("a number of seconds above 0", (int, float)),
    "retention": ("a table", (dict,)),
    "stores": ("a table of names and folders", (dict,)),
    "read_through": ("the name of one of the stores", (str,)),
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NAME_SOME = 'Name some: [tool.assetbook.stores] with lines as prod = "/data/prod/assetbook".'


def _checked(where: str, key: str, value: object) -> Any:
    if key not in _EXPECTED:
        raise ConfigError(
            where,
            f"there is no setting `{key}`",
            did_you_mean(key, _EXPECTED) or f"The settings are {', '.join(sorted(_EXPECTED))}.",
        )
    said, types = _EXPECTED[key]
    if type(value) not in types or value == "":
        raise ConfigError(where, f"`{key}` is {value!r}", f"Give {said}.")
    if key == "values":
        return _values(where, str(value))
    if key == "lease_seconds":
        seconds = float(value)  # type: ignore[arg-type]
        if not 0 < seconds < float("inf"):
            raise ConfigError(where, f"`{key}` is {value!r}", f"Give {said}.")
        return seconds
    if key == "retention":
        return _retention(where.replace("[tool.assetbook]", "[tool.assetbook.retention]"), value)
    if key == "stores":
        return _stores(where.replace("[tool.assetbook]", "[tool.assetbook.stores]"), value)
    return value


def _values(where: str, value: str) -> str:
    """A URL or an absolute path; raises ConfigError, which does not repeat what may be secret."""
    scheme, separator, rest = value.partition("://")
    if not separator:
        if Path(value).expanduser().is_absolute():
            return str(Path(value).expanduser())
        raise ConfigError(
            where,
            f"`values` is {value!r}",
            "Give an absolute path, or a URL as s3://bucket/values.",
        )
    if ":" in rest.partition("/")[0].rpartition("@")[0] or "?" in rest or "#" in rest:
        raise ConfigError(
            where,
            f"`values` is a {scheme}:// URL with a password or with options in it",
            "Leave them out: credentials are taken from the environment and the usual files, and "
            "are never written down with a value.",
        )
    if not scheme or "::" in value or (not rest.strip("/") and scheme != "memory"):
        raise ConfigError(where, f"`values` is {value!r}", "Give a URL as s3://bucket/values.")
    return value


def _stores(where: str, table: Any) -> Mapping[str, str]:
    for name, folder in table.items():
        # behind @ and a colon a store is told from a version: run: means another thing there
        if not _NAME.fullmatch(name) or name == "run":
            remedy = "Give it another one: a letter, then letters, digits, _ and -; not `run`."
            raise ConfigError(where, f"`{name}` is no name for a store", remedy)
        if not isinstance(folder, str) or not folder:
            raise ConfigError(where, f"`{name}` is {folder!r}", "Give the path of a folder.")
    return dict(table)


def _refuse_unlinked(where: str, settings: Settings) -> None:
    """Raises ConfigError if the store to read through to is none, or the own one."""
    through, stores = settings.read_through, settings.stores
    if through is None:
        return
    if through not in stores:
        known = f"The stores are {', '.join(sorted(stores))}." if stores else _NAME_SOME
        raise ConfigError(
            where,
            f"`read_through` is {through!r}, and there is no such store",
            did_you_mean(through, stores) or known,
        )
    folder = stores.get(settings.store or STORE_FOLDER, settings.store or STORE_FOLDER)
    if os.path.normpath(folder) == os.path.normpath(stores[through]):
        raise ConfigError(
            where,
            f"the store `{through}` would read through to itself",
            "Name another one in `store`: the one that is written here.",
        )


def _retention(where: str, table: Any) -> Retention:
    own = {name: each for name, each in table.items() if name != "assets"}
    rule = _rule(where, own, RetentionRule(), ("assets",))
    assets = table.get("assets", {})
    if not isinstance(assets, dict) or not all(isinstance(each, dict) for each in assets.values()):
        example = '[tool.assetbook.retention.assets."raw/orders"]'
        raise ConfigError(where, "`assets` is no table of tables", f"Write {example}.")
    return Retention(
        rule, {key: _rule(f"{where}: {key}", each, rule) for key, each in assets.items()}
    )


def _rule(
    where: str, table: Mapping[str, Any], default: RetentionRule, more: tuple[str, ...] = ()
) -> RetentionRule:
    known = ("session_versions", "scheduled_days", *more)
    for key, value in table.items():
        if key not in known:
            remedy = did_you_mean(key, known) or f"The settings are {', '.join(known)}."
            raise ConfigError(where, f"there is no setting `{key}`", remedy)
        types = (int,) if key == "session_versions" else (int, float)
        if type(value) not in types or not 0 <= value < float("inf"):
            raise ConfigError(where, f"`{key}` is {value!r}", "Give a number of 0 or more.")
    return replace(default, **table)
