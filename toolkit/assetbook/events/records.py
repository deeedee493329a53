"""The closed set of events.

An event says what happened once and for ever; everything that a store knows is folded from them.
"""

from __future__ import annotations

from typing import TypeAlias

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

Event: TypeAlias = (
    RunQueued
    | RunStarted
    | RunCanceling
    | RunEnded
    | StepStarted
    | StepSucceeded
    | StepUpForRetry
    | KernelUsed
    | HookEnded
    | StepEnded
    | AssetMaterialized
    | AssetObserved
    | CheckEvaluated
    | AssetForgotten
    | VersionKept
    | AssetRenamed
    | AssetWiped
    | AssetReadThrough
    | DynamicPartitionsChanged
)

EVENT_TYPES: tuple[type[Event], ...] = (
    RunQueued,
    RunStarted,
    RunCanceling,
    RunEnded,
    StepStarted,
    StepSucceeded,
    StepUpForRetry,
    KernelUsed,
    HookEnded,
    StepEnded,
    AssetMaterialized,
    AssetObserved,
    CheckEvaluated,
    AssetForgotten,
    VersionKept,
    AssetRenamed,
    AssetWiped,
    AssetReadThrough,
    DynamicPartitionsChanged,
)
