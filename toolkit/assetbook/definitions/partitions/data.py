"""Partitions as plain data, as snapshots keep them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.partitions.dynamic import DynamicPartitionsDefinition
from assetbook.definitions.partitions.multi import MultiPartitionsDefinition
from assetbook.definitions.partitions.static import StaticPartitionsDefinition
from assetbook.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from assetbook.errors import CorruptStoreError


def from_data(data: Mapping[str, Any]) -> PartitionsDefinition:
    """The definition of which ``to_data`` gave this; raises CorruptStoreError for anything else."""
    try:
        return _MAKERS[data["kind"]](data)
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptStoreError(
            "a stored partitions definition",
            f"it cannot be read ({type(error).__name__}: {error})",
            "Load its location again.",
        ) from None


def _time_window(data: Mapping[str, Any]) -> PartitionsDefinition:
    end = data["end"]
    excluded = [datetime.fromisoformat(each) for each in data["excluded"]]
    return TimeWindowPartitionsDefinition(
        datetime.fromisoformat(data["start"]),
        data["fmt"],
        cron_schedule=data["cron"],
        end=None if end is None else datetime.fromisoformat(end),
        timezone=data["timezone"],
        end_offset=data["end_offset"],
        exclusions=[*excluded, *data["excluding"]],
    )


def _multi(data: Mapping[str, Any]) -> PartitionsDefinition:
    return MultiPartitionsDefinition(
        {name: from_data(each) for name, each in data["dimensions"].items()}
    )


_MAKERS = {
    "static": lambda data: StaticPartitionsDefinition(data["keys"]),
    "dynamic": lambda data: DynamicPartitionsDefinition(name=data["name"]),
    "time_window": _time_window,
    "multi": _multi,
}
