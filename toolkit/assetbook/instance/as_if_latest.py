"""How an asset would stand if an earlier version were its latest one."""

from __future__ import annotations

from dataclasses import replace

from assetbook.dependencies.freshness import Recorded, states
from assetbook.events.records import CheckEvaluated
from assetbook.instance.instance import Instance
from assetbook.instance.states import Standing, manifests_of
from assetbook.storage.version import Version


def recorded_as(instance: Instance, version: Version) -> Recorded:
    """The version as the latest ones are recorded: with what each check last said of it."""
    evaluated = instance.events(key=version.key, kinds=[CheckEvaluated])
    checks = {
        stored.event.check: stored.event
        for stored in evaluated
        if isinstance(stored.event, CheckEvaluated) and stored.event.version == version.number
    }
    event = version.event
    return Recorded(version.number, event, checks, instance.file_gone(event))


def as_if_latest(instance: Instance, now: Standing, version: Version) -> Standing:
    """``now`` with the states that would hold if ``version`` were the latest of its asset."""
    recorded = {**now.recorded, version.key: recorded_as(instance, version)}
    found = states(
        now.graph.order, now.defined, recorded, instance.clock.now(), manifests_of(instance)
    )
    return replace(now, recorded=recorded, states=found)
