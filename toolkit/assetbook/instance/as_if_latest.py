"""How an asset would stand if an earlier version were its latest one."""

from __future__ import annotations

from msgspec import structs

from assetbook.dependencies.asset_state import Recorded
from assetbook.dependencies.freshness import states
from assetbook.events.asset_events import CheckEvaluated
from assetbook.events.records import Event
from assetbook.instance.instance import Instance
from assetbook.instance.states import Standing, manifests_of
from assetbook.storage.version import Version


def recorded_as(instance: Instance, version: Version) -> Recorded:
    """The version as the latest ones are recorded: with what each check last said of it."""
    key, store = version.key, version.store
    found: list[tuple[Event, str | None]] = [
        (each.event, None) for each in instance.events(key=key, kinds=[CheckEvaluated])
    ]
    if store is not None:  # it may have been checked there, and here since
        there = instance.store_of(store).events(key=key, kinds=[CheckEvaluated])
        found = [*((each.event, store) for each in there), *found]
    checks = {
        event.check: event
        for event, where in found
        if isinstance(event, CheckEvaluated)
        and (event.version, event.store or where) == (version.number, store)
    }
    gone = instance.file_gone(version)
    return Recorded(version.number, version.event, checks, gone, store)


def as_if_latest(instance: Instance, now: Standing, version: Version) -> Standing:
    """``now`` with the states that would hold if ``version`` were the latest of its asset."""
    recorded = {**now.recorded, version.key: recorded_as(instance, version)}
    found = states(
        now.graph.order, now.defined, recorded, instance.clock.now(), manifests_of(instance)
    )
    return structs.replace(now, recorded=recorded, states=found)
