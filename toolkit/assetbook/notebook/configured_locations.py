"""The code locations that ``[tool.assetbook] locations`` names: paths, patterns, modules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from assetbook.errors import ConfigError, NotLoadedError, SelectionError, did_you_mean
from assetbook.notebook.location_source import LocationSource, is_percent, source_of
from assetbook.project import Project

_PATTERN = re.compile(r"[*?\[]")
_WHERE = "`locations` in [tool.assetbook]"


def configured_locations(project: Project) -> list[LocationSource]:
    """The project's locations in the order of their entries, each once; reads no code.

    A folder that is no package stands for the notebooks in it. Checkpoints and copies are never
    locations. Raises ConfigError for an entry that names nothing, with the nearest name.
    """
    found: dict[str, LocationSource] = {}
    for entry in project.settings.locations:
        sources = list(_sources(entry, project.root))
        for source in sources:
            if source.id is not None:
                found.setdefault(source.id, source)
        if not sources:
            raise _nothing(entry, project.root)
    return list(found.values())


def named_location(project: Project, name: str) -> LocationSource:
    """The configured location called ``name``: its id, its file's name with or without suffix.

    Raises SelectionError with the nearest names, or naming all that it fits.
    """
    known = configured_locations(project)
    fitting = [each for each in known if each.id == name] or [
        each for each in known if name in (each.path.name, each.path.stem, each.module)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        both = " and ".join(f"`{each}`" for each in fitting)
        raise SelectionError(f"the location `{name}`", f"it fits {both}", "Give the whole path.")
    names = [each for source in known for each in (str(source), source.path.stem)]
    listed = ", ".join(map(str, known)) or "none: name some in [tool.assetbook] locations"
    raise SelectionError(
        f"the location `{name}`", "there is none of that name",
        did_you_mean(name, names) or f"There are: {listed}.",
    )  # fmt: skip


def _sources(entry: str, root: Path) -> Iterator[LocationSource]:
    paths = [root / entry]
    if _PATTERN.search(entry):
        paths = sorted(each for each in root.glob(entry) if not _is_hidden(each, root))
    for path in paths:
        if path.is_dir() and not (path / "__init__.py").is_file():
            yield from (source_of(each) for each in _notebooks_in(path))
        elif path.exists() and (path.is_dir() or path.suffix in (".ipynb", ".py")):
            yield source_of(path)
        elif not path.exists() and path.suffix in (".ipynb", ".py"):
            raise ConfigError(f"{_WHERE}: {entry!r}", "there is no such file", _near(entry, root))
        elif not path.exists():
            try:
                yield source_of(entry, root)
            except NotLoadedError as error:
                raise ConfigError(
                    f"{_WHERE}: {entry!r}", error.found, error.remedy or _near(entry, root)
                ) from None


def _notebooks_in(folder: Path) -> list[Path]:
    found = [each for each in folder.rglob("*.ipynb") if not _is_hidden(each, folder)]
    found += [each for each in folder.glob("*.py") if is_percent(each)]
    return sorted(found)


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _nothing(entry: str, root: Path) -> ConfigError:
    found = "no file matches it" if _PATTERN.search(entry) else "there is no notebook in it"
    return ConfigError(f"{_WHERE}: {entry!r}", found, _near(entry, root))


def _near(entry: str, root: Path) -> str:
    known = [
        each.relative_to(root).as_posix()
        for each in [*root.glob("*"), *root.glob("*/*")]
        if not _is_hidden(each, root) and (each.is_dir() or each.suffix in (".ipynb", ".py"))
    ]
    near = did_you_mean(entry.rstrip("/"), known)
    return near or "Give the path of a notebook or package, a pattern, or a module's name."
