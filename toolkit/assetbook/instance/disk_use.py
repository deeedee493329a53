"""What the value files of a store take, by asset, and which no version names."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import structs

from assetbook.errors import AssetbookError, MissingLibraryError, StoreError
from assetbook.instance.instance import Instance
from assetbook.io.value_address import ValueAddress, local_folder
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey


class StrayFile(msgspec.Struct, frozen=True):
    """A value file that no version names."""

    path: str
    """As a version's record would hold it: from the folder of the values, or an address."""
    size: int
    changed: float
    """When it was written last: seconds since 1970; infinity if its store does not say."""


class DiskUse(msgspec.Struct, frozen=True):
    """Bytes of value files."""

    by_asset: Counter[AssetKey] = msgspec.field(default_factory=Counter)
    leftovers: tuple[StrayFile, ...] = ()
    """What killed processes have left, and what is being written just now."""
    elsewhere: int = 0
    """Bytes of those that are not in the store's folder."""
    unreached: AssetbookError | None = None
    """Why the remote place could not be looked at; its files are then not counted."""

    @property
    def leftover_bytes(self) -> int:
        """Bytes of the files that no version names."""
        return sum(each.size for each in self.leftovers)

    @property
    def total(self) -> int:
        """Bytes of all of them."""
        return self.by_asset.total() + self.leftover_bytes

    def largest(self, count: int) -> list[tuple[AssetKey, int]]:
        """The assets that take most."""
        return self.by_asset.most_common(count)


def disk_use(instance: Instance) -> DiskUse:
    """What is there now; reads no value."""
    owners: dict[str, AssetKey] = {}
    # the files first: a version that is committed meanwhile then has its file among them
    files = list(local_files(instance.values))
    remote: list[StrayFile] = []
    unreached: AssetbookError | None = None
    try:
        remote += remote_files(instance.values)
    except (StoreError, MissingLibraryError) as error:
        unreached = error
    for key in instance.own.assets():
        for version in instance.own.versions(key):
            reference = version.event.value
            if reference is not None and reference.path is not None:
                owners[reference.path] = key
    use = Counter[AssetKey]()
    for each in (*files, *remote):
        if each.path in owners:
            use[owners[each.path]] += each.size
    strays = (each for each in (*files, *remote) if each.path not in owners)
    elsewhere = sum(each.size for each in (*files, *remote) if ValueAddress.of(each.path))
    return DiskUse(use, tuple(strays), elsewhere, unreached)


def local_files(values: ValueFiles, only: str | None = None) -> Iterator[StrayFile]:
    """All value files on this computer, as they are now; or those right in one folder."""
    yield from files_below(values.root, only)
    folder = local_folder(values.place) if values.place is not None else None
    if folder is not None:
        for each in files_below(folder, only):
            yield structs.replace(each, path=f"{values.place}/{each.path}")


def remote_files(values: ValueFiles) -> Iterator[StrayFile]:
    """All value files of the store's remote place; none if it has none. Raises StoreError."""
    if values.place is not None and local_folder(values.place) is None:
        for path, facts in values.remote.all(values.place):
            changed = math.inf if facts.changed is None else facts.changed
            yield StrayFile(path, facts.size, changed)


def files_below(root: Path, only: str | None = None) -> Iterator[StrayFile]:
    """All files below a folder; with ``only`` those right in that folder below it."""
    walked = os.walk(root if only is None else root / only)
    for folder, _, names in walked if only is None else islice(walked, 1):
        for name in names:
            path = Path(folder, name)
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            yield StrayFile(path.relative_to(root).as_posix(), status.st_size, status.st_mtime)
