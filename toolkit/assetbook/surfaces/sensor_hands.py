"""How the daemon, and a dry run, have the sensors of a location evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from assetbook.automation.known_sensors import KnownSensor
from assetbook.automation.leaving import NotTogether
from assetbook.automation.sensor_tick import SensorAnswer, failed_answer
from assetbook.errors import AssetbookError
from assetbook.instance.instance import Instance
from assetbook.storage.automations import TickStatus

_REQUESTED: tuple[TickStatus, ...] = ("requested",)
Ask: TypeAlias = Callable[[str, str | None, dict[str, Any]], dict[str, Any]]
"""Asks the process of a location that is loaded from a bundle."""


def sensors_evaluated(
    instance: Instance, ask: Ask, group: Sequence[KnownSensor]
) -> Mapping[str, SensorAnswer]:
    """By name, what each says; they are of one location and one source.

    Raises NotTogether where the process of several takes too long or dies.
    """
    first = group[0]
    asked = {
        "verb": "sensors",
        "location": first.location,
        "sensors": [asked_of(instance, each) for each in group],
    }
    try:
        found = ask(first.location, first.bundle, asked)
        error = _spoken(found.get("error"))
    except AssetbookError as failure:
        found, error = {}, f"{failure.asked}: {failure.found}"
    if not error:
        answers: Mapping[str, SensorAnswer] = found["answers"]
        return answers
    if len(group) > 1:
        raise NotTogether
    return {first.record.name: failed_answer(error, first.state.cursor)}


def _spoken(said: Any) -> str:
    if not said:
        return ""
    return said if isinstance(said, str) else str(said["found"])


def asked_of(instance: Instance, known: KnownSensor) -> dict[str, Any]:
    """The sensor's name, and what its context tells of earlier evaluations."""
    last = instance.own.ticks(known.id, limit=1)
    ended = last[0].ended_at if last else None
    since = known.state.since
    requested = instance.own.ticks(known.id, statuses=_REQUESTED, limit=1)
    asked = instance.own.requests(known.id, since=requested[0].at) if requested else ()
    return {
        "name": known.record.name,
        "cursor": known.state.cursor,
        "ended": None if ended is None else ended.timestamp(),
        "since": None if since is None else since.timestamp(),
        "run_key": asked[-1].request.run_key if asked else None,
    }
