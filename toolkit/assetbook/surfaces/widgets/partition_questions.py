"""What a page asks about partitions when a person does: their metrics, and one's versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from assetbook.keys import AssetKey
from assetbook.storage.version import Version
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.version_table import version_json
from assetbook.surfaces.rows import stored_size
from assetbook.surfaces.widgets.failures import failure_of

_OF_EVENT: Final = ("seconds", "bytes")
_LOOKED_AT: Final = 200  # partitions, for the names of their metrics
_MOST_VERSIONS: Final = 50


def partition_metrics(desk: Desk, given: Mapping[str, Any]) -> Any:
    """The names of the numbers that partitions of the asset ``given["key"]`` have."""
    latest = _latest(desk, given)
    newest = sorted(latest.values(), key=lambda each: -each.number)[:_LOOKED_AT]
    names = dict.fromkeys(name for each in newest for name, _ in _numbers(each))
    return list(names)


def partition_metric(desk: Desk, given: Mapping[str, Any]) -> Any:
    """The number called ``given["name"]`` of each partition that has one, by partition."""
    name = str(given.get("name"))
    latest = _latest(desk, given)
    found = {partition: dict(_numbers(each)).get(name) for partition, each in latest.items()}
    return {partition: each for partition, each in found.items() if each is not None}


def partition_versions(desk: Desk, given: Mapping[str, Any]) -> Any:
    """The newest versions of one partition (``given["partition"]``), with the numbers of each, and
    how its last try failed, if it did since."""
    key = _key(given)
    partition = str(given.get("partition"))
    own = (each for each in desk.instance.versions(key) if each.partition == partition)
    versions = [each for each, _ in zip(own, range(_MOST_VERSIONS), strict=False)]
    return {
        "versions": [{**version_json(each), "numbers": dict(_numbers(each))} for each in versions],
        "failed": failure_of(desk, key, partition),
    }


def _key(given: Mapping[str, Any]) -> AssetKey:
    """The asset that is meant; one that there is not has no partitions either."""
    return AssetKey.from_text(str(given.get("key")))


def _latest(desk: Desk, given: Mapping[str, Any]) -> dict[str, Version]:
    """The latest version of each partition that has one."""
    key = _key(given)
    found = desk.instance.store.latest_of_partitions([key]).get(key, {})
    return {str(partition): each for partition, each in found.items()}


def _numbers(version: Version) -> Iterator[tuple[str, float]]:
    """The numbers of a version's metadata, and of its event."""
    event = version.event
    for name, wire in event.metadata.items():
        value = wire.get("value") if isinstance(wire, Mapping) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, value
    yield _OF_EVENT[0], event.duration
    if (size := stored_size(event)) is not None:
        yield _OF_EVENT[1], size
