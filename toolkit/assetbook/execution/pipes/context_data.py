"""What a process outside is told of the step that it works for."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from assetbook.errors import DefinitionError, UsageError
from assetbook.execution.context import AssetCheckExecutionContext, AssetExecutionContext
from assetbook.execution.data_provenance import DataProvenance
from assetbook.execution.partition_members import PartitionMembers
from assetbook.execution.pipes.wire_format import PipesContextData, PipesExtras, key_to_text
from assetbook.keys import AssetKey
from assetbook.metadata import MetadataValue


class StepContext(Protocol):
    """What a session needs of the ``context`` of an asset, a check or an op."""

    @property
    def run_id(self) -> str:
        """The run's id."""
        ...

    @property
    def job_name(self) -> str | None:
        """The name of the run's job; None without one."""
        ...

    @property
    def retry_number(self) -> int:
        """How often the step was tried before."""
        ...

    @property
    def log(self) -> logging.Logger:
        """Where the step's lines go."""
        ...


def context_data(context: StepContext, extras: PipesExtras | None = None) -> PipesContextData:
    """The data for a process that works for this step.

    ``asset_keys`` and what is said by key is None for an op, and empty for a check. What is said of
    partitions is None where there are none. Raises DefinitionError if ``context`` is none, or JSON
    cannot hold the extras.
    """
    if not hasattr(context, "run_id"):
        raise DefinitionError(
            f"context={context!r}",
            "it is not the context of a step",
            "Give the function a parameter `context`, and hand it on.",
        )
    return {
        **_of_assets(context),
        **_of_partitions(context),
        "run_id": context.run_id,
        "job_name": context.job_name,
        "retry_number": context.retry_number,
        "extras": MetadataValue.json(dict(extras or {})).value,
    }


def asset_keys_of(context: StepContext) -> list[AssetKey] | None:
    """The assets that the step makes, in order; None if it is a step of an op."""
    if isinstance(context, AssetCheckExecutionContext):
        return []
    if isinstance(context, AssetExecutionContext):
        return sorted(context.selected_asset_keys)
    return None


def _of_assets(context: StepContext) -> Mapping[str, Any]:
    keys = asset_keys_of(context)
    if keys is None or not isinstance(context, AssetExecutionContext):
        names = ("asset_keys", "code_version_by_asset_key", "provenance_by_asset_key")
        return dict.fromkeys(names)
    return {
        "asset_keys": [key_to_text(key) for key in keys],
        "code_version_by_asset_key": {
            key_to_text(key): context.code_version_of(key) for key in keys
        },
        "provenance_by_asset_key": {
            key_to_text(key): _provenance(context.get_asset_provenance(key)) for key in keys
        },
    }


def _of_partitions(context: StepContext) -> Mapping[str, Any]:
    names = ("partition_key", "partition_key_range", "partition_time_window")
    found: dict[str, Any] = dict.fromkeys(names)
    if not isinstance(context, PartitionMembers) or not context.has_partition_key_range:
        return found
    if context.has_partition_key:
        found["partition_key"] = context.partition_key
    keys = context.partition_key_range
    found["partition_key_range"] = {"start": keys.start, "end": keys.end}
    with suppress(UsageError):  # they are no windows of time
        window = context.partition_time_window
        ends = {"start": window.start.isoformat(), "end": window.end.isoformat()}
        found["partition_time_window"] = ends
    return found


def _provenance(found: DataProvenance | None) -> Mapping[str, Any] | None:
    if found is None:
        return None
    return {
        "code_version": found.code_version,
        "input_data_versions": {
            key_to_text(key): version.value for key, version in found.input_data_versions.items()
        },
        "is_user_provided": found.is_user_provided,
    }
