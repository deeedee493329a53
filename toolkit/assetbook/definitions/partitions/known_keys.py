"""Which partitions there are at one time: listed once, with the place of each key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from assetbook.definitions.partitions.definition import (
    DynamicPartitionsStore,
    PartitionsDefinition,
)


class KnownKeys:
    """The keys of definitions at one instant."""

    def __init__(self, now: datetime, store: DynamicPartitionsStore | None = None) -> None:
        self.now = now
        self._store = store
        self._keys: dict[PartitionsDefinition, Sequence[str]] = {}
        self._places: dict[PartitionsDefinition, Mapping[str, int]] = {}

    def keys(self, definition: PartitionsDefinition) -> Sequence[str]:
        """The keys, in order."""
        if definition not in self._keys:
            self._keys[definition] = definition.keys_at(self.now, self._store)
        return self._keys[definition]

    def places(self, definition: PartitionsDefinition) -> Mapping[str, int]:
        """The place of each key among them."""
        if definition not in self._places:
            keys = self.keys(definition)
            self._places[definition] = dict(zip(keys, range(len(keys)), strict=True))
        return self._places[definition]

    def has(self, definition: PartitionsDefinition, key: str) -> bool:
        """Whether there is a partition of that key."""
        return key in self.places(definition)

    def in_order(self, definition: PartitionsDefinition, keys: Iterable[str]) -> list[str]:
        """The keys in the definition's order; those that it has not come last."""
        places = self.places(definition)
        return sorted(keys, key=lambda key: places.get(key, len(places)))
