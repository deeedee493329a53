"""Partitions whose keys a function of the author's lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from assetbook.definitions.partitions.definition import (
    DynamicPartitionsStore,
    PartitionsDefinition,
    checked_key,
)


class ComputedPartitionsDefinition(PartitionsDefinition):
    """The keys that ``partition_fn`` lists at an instant, which it is given.

    In another process, and as data, it is those that it lists at that time.
    """

    kind: ClassVar[str] = "static"

    def __init__(self, partition_fn: Callable[[datetime], Sequence[str]]) -> None:
        self.partition_fn = partition_fn

    def keys_at(self, now: datetime, store: DynamicPartitionsStore | None = None) -> Sequence[str]:
        """What the function lists, each key once; raises DefinitionError for what is no key."""
        return tuple(dict.fromkeys(map(_checked, self.partition_fn(now))))

    def settings(self) -> Mapping[str, Any]:
        """The keys that it lists now."""
        return {"keys": list(self.keys_at(datetime.now(UTC)))}

    def describe(self) -> str:
        """``what list_customers lists``."""
        return f"what {getattr(self.partition_fn, '__name__', 'a function')} lists"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ComputedPartitionsDefinition)
            and other.partition_fn is self.partition_fn
        )

    def __hash__(self) -> int:
        return hash(self.partition_fn)


def _checked(key: object) -> str:
    return checked_key(key, "the partition")
