"""How kinds of events, keys and partitions are named in the database."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from assetbook.events.asset_events import (
    AssetForgotten,
    AssetMaterialized,
    AssetObserved,
    AssetReadThrough,
    AssetRenamed,
    AssetWiped,
    CheckEvaluated,
    DynamicPartitionsChanged,
    VersionKept,
)
from assetbook.events.run_events import (
    HookEnded,
    KernelUsed,
    RunCanceling,
    RunEnded,
    RunQueued,
    RunStarted,
    StepEnded,
    StepStarted,
    StepSucceeded,
    StepUpForRetry,
)
from assetbook.keys import AssetKey, PartitionKey

KINDS: dict[type[Any], int] = {
    RunStarted: 3,
    RunCanceling: 48,
    RunEnded: 5,
    StepStarted: 6,
    StepEnded: 9,
    AssetMaterialized: 10,
    AssetObserved: 12,
    CheckEvaluated: 15,
    AssetForgotten: 17,
    VersionKept: 18,
    AssetRenamed: 20,
    AssetWiped: 23,
    RunQueued: 27,
    AssetReadThrough: 33,
    StepSucceeded: 39,
    StepUpForRetry: 43,
    HookEnded: 45,
    DynamicPartitionsChanged: 51,
    KernelUsed: 53,
}
"""How each kind of event is named in the database; never give a number away twice.

All have an even number of bits: one flipped bit never makes another kind of it.
"""


def partition_text(partition: PartitionKey | str | None) -> str:
    """A partition as the tables hold it: none is the empty text, which no partition becomes."""
    return "" if partition is None else f"={partition}"


def partition_of(text: str) -> PartitionKey | None:
    """The partition that ``partition_text`` wrote."""
    return PartitionKey(text[1:]) if text else None


@lru_cache(maxsize=1 << 16)
def folded_folder(key: str) -> str:
    """The folder of the key with that text, as a file system without cases sees it."""
    return AssetKey.from_text(key).folder.lower()
