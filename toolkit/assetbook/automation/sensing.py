"""Evaluates the sensors that are due, those of one location together, and stores what they say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from assetbook.automation.known_sensors import KnownSensor
from assetbook.automation.leaving import LeftToAnother, NotTogether
from assetbook.automation.sensor_commit import commit_sensor_tick
from assetbook.automation.sensor_tick import SensorAnswer, failed_answer
from assetbook.errors import ConflictError
from assetbook.instance.instance import Instance
from assetbook.storage.lease import Lease

_log = logging.getLogger("assetbook.daemon")


class SensorHands(Protocol):
    """What reaches the processes of locations for sensors."""

    def evaluate_sensors(self, group: Sequence[KnownSensor]) -> Mapping[str, SensorAnswer]:
        """What each sensor of one location and one source says, by name; whatever becomes of the
        process is in the answer of one. Raises NotTogether for several, of which one may have ended
        it, and LeftToAnother where nobody waits any more."""
        ...


class SensorGroup(msgspec.Struct, frozen=True):
    """Sensors that one process evaluates."""

    name: str
    sensors: tuple[KnownSensor, ...]


def due_groups(
    sensors: Iterable[KnownSensor], now: datetime, apart: Collection[str] = ()
) -> list[SensorGroup]:
    """Those that are due, together where location and source are the same; each of those whose ids
    are ``apart`` by itself."""
    groups: dict[tuple[str, str, str], list[KnownSensor]] = {}
    for known in sensors:
        if known.is_due(now):
            alone = known.id if known.id in apart else ""
            groups.setdefault((known.location, known.bundle or "", alone), []).append(known)
    return [
        SensorGroup(f"sensors of {' '.join(filter(None, each))}", tuple(some))
        for each, some in groups.items()
    ]


def evaluate_group(
    instance: Instance,
    hands: SensorHands,
    lease: Callable[[], Lease],
    group: Sequence[KnownSensor],
    apart: set[str],
) -> None:
    """Has the sensors evaluated, and commits each answer under the lease as it is then.

    Where their process died or took too long, nothing is committed, and they are added to those
    that are ``apart``, until each has answered by itself.

    One whose cursor or state somebody set meanwhile is not committed: it is evaluated again. Raises
    ConflictError if the lease is lost.
    """
    started = instance.clock.now()
    try:
        answers = _answers(hands, group)
    except NotTogether:
        apart.update(each.id for each in group)
        return
    apart.difference_update(e.id for e in group if not answers[e.record.name]["error"])
    for known in group:
        answer, ended = answers[known.record.name], instance.clock.now()
        try:
            receipt = commit_sensor_tick(
                instance.own,
                lease(),
                known.location,
                known.record.name,
                started,
                answer,
                started_at=started,
                ended_at=ended,
                bundle=known.bundle,
            )
        except ConflictError:
            now = instance.own.lease()
            if now is None or now.token != lease().token:
                raise
            continue
        said = receipt.tick
        if receipt.is_new and said.status != "skipped":
            _log.info("%s at %s: %s %s", known.id, started, said.status, said.message)


def _answers(hands: SensorHands, group: Sequence[KnownSensor]) -> Mapping[str, SensorAnswer]:
    try:
        return hands.evaluate_sensors(group)
    except (NotTogether, LeftToAnother):
        raise
    except Exception as error:  # noqa: BLE001 - some sensors are not to end what fires all others
        _log.exception("%s", ", ".join(each.id for each in group))
        said = f"{type(error).__name__}: {error}"
        return {each.record.name: failed_answer(said, each.state.cursor) for each in group}
