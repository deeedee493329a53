"""What an evaluation of a sensor gave, stored in one transaction."""

from __future__ import annotations

from datetime import datetime

from assetbook.automation.launches import Launch, assets_of_checks
from assetbook.automation.sensor_tick import AskedRun, SensorAnswer
from assetbook.events.asset_events import DynamicPartitionsChanged
from assetbook.events.encoding import decode
from assetbook.events.parts import OriginKind
from assetbook.events.records import Event
from assetbook.instance.sensor_record import CONDITIONS_SENSOR, sensor_id
from assetbook.keys import new_run_id
from assetbook.storage.automations import CursorMove, LaunchRequest, Tick, TickReceipt, TickStatus
from assetbook.storage.lease import Lease
from assetbook.storage.store import Store


def commit_sensor_tick(
    store: Store,
    lease: Lease,
    location: str,
    name: str,
    at: datetime,
    answer: SensorAnswer,
    *,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    bundle: str | None = None,
) -> TickReceipt:
    """Stores the tick, the runs that it asks for, its cursor, and what it changed and learned: all
    of it, or nothing.

    ``at`` is the instant of the evaluation; ``bundle`` is the source that the runs are pinned to. A
    run whose key the sensor asked for before is left out, and told. Raises ConflictError as
    ``commit_tick``: in particular if somebody set the cursor meanwhile.
    """
    kind: OriginKind = "condition" if name == CONDITIONS_SENSOR else "sensor"
    launches = [(each, _launch(location, each, bundle, kind)) for each in answer["requests"]]
    tick = Tick(
        sensor_id(location, name),
        at,
        _status(answer),
        answer["error"] or answer["skip"],
        started_at,
        ended_at,
        logs=answer["logs"],
    )
    return store.commit_tick(
        lease,
        tick,
        [
            LaunchRequest(new_run_id(), launch.to_json(), asked["run_key"])
            for asked, launch in launches
        ],
        CursorMove(answer["before"], answer["cursor"]),
        _events(answer, at),
    )


def _status(answer: SensorAnswer) -> TickStatus:
    if answer["error"]:
        return "failed"
    return "requested" if answer["requests"] else "skipped"


def _events(answer: SensorAnswer, at: datetime) -> list[Event]:
    changes = [
        DynamicPartitionsChanged(
            at=at, name=each["name"], added=tuple(each["added"]), deleted=tuple(each["deleted"])
        )
        for each in answer["partitions"]
    ]
    return [*changes, *(decode(each.encode()) for each in answer["events"])]


def _launch(location: str, asked: AskedRun, bundle: str | None, kind: OriginKind) -> Launch:
    """The run as the daemon launches it: of a job, or of assets, whose configuration is that of
    ops."""
    assets, checks = asked["assets"], asked["checks"]
    job = "" if assets or checks else asked["job"]
    named = " or ".join(f'key:"{each}"' for each in assets or ())
    return Launch(
        location,
        "" if job else assets_of_checks(checks) or named or asked["selection"],
        job,
        asked["partition"] or "",
        asked["tags"],
        asked["config"] if job else dict(asked["config"].get("ops", {})),
        bundle,
        asked["stale_only"],
        kind=kind,
        checks=checks,
    )
