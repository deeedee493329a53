"""What divides an asset into partitions: the base of all kinds, and ranges of their keys."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Protocol

from assetbook.definitions.digest import text_digest
from assetbook.definitions.partitions.loading_context import loading_context
from assetbook.errors import DefinitionError, SelectionError, did_you_mean, with_article
from assetbook.named_arguments import named_arguments


class DynamicPartitionsStore(Protocol):
    """Who knows the keys of dynamic partitions."""

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """The keys of that name, in the order in which they were added."""
        ...


@named_arguments
@dataclass(frozen=True, slots=True)
class PartitionKeyRange:
    """All keys from ``start`` to ``end``, both included, in their definition's order."""

    start: str
    end: str


class PartitionsDefinition:
    """Divides an asset into partitions, each with a key; two that say the same are equal."""

    kind: ClassVar[str] = ""
    """What ``to_data`` calls it."""

    @abstractmethod
    def keys_at(self, now: datetime, store: DynamicPartitionsStore | None = None) -> Sequence[str]:
        """The keys at an instant, in order; ``store`` knows those of dynamic partitions."""

    @abstractmethod
    def settings(self) -> Mapping[str, Any]:
        """What it was given, as plain data for JSON."""

    @abstractmethod
    def describe(self) -> str:
        """What it is, for people: ``daily from 2026-01-01``."""

    @property
    def meaning(self) -> str:
        """What a key stands for beside its own text: the rule of its window. Two definitions with
        the same divide the same thing by the same key; empty where the key says it all."""
        return ""

    def to_data(self) -> dict[str, Any]:
        """What it is, as plain data for JSON; see :mod:`assetbook.definitions.partitions.data`."""
        return {"kind": self.kind, **self.settings()}

    @cached_property
    def digest(self) -> str:
        """The same for every definition that divides alike."""
        return text_digest(json.dumps(self.to_data(), sort_keys=True))

    def get_partition_keys(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """The keys, in order; ``current_time`` (None: now) decides which windows are over."""
        context = loading_context(current_time, dynamic_partitions_store)
        return self.keys_at(context.now, context.store)

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether there is a partition of that key."""
        context = loading_context(current_time, dynamic_partitions_store)
        return self.has_key(partition_key, context.now, context.store)

    def has_key(self, key: str, now: datetime, store: DynamicPartitionsStore | None = None) -> bool:
        """Whether there is a partition of that key at an instant."""
        return key in self.keys_at(now, store)

    def get_num_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> int:
        """How many there are."""
        return len(self.get_partition_keys(current_time, dynamic_partitions_store))

    def get_first_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The first key; None if there is none."""
        keys = self.get_partition_keys(current_time, dynamic_partitions_store)
        return keys[0] if keys else None

    def get_last_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The last key; None if there is none."""
        keys = self.get_partition_keys(current_time, dynamic_partitions_store)
        return keys[-1] if keys else None

    def get_partition_keys_in_range(
        self,
        partition_key_range: PartitionKeyRange,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
        current_time: datetime | None = None,
    ) -> Sequence[str]:
        """The keys from its start to its end; raises SelectionError for a key that there is not."""
        keys = self.get_partition_keys(current_time, dynamic_partitions_store)
        ends = partition_key_range.start, partition_key_range.end
        first, last = (self.position(key, keys) for key in ends)
        return keys[first : last + 1]

    def position(self, key: str, keys: Sequence[str]) -> int:
        """The place of ``key`` among ``keys``; raises SelectionError that offers the nearest."""
        try:
            return keys.index(key)
        except ValueError:
            raise self.unknown(key, keys) from None

    def unknown(self, key: str, keys: Sequence[str]) -> SelectionError:
        """That there is no partition of that key."""
        return SelectionError(
            f"the partition {key!r}", f"{self.describe()} has none", self.instead_of(key, keys)
        )

    def instead_of(self, key: str, keys: Sequence[str]) -> str:
        """What to write instead of a key that is not among ``keys``, which are all there are."""
        few = ", ".join(keys) if len(keys) <= 6 else f"{keys[0]} to {keys[-1]}"
        near = did_you_mean(
            key, [*keys[:1000], *keys[-1000:], *(("first", "last") if keys else ())]
        )
        return near or (f"There are {few}." if keys else "There is none yet.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartitionsDefinition) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.to_data(),)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.describe()}>"


def _restored(data: Mapping[str, Any]) -> PartitionsDefinition:
    from assetbook.definitions.partitions.data import from_data  # which knows all kinds

    return from_data(data)


def checked_key(key: object, asked: str) -> str:
    """The key itself; raises DefinitionError for one that cannot be a key."""
    if not isinstance(key, str) or not key:
        found = "it is empty" if key == "" else f"it is {with_article(type(key).__name__)}"
        raise DefinitionError(f"{asked} {key!r}", found, "A partition's key is a piece of text.")
    bad = [each for each in key if ord(each) < 32 or ord(each) == 127]
    if bad or ".." in key or "," in key:
        found = f"it has the character {bad[0]!r}" if bad else "it has `,` or `..`"
        raise DefinitionError(
            f"{asked} {key!r}",
            found,
            "Ranges and lists of keys are written with those: leave them out.",
        )
    return key
