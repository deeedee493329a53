"""The records of a store in memory, and what they add up to, as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import cast

import msgspec

from assetbook.events.asset_events import AssetMaterialized, CheckEvaluated
from assetbook.events.log_record import LogRecord
from assetbook.events.records import Event
from assetbook.events.run_events import RunEnded, RunQueued, RunStarted
from assetbook.keys import AssetKey, RunId
from assetbook.storage.process_identity import ProcessIdentity
from assetbook.storage.store import CheckState, RunRecord, RunStatus, StoredEvent, Version
from assetbook.storage.turns import PoolSlot

Place = tuple[str, str | None]
"""An asset's key as text, and a partition."""


class MemoryAsset(msgspec.Struct, frozen=True):
    """An asset's key and its versions, oldest first."""

    key: AssetKey
    versions: list[Version] = []


class MemoryRun:
    """A run's first event, or that of its start, and its last."""

    __slots__ = ("canceling", "ended", "owner", "started")

    def __init__(self, started: RunQueued | RunStarted, owner: ProcessIdentity) -> None:
        self.started = started
        self.owner = owner
        self.canceling = False
        self.ended: RunEnded | None = None

    @property
    def status(self) -> RunStatus:
        """Where it stands."""
        if self.ended is not None:
            return self.ended.status
        if self.canceling:
            return "canceling"
        return "started" if isinstance(self.started, RunStarted) else "queued"

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
            reexecution=started.reexecution,
            tags=started.tags,
            queued_at=started.queued_at if isinstance(started, RunStarted) else started.at,
            bundle=started.bundle if isinstance(started, RunStarted) else None,
        )


class MemoryRecords:
    """All records, and what follows from them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.logs: list[LogRecord] = []
        self.runs: dict[str, MemoryRun] = {}
        self.latest: dict[Place, Version] = {}
        self.checks: dict[tuple[str, str | None, str], CheckState] = {}
        self.kept: dict[str, frozenset[int]] = {}
        self.observed: dict[Place, StoredEvent] = {}
        self.failed: dict[Place, int] = {}
        self.dynamic: dict[str, dict[str, None]] = {}
        self.doomed: dict[str, datetime] = {}
        self.slots: dict[tuple[str, str], PoolSlot] = {}  # by run and step, as they were asked for
        self.by_folder: dict[str, MemoryAsset] = {}  # by folder, which no two keys may share

    @property
    def assets(self) -> list[AssetKey]:
        """The assets, in the order of their first events."""
        return [asset.key for asset in self.by_folder.values()]

    @property
    def every_version(self) -> list[Version]:
        """The versions of all assets, in the order of their events."""
        every = (version for asset in self.by_folder.values() for version in asset.versions)
        return sorted(every, key=lambda version: version.event_id)

    def status(self, run_id: str) -> RunStatus | None:
        """The run's status; None if there is no such run."""
        run = self.runs.get(run_id)
        return None if run is None else run.status

    def versions(self, key: AssetKey) -> list[Version]:
        """The versions of an asset, oldest first."""
        asset = self.by_folder.get(folder_of(key.text))
        return [] if asset is None or asset.key != key else asset.versions

    def asset(self, text: str) -> MemoryAsset:
        """The asset with that key as text, made if there is none."""
        folder = folder_of(text)
        asset = self.by_folder.get(folder)
        if asset is None:
            asset = self.by_folder[folder] = MemoryAsset(AssetKey.from_text(text))
        return asset

    def see_again(self, again: Mapping[int, Version]) -> None:
        """Latest states of the events as they read now."""
        for place, version in self.latest.items():
            self.latest[place] = again[version.event_id]
        for key, state in self.checks.items():
            evaluated = cast(CheckEvaluated, self.events[state.event_id - 1])
            self.checks[key] = CheckState(state.event_id, evaluated)
        for place, stored in self.observed.items():
            self.observed[place] = StoredEvent(stored.id, self.events[stored.id - 1])

    def read_again(self) -> dict[int, Version]:
        """The versions by event, made of the events as they read now."""
        again: dict[int, Version] = {}
        for asset in self.by_folder.values():
            for at, version in enumerate(asset.versions):
                event = cast(AssetMaterialized, self.events[version.event_id - 1])
                made = Version(asset.key, at + 1, version.partition, version.event_id, event)
                asset.versions[at] = again[made.event_id] = made
        return again


@lru_cache(maxsize=1 << 16)
def folder_of(key: str) -> str:
    """The folder of the key with that text, as a file system without cases sees it."""
    return AssetKey.from_text(key).folder.lower()
