"""The cursor of a sensor of several assets: which materializations of each it has consumed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assetbook.definitions.event_log_entry import EventLogEntry
from assetbook.errors import UsageError
from assetbook.keys import AssetKey

MOST_LEFT = 1_000
"""Partitions of an asset that may be left unconsumed before its cursor."""


@dataclass(frozen=True, slots=True)
class Consumed:
    """How far the sensor came with one asset."""

    event_id: int = 0
    """The latest event that it has consumed; 0 for none."""
    partition: str | None = None
    """The partition of that."""
    left: Mapping[str, int] = field(default_factory=dict)
    """The events before that one that it has not, by their partition: the latest of each."""


def read_cursor(text: str | None) -> dict[AssetKey, Consumed]:
    """By asset; raises UsageError for what is no such cursor."""
    if not text:
        return {}
    try:
        return {AssetKey.from_text(key): Consumed(*each) for key, each in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError(
            "the cursor of a sensor of several assets",
            f"it is `{text[:80]}`, which it did not write",
            "Set it to nothing: then it begins anew.",
        ) from error


def write_cursor(consumed: Mapping[AssetKey, Consumed]) -> str:
    """As the store keeps it."""
    data: dict[str, Any] = {
        key.text: [each.event_id, each.partition, dict(each.left)] for key, each in consumed.items()
    }
    return json.dumps(data, separators=(",", ":"))


def advanced(
    key: AssetKey,
    before: Consumed,
    taken: Mapping[int, EventLogEntry],
    between: Iterable[EventLogEntry],
) -> Consumed:
    """The cursor of an asset once the events ``taken``, by id, are consumed.

    ``between`` are the events after the former cursor up to the latest one that was taken, from the
    oldest on: what was not taken of a partition stays, unless a later event of it was. Raises
    UsageError if too much stays.
    """
    if not taken:
        return before
    latest = max(taken)
    left = dict(before.left)
    for entry in between:
        if entry.partition_key is not None and entry.storage_id not in taken:
            left[entry.partition_key] = entry.storage_id
    for event_id, entry in taken.items():
        partition = entry.partition_key
        if partition is not None and left.get(partition, event_id + 1) <= event_id:
            del left[partition]
    if len(left) > MOST_LEFT:
        raise UsageError(
            f"advancing the cursor of `{key}`",
            f"{len(left)} partitions before it are not consumed",
            "Consume them (get_trailing_unconsumed_events), or call advance_all_cursors().",
        )
    if latest <= before.event_id:
        return Consumed(before.event_id, before.partition, left)
    return Consumed(latest, taken[latest].partition_key, left)
