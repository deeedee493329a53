"""What the value files of a store take on the disk, by asset, and which no version names."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey


@dataclass(frozen=True, slots=True)
class StrayFile:
    """A file below ``values`` that no version names."""

    path: str
    """From the folder of the values."""
    size: int
    changed: float
    """When it was written last: seconds since 1970."""


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes of value files."""

    by_asset: Counter[AssetKey] = field(default_factory=Counter)
    leftovers: tuple[StrayFile, ...] = ()
    """What killed processes have left, and what is being written just now."""

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
    """What is on the disk now; reads no value."""
    owners: dict[str, AssetKey] = {}
    # the files first: a version that is committed meanwhile then has its file among them
    files = list(files_below(instance.values.root))
    for key in instance.own.assets():
        for version in instance.own.versions(key):
            reference = version.event.value
            if reference is not None and reference.path is not None:
                owners[reference.path] = key
    use = Counter[AssetKey]()
    for each in files:
        if each.path in owners:
            use[owners[each.path]] += each.size
    strays = (each for each in files if each.path not in owners)
    return DiskUse(use, tuple(strays))


def files_below(root: Path) -> Iterator[StrayFile]:
    """All files in the folder of the values, as they are now."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            yield StrayFile(path.relative_to(root).as_posix(), status.st_size, status.st_mtime)
