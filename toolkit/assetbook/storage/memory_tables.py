"""The tables of a store in memory, and how events are folded into them.

The same rules as in :mod:`assetbook.storage.fold`; what must not be recorded is refused before
anything is changed, since nothing here can be rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from assetbook.events.records import (
    AssetMaterialized,
    AssetObserved,
    CheckEvaluated,
    Event,
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
)
from assetbook.keys import AssetKey, PartitionKey, RunId
from assetbook.storage import refusals
from assetbook.storage.process_identity import ProcessIdentity, current_process
from assetbook.storage.store import CheckState, RunRecord, RunStatus, StoredEvent, Version

_ALONE = (StepStarted, StepEnded)  # from these nothing follows


class MemoryAsset:
    """An asset's key and its versions, oldest first."""

    __slots__ = ("key", "versions")

    def __init__(self, key: AssetKey) -> None:
        self.key = key
        self.versions: list[Version] = []


class MemoryRun:
    """A run's first and last event."""

    __slots__ = ("ended", "owner", "started")

    def __init__(self, started: RunStarted, owner: ProcessIdentity) -> None:
        self.started = started
        self.owner = owner
        self.ended: RunEnded | None = None

    @property
    def status(self) -> RunStatus:
        """Where it stands."""
        return "started" if self.ended is None else self.ended.status

    def record(self) -> RunRecord:
        """The run as a store gives it back."""
        started, ended = self.started, self.ended
        return RunRecord(
            id=RunId(started.run_id),
            status=self.status,
            asked=started.asked,
            origin=started.origin,
            steps=started.steps,
            started_at=started.at,
            ended_at=None if ended is None else ended.at,
            message="" if ended is None else ended.message,
            owner=self.owner,
        )


class MemoryTables:
    """All events, and what follows from them. The caller sees to it that one thread folds."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.runs: dict[str, MemoryRun] = {}
        self.assets: dict[str, MemoryAsset] = {}
        self.folders: dict[str, str] = {}
        self.latest: dict[tuple[str, str | None], Version] = {}
        self.checks: dict[tuple[str, str | None, str], CheckState] = {}
        self.observed: dict[tuple[str, str | None], StoredEvent] = {}

    def status(self, run_id: str) -> RunStatus | None:
        """The run's status; None if there is no such run."""
        run = self.runs.get(run_id)
        return None if run is None else run.status

    def refuse(self, events: Sequence[Event]) -> None:
        """Raises ConflictError for what must not be recorded, before anything is."""
        statuses: dict[str, RunStatus] = {}
        folders: dict[str, str] = {}
        for event in events:
            if isinstance(event, RunStarted):
                if event.run_id in self.runs or event.run_id in statuses:
                    raise refusals.started_twice(event.run_id)
                statuses[event.run_id] = "started"
            elif isinstance(event, RunEnded):
                status = statuses.get(event.run_id) or self.status(event.run_id)
                if status != "started":
                    raise refusals.ended_already(event.run_id, status)
                statuses[event.run_id] = event.status
            elif (key := getattr(event, "key", None)) and key not in self.assets:
                folder = _folder(key)
                other = self.folders.get(folder) or folders.setdefault(folder, key)
                if other != key:
                    raise refusals.same_folder(key, other)

    def fold(
        self, event: Event, versions: dict[str, int], given: dict[tuple[str, str | None], int]
    ) -> int:
        """The event's id, once what follows from it is recorded."""
        events = self.events
        event_id = len(events) + 1
        if isinstance(event, _ALONE):
            pass
        elif isinstance(event, AssetMaterialized):
            number = self._materialized(event, event_id)
            versions[event.key] = given[event.key, event.partition] = number
        elif isinstance(event, CheckEvaluated):
            event = self._evaluated(event, event_id, given)
        elif isinstance(event, AssetObserved):
            self._asset(event.key)
            self.observed[event.key, event.partition] = StoredEvent(event_id, event)
        elif isinstance(event, RunStarted):
            self.runs[event.run_id] = MemoryRun(event, current_process())
        elif isinstance(event, RunEnded):
            self.runs[event.run_id].ended = event
        elif hasattr(event, "key"):
            self._asset(event.key)
        events.append(event)
        return event_id

    def _asset(self, text: str) -> MemoryAsset:
        asset = self.assets.get(text)
        if asset is None:
            asset = self.assets[text] = MemoryAsset(AssetKey.from_text(text))
            self.folders[_folder(text)] = text
        return asset

    def _materialized(self, event: AssetMaterialized, event_id: int) -> int:
        asset = self._asset(event.key)
        number = len(asset.versions) + 1
        partition = None if event.partition is None else PartitionKey(event.partition)
        version = Version(asset.key, number, partition, event_id, event)
        asset.versions.append(version)
        if not event.overridden:
            self.latest[event.key, event.partition] = version
        return number

    def _evaluated(
        self, event: CheckEvaluated, event_id: int, given: Mapping[tuple[str, str | None], int]
    ) -> CheckEvaluated:
        self._asset(event.key)
        place = event.key, event.partition
        version = self.latest.get(place)
        latest = None if version is None else version.number
        if event.version is None:
            event = msgspec.structs.replace(event, version=given.get(place, latest))
        if event.version == latest:
            self.checks[*place, event.check] = CheckState(event_id, event)
        return event


@lru_cache(maxsize=1 << 16)
def _folder(key: str) -> str:
    """The folder of the key with that text, as a file system without cases sees it."""
    return AssetKey.from_text(key).folder.lower()
