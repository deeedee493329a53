"""Partitions and mappings worked out the slow way: everything is listed, and compared one by one.

Nothing of the package's own arithmetic is used here: instants are found by walking through the
year in steps of half an hour and reading the wall's clock.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from assetbook.definitions.partitions import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    MultiToSingleDimensionPartitionMapping,
    PartitionMapping,
    PartitionsDefinition,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
)

NOW = datetime(2024, 3, 12, 10, 30, tzinfo=UTC)
_YEAR = datetime(2023, 9, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC)
_WEEKS = datetime(2024, 2, 27, tzinfo=UTC), datetime(2024, 3, 19, tzinfo=UTC)
_STEP = timedelta(minutes=30)


@functools.cache
def instants(cron: str, zone: str) -> list[datetime]:
    """All instants of the year, for hours of some weeks, at which a line of numbers and stars is
    due, in UTC."""
    minute, hour, day, _, weekday = cron.split()
    at, until = _WEEKS if hour == "*" else _YEAR
    found, wall = [], ZoneInfo(zone)
    while at < until:
        local = at.astimezone(wall)
        fits = (
            minute in ("*", str(local.minute))
            and hour in ("*", str(local.hour))
            and day in ("*", str(local.day))
            and weekday in ("*", str(local.isoweekday() % 7))
        )
        if fits and not (local.fold and hour != "*"):
            found.append(at)
        at += _STEP
    return found


class Window:
    """One window, its key, its place, and whether it is a partition."""

    def __init__(self, start: datetime, end: datetime, key: str, *, is_there: bool, out: bool):
        self.start, self.end, self.key = start, end, key
        self.is_there, self.is_left_out = is_there, out


@functools.cache
def windows(definition: TimeWindowPartitionsDefinition) -> list[Window]:
    """Every window of the year, partition or not."""
    said: dict[str, Any] = {**definition.settings()}
    starts = instants(said["cron"], said["timezone"])
    begin = datetime.fromisoformat(said["start"])
    end = NOW if said["end"] is None else min(NOW, datetime.fromisoformat(said["end"]))
    left_out = {datetime.fromisoformat(each) for each in said["excluded"]}
    for line in said["excluding"]:
        left_out |= {*instants(line, said["timezone"])}
    pairs = list(pairwise(starts))
    from_begin = [pair for pair in pairs if pair[0] >= begin]
    over = [pair for pair in from_begin if pair[1] <= end]
    there = {*from_begin[: max(0, len(over) + said["end_offset"])]}
    found = []
    for pair in pairs:
        out = pair[0] in left_out
        key = _written(pair[0], said)
        found.append(Window(*pair, key, is_there=pair in there and not out, out=out))
    return found


def _written(start: datetime, said: dict[str, Any]) -> str:
    local = start.astimezone(ZoneInfo(said["timezone"]))
    text = local.strftime(said["fmt"])
    return text + (local.strftime("%z") if local.fold and "%H" in said["fmt"] else "")


@functools.cache
def keys(definition: PartitionsDefinition) -> list[str]:
    """The keys at ``NOW``, in order."""
    if isinstance(definition, StaticPartitionsDefinition):
        return list(definition.settings()["keys"])
    if isinstance(definition, TimeWindowPartitionsDefinition):
        return [each.key for each in windows(definition) if each.is_there]
    assert isinstance(definition, MultiPartitionsDefinition)
    found = [""]
    for name in sorted(definition.dimensions):
        own = keys(definition.dimensions[name])
        found = [f"{before}|{key}" for before in found for key in own]
    return [each[1:] for each in found]


def is_part(
    mapping: PartitionMapping,
    up: str,
    upstream: PartitionsDefinition,
    down: str,
    downstream: PartitionsDefinition,
) -> bool:
    """Whether the partition ``down`` is made of ``up``, looking at these two alone."""
    match mapping:
        case IdentityPartitionMapping():
            return up == down
        case AllPartitionMapping():
            return True
        case LastPartitionMapping():
            return up == keys(upstream)[-1]
        case SpecificPartitionsPartitionMapping():
            return up in mapping.partition_keys
        case StaticPartitionMapping():
            said = mapping.downstream_partition_keys_by_upstream_partition_key
            return down in said.get(up, ())
        case TimeWindowPartitionMapping():
            return up in {each.key for each in _overlapping(mapping, upstream, down, downstream)}
        case MultiPartitionMapping():
            return _is_part_of_each(mapping, up, upstream, down, downstream)
        case MultiToSingleDimensionPartitionMapping():
            return _is_part_of_one(mapping, up, upstream, down, downstream)
    raise AssertionError(mapping)


@functools.cache
def _overlapping(
    mapping: TimeWindowPartitionMapping, upstream: Any, down: str, downstream: Any
) -> Sequence[Window]:
    """The upstream windows, also those that are no partitions, that overlap what is meant."""
    own = windows(downstream)
    at = next(place for place, each in enumerate(own) if each.key == down)
    start, end = own[at + mapping.start_offset].start, own[at + mapping.end_offset].end
    if end <= start:
        return []
    return [each for each in windows(upstream) if each.start < end and start < each.end]


def missing(mapping: TimeWindowPartitionMapping, upstream: Any, down: str, own: Any) -> list[str]:
    """The upstream windows that are needed, and are no partitions."""
    if mapping.allow_nonexistent_upstream_partitions:
        return []
    found = _overlapping(mapping, upstream, down, own)
    return [each.key for each in found if not each.is_there and not each.is_left_out]


def _parts(key: str, definition: Any) -> dict[str, str]:
    return dict(zip(sorted(definition.dimensions), key.split("|"), strict=True))


def _is_part_of_each(
    mapping: MultiPartitionMapping, up: str, upstream: Any, down: str, downstream: Any
) -> bool:
    ups, downs = _parts(up, upstream), _parts(down, downstream)
    return all(
        is_part(
            each.partition_mapping,
            ups[name],
            upstream.dimensions[name],
            downs[each.dimension_name],
            downstream.dimensions[each.dimension_name],
        )
        for name, each in mapping.downstream_mappings_by_upstream_dimension.items()
    )


def _is_part_of_one(
    mapping: MultiToSingleDimensionPartitionMapping,
    up: str,
    upstream: Any,
    down: str,
    downstream: Any,
) -> bool:
    multi = upstream if isinstance(upstream, MultiPartitionsDefinition) else downstream
    single = downstream if multi is upstream else upstream
    name = mapping.partition_dimension_name or next(
        name for name, each in multi.dimensions.items() if each == single
    )
    own = multi.dimensions[name]
    if multi is upstream:
        return is_part(mapping.partition_mapping, _parts(up, multi)[name], own, down, downstream)
    return is_part(mapping.partition_mapping, up, upstream, _parts(down, multi)[name], own)
