"""Partitions of several dimensions: a key for each combination of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any, ClassVar, Self

from assetbook.definitions.partitions.definition import (
    DynamicPartitionsStore,
    PartitionsDefinition,
)
from assetbook.definitions.partitions.time_windows import TimeWindow, TimeWindowPartitionsDefinition
from assetbook.errors import DefinitionError, SelectionError, UsageError, did_you_mean
from assetbook.named_arguments import named_arguments

_JOINED_BY = "|"


class MultiPartitionKey(str):
    """The key of one combination: the keys of the dimensions, by name in order, joined by ``|``."""

    keys_by_dimension: Mapping[str, str]
    """The key of each dimension."""

    def __new__(cls, keys_by_dimension: Mapping[str, str]) -> Self:
        """The key of these; raises DefinitionError for a part that is no text or has a ``|``."""
        for name, key in keys_by_dimension.items():
            if not isinstance(key, str) or _JOINED_BY in key:
                raise DefinitionError(
                    f"MultiPartitionKey({dict(keys_by_dimension)!r})",
                    f"the key of `{name}` is no text without `|`",
                    'Write MultiPartitionKey({"date": "2026-01-01", "color": "red"}).',
                )
        ordered = dict(sorted(keys_by_dimension.items()))
        made = super().__new__(cls, _JOINED_BY.join(ordered.values()))
        made.keys_by_dimension = ordered
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return MultiPartitionKey, (dict(self.keys_by_dimension),)


@named_arguments
class MultiPartitionsDefinition(PartitionsDefinition):
    """All combinations of the keys of several dimensions, as of days and regions.

    Raises DefinitionError for fewer than two dimensions, or one that is itself of several.
    """

    kind: ClassVar[str] = "multi"

    def __init__(self, partitions_defs: Mapping[str, PartitionsDefinition]) -> None:
        if len(partitions_defs) < 2:
            raise DefinitionError(
                "MultiPartitionsDefinition(...)",
                f"it has {len(partitions_defs)} dimension",
                "Give two or more, by name; one needs no MultiPartitionsDefinition.",
            )
        for name, each in partitions_defs.items():
            if isinstance(each, MultiPartitionsDefinition) or not isinstance(
                each, PartitionsDefinition
            ):
                raise DefinitionError(
                    f"the dimension `{name}`",
                    f"it is {each!r}",
                    "Give a definition of a single dimension.",
                )
        self.dimensions: Mapping[str, PartitionsDefinition] = dict(sorted(partitions_defs.items()))

    @property
    def partition_dimension_names(self) -> list[str]:
        """The names of the dimensions, in order."""
        return list(self.dimensions)

    @property
    def meaning(self) -> str:
        """The names of the dimensions, and what a key of each stands for."""
        each = self.dimensions.items()
        return "; ".join(f"{name}: {definition.meaning}".rstrip() for name, definition in each)

    def keys_at(self, now: datetime, store: DynamicPartitionsStore | None = None) -> Sequence[str]:
        """Every combination, the last dimension's keys changing fastest."""
        each = [definition.keys_at(now, store) for definition in self.dimensions.values()]
        return list(map(_JOINED_BY.join, product(*each)))

    def has_key(self, key: str, now: datetime, store: DynamicPartitionsStore | None = None) -> bool:
        """Whether each dimension has its part of the key."""
        parts = key.split(_JOINED_BY)
        if len(parts) != len(self.dimensions):
            return False
        pairs = zip(self.dimensions.values(), parts, strict=True)
        return all(definition.has_key(part, now, store) for definition, part in pairs)

    def multi_key(self, key: str) -> MultiPartitionKey:
        """The key by dimension; raises SelectionError for a text that has not a part for each."""
        parts = key.split(_JOINED_BY)
        if len(parts) != len(self.dimensions):
            names = _JOINED_BY.join(self.dimensions)
            raise SelectionError(
                f"the partition {key!r}",
                f"it has {len(parts)} part{'s' if len(parts) > 1 else ''}, and there are "
                f"{len(self.dimensions)} dimensions",
                f"A key is written {names}.",
            )
        return MultiPartitionKey(dict(zip(self.dimensions, parts, strict=True)))

    def dimension(self, name: str) -> PartitionsDefinition:
        """The dimension of that name; raises DefinitionError that offers the nearest."""
        if name not in self.dimensions:
            raise DefinitionError(
                f"the dimension `{name}`",
                f"there is none; there are {', '.join(self.dimensions)}",
                did_you_mean(name, self.dimensions),
            )
        return self.dimensions[name]

    @property
    def time_dimension(self) -> str | None:
        """The name of the only dimension of windows of time; None without one, or with several."""
        found = [
            name
            for name, each in self.dimensions.items()
            if isinstance(each, TimeWindowPartitionsDefinition)
        ]
        return found[0] if len(found) == 1 else None

    def time_window_for_keys(self, keys: Sequence[str]) -> TimeWindow:
        """From the start of the first to the end of the last key's window, by the only dimension of
        time; raises UsageError without one."""
        name = self.time_dimension
        if name is None:
            raise UsageError(
                "the time window",
                f"{self.describe()} has not one dimension of time",
                "Ask for keys.",
            )
        definition = self.dimensions[name]
        assert isinstance(definition, TimeWindowPartitionsDefinition)
        windows = [
            definition.time_window_for_partition_key(self.multi_key(key).keys_by_dimension[name])
            for key in keys
        ]
        return TimeWindow(min(each.start for each in windows), max(each.end for each in windows))

    def settings(self) -> Mapping[str, Any]:
        """The dimensions."""
        return {"dimensions": {name: each.to_data() for name, each in self.dimensions.items()}}

    def describe(self) -> str:
        """``color (static: red, blue) × date (daily from 2026-01-01)``."""
        return " × ".join(f"{name} ({each.describe()})" for name, each in self.dimensions.items())
