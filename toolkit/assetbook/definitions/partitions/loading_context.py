"""At which time, and by whose dynamic keys, partitions are listed where nobody says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from assetbook.clock import SystemClock
from assetbook.named_arguments import named_arguments

if TYPE_CHECKING:
    from assetbook.definitions.partitions.definition import DynamicPartitionsStore


@dataclass(frozen=True, slots=True)
class PartitionLoadingContext:
    """The time as of which partitions are listed, and who knows dynamic keys."""

    effective_dt: datetime | None = None
    """None is the time at which somebody asks."""
    dynamic_partitions_store: DynamicPartitionsStore | None = None

    @property
    def now(self) -> datetime:
        """The instant."""
        return self.effective_dt or SystemClock().now()

    @property
    def store(self) -> DynamicPartitionsStore | None:
        """Who knows the keys of dynamic partitions; None if nobody was named."""
        return self.dynamic_partitions_store


_ANY_TIME = PartitionLoadingContext()
_current: ContextVar[PartitionLoadingContext] = ContextVar(
    "partition_loading_context", default=_ANY_TIME
)


def loading_context(
    now: datetime | None = None, store: DynamicPartitionsStore | None = None
) -> PartitionLoadingContext:
    """The context of the block around, with what is given in the place of its own."""
    current = _current.get()
    if now is None and store is None:
        return current
    return PartitionLoadingContext(now or current.effective_dt, store or current.store)


@named_arguments
@contextmanager
def partition_loading_context(
    effective_dt: datetime | None = None,
    dynamic_partitions_store: DynamicPartitionsStore | None = None,
) -> Iterator[PartitionLoadingContext]:
    """In the block partitions are as they were at ``effective_dt``, an aware datetime."""
    around = _current.get()
    inner = replace(
        around,
        effective_dt=effective_dt or around.effective_dt,
        dynamic_partitions_store=dynamic_partitions_store or around.store,
    )
    token = _current.set(inner)
    try:
        yield inner
    finally:
        _current.reset(token)
