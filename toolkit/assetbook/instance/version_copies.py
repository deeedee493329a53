"""Which versions were made from which: one look at all that a store holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

import msgspec

from assetbook.keys import AssetKey
from assetbook.storage.store import StateView
from assetbook.storage.version import Version


def every_version(store: StateView) -> Iterator[Version]:
    """The versions of all assets."""
    for key in store.assets():
        yield from store.versions(key)


class Copies(msgspec.Struct, frozen=True):
    """The versions that each version was read for, and all value files that there are."""

    readers: dict[tuple[str, int], list[Version]]
    """By key as text and number."""
    paths: frozenset[str]

    @classmethod
    def of(cls, versions: Iterable[Version]) -> Copies:
        """Those of all the versions of a store."""
        readers: dict[tuple[str, int], list[Version]] = defaultdict(list)
        paths: set[str] = set()
        for each in versions:
            for read in each.event.inputs.values():
                if read.version is not None:
                    readers[read.key, read.version].append(each)
            value = each.event.value
            if value is not None and value.path is not None:
                paths.add(value.path)
        return cls(dict(readers), frozenset(paths))

    def made_from(self, key: AssetKey, numbers: Collection[int]) -> tuple[Version, ...]:
        """The versions of other assets that have data and were made from these, by whatever way."""
        found: dict[tuple[str, int], Version] = {}
        left = [(key.text, number) for number in numbers]
        while left:
            for version in self.readers.get(left.pop(), ()):
                place = version.key.text, version.number
                if place not in found and version.key != key:
                    found[place] = version
                    left.append(place)
        having = [each for each in found.values() if each.event.wiped_at is None]
        return tuple(sorted(having, key=lambda each: (str(each.key), each.number)))
