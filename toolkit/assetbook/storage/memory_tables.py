"""The tables of a store in memory, and how events are folded into them.

The same rules as in :mod:`assetbook.storage.fold`; what must not be recorded is refused before
anything is changed, since nothing here can be rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import msgspec

from assetbook.events.numbering import in_this_commit
from assetbook.events.records import (
    AssetForgotten,
    AssetMaterialized,
    AssetObserved,
    AssetReadThrough,
    AssetRenamed,
    CheckEvaluated,
    Event,
    LogRecord,
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
    VersionKept,
)
from assetbook.events.renaming import Renaming
from assetbook.keys import AssetKey, PartitionKey, RunId
from assetbook.storage import refusals
from assetbook.storage.process_identity import ProcessIdentity, current_process
from assetbook.storage.store import CheckState, RunRecord, RunStatus, StoredEvent, Version

_Place = tuple[str, str | None]  # an asset's key as text, and a partition


class MemoryAsset(msgspec.Struct, frozen=True):
    """An asset's key and its versions, oldest first."""

    key: AssetKey
    versions: list[Version] = []


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
    """All records, and what follows from them. The caller sees to it that one thread folds."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.logs: list[LogRecord] = []
        self.runs: dict[str, MemoryRun] = {}
        self.latest: dict[_Place, Version] = {}
        self.checks: dict[tuple[str, str | None, str], CheckState] = {}
        self.kept: dict[str, frozenset[int]] = {}
        self.observed: dict[_Place, StoredEvent] = {}
        self.doomed: dict[str, datetime] = {}
        self._assets: dict[str, MemoryAsset] = {}  # by folder, which no two keys may share

    @property
    def assets(self) -> list[AssetKey]:
        """The assets, in the order of their first events."""
        return [asset.key for asset in self._assets.values()]

    @property
    def every_version(self) -> list[Version]:
        """The versions of all assets, in the order of their events."""
        every = (version for asset in self._assets.values() for version in asset.versions)
        return sorted(every, key=lambda version: version.event_id)

    def status(self, run_id: str) -> RunStatus | None:
        """The run's status; None if there is no such run."""
        run = self.runs.get(run_id)
        return None if run is None else run.status

    def versions(self, key: AssetKey) -> list[Version]:
        """The versions of an asset, oldest first."""
        asset = self._assets.get(_folder(key.text))
        return [] if asset is None or asset.key != key else asset.versions

    def refuse(self, records: Iterable[Event | LogRecord]) -> None:
        """Raises ConflictError for what must not be recorded, before anything is."""
        statuses: dict[str, RunStatus] = {}
        folders: dict[str, str] = {}
        made: dict[str, int] = {}
        for event in records:
            if isinstance(event, _ALONE):
                continue
            if isinstance(event, RunStarted):
                if event.run_id in self.runs or event.run_id in statuses:
                    raise refusals.started_twice(event.run_id)
                statuses[event.run_id] = "started"
            elif isinstance(event, RunEnded):
                status = statuses.get(event.run_id) or self.status(event.run_id)
                if status != "started":
                    raise refusals.ended_already(event.run_id, status)
                statuses[event.run_id] = event.status
            elif isinstance(event, AssetRenamed):
                self._refuse_renaming(event, statuses)
            else:
                folder = _folder(event.key)
                asset = self._assets.get(folder)
                other = folders.setdefault(folder, event.key) if asset is None else asset.key.text
                if other != event.key:
                    raise refusals.same_folder(event.key, other)
                made[event.key] = made.get(event.key, 0) + isinstance(event, AssetMaterialized)
                if isinstance(event, VersionKept):
                    known = made[event.key] + (0 if asset is None else len(asset.versions))
                    if not 1 <= event.version <= known:
                        raise refusals.no_such_version(event.key, event.version)
                self._refuse_doomed(event)

    def _refuse_doomed(self, event: Event) -> None:
        reference = event.value if isinstance(event, AssetMaterialized) else None
        if reference is not None and reference.path in self.doomed:
            raise refusals.doomed(event.key, reference.path)  # type: ignore[union-attr]

    def _refuse_renaming(self, event: AssetRenamed, statuses: Mapping[str, RunStatus]) -> None:
        running = {run_id: run.status for run_id, run in self.runs.items()} | dict(statuses)
        for run_id, status in running.items():
            if status == "started":
                raise refusals.renamed_in_run(event.old, run_id)
        folder = _folder(event.key)
        old, own = self._assets.get(_folder(event.old)), self._assets.get(folder)
        if old is None or old.key.text != event.old:
            raise refusals.nothing_to_rename(event.old)
        if own is not None and own is not old:
            if own.key.text != event.key:
                raise refusals.same_folder(event.key, own.key.text)
            both = old.versions and own.versions
            if both and own.versions[0].event_id < old.versions[-1].event_id:
                raise refusals.name_is_taken(event.old, event.key)

    def fold(self, records: Iterable[Event | LogRecord]) -> dict[_Place, int]:
        """The numbers of the new versions, once the records and what follows are recorded."""
        given: dict[_Place, int] = {}
        for record in records:
            if isinstance(record, LogRecord):
                self.logs.append(record)
            elif isinstance(record, _ALONE):
                self.events.append(record)
            else:
                self.events.append(_FOLDS[type(record)](self, record, given))
        return given

    def _asset(self, text: str) -> MemoryAsset:
        folder = _folder(text)
        asset = self._assets.get(folder)
        if asset is None:
            asset = self._assets[folder] = MemoryAsset(AssetKey.from_text(text))
        return asset

    def _run_started(self, event: RunStarted, given: dict[_Place, int]) -> Event:
        self.runs[event.run_id] = MemoryRun(event, current_process())
        return event

    def _run_ended(self, event: RunEnded, given: dict[_Place, int]) -> Event:
        self.runs[event.run_id].ended = event
        return event

    def _materialized(self, event: AssetMaterialized, given: dict[_Place, int]) -> Event:
        event = in_this_commit(event, {key: number for (key, _), number in given.items()})
        asset = self._asset(event.key)
        place = event.key, event.partition
        number = given[place] = len(asset.versions) + 1
        partition = None if event.partition is None else PartitionKey(event.partition)
        version = Version(asset.key, number, partition, len(self.events) + 1, event)
        asset.versions.append(version)
        if not event.overridden:
            self.latest[place] = version
        return event

    def _evaluated(self, event: CheckEvaluated, given: dict[_Place, int]) -> Event:
        self._asset(event.key)
        place = event.key, event.partition
        version = self.latest.get(place)
        latest = None if version is None else version.number
        if event.version is None:
            event = msgspec.structs.replace(event, version=given.get(place, latest))
        if version is None if event.store else event.version == latest:
            self.checks[*place, event.check] = CheckState(len(self.events) + 1, event)
        return event

    def _observed(self, event: AssetObserved, given: dict[_Place, int]) -> Event:
        self._asset(event.key)
        self.observed[event.key, event.partition] = StoredEvent(len(self.events) + 1, event)
        return event

    def _kept(self, event: VersionKept, given: dict[_Place, int]) -> Event:
        before = self.kept.get(event.key, frozenset())
        one = frozenset([event.version])
        self.kept[event.key] = before - one if event.released else before | one
        return event

    def _forgotten(self, event: AssetForgotten, given: dict[_Place, int]) -> Event:
        self._asset(event.key)
        return event

    def _read_through(self, event: AssetReadThrough, given: dict[_Place, int]) -> Event:
        self._asset(event.key)
        self.latest = {at: each for at, each in self.latest.items() if at[0] != event.key}
        self.checks = {at: each for at, each in self.checks.items() if at[0] != event.key}
        return event

    def _renamed(self, event: AssetRenamed, given: dict[_Place, int]) -> Event:
        """Everything again from the events as they read now; their ids stay."""
        old = self._assets.pop(_folder(event.old))
        own = self._assets.pop(_folder(event.key), None)
        before = len(old.versions) if own is not None else 0
        renaming = Renaming(event.old, event.key, before, event.code_before, event.code)
        self.events[:] = [renaming.event(each) for each in self.events]
        asset = self._asset(event.key)
        asset.versions.extend(old.versions if own is None else [*old.versions, *own.versions])
        self._rename_state(renaming, self._read_again())
        return event

    def _read_again(self) -> dict[int, Version]:
        """The versions by event, made of the events as they read now."""
        again: dict[int, Version] = {}
        for asset in self._assets.values():
            for at, version in enumerate(asset.versions):
                event = cast(AssetMaterialized, self.events[version.event_id - 1])
                made = Version(asset.key, at + 1, version.partition, version.event_id, event)
                asset.versions[at] = again[made.event_id] = made
        return again

    def _rename_state(self, renaming: Renaming, again: Mapping[int, Version]) -> None:
        """The latest states under the new key; those that had it already are newer."""
        old, new, before, *_ = renaming
        for place in [each for each in self.latest if each[0] == old]:
            self.latest.setdefault((new, place[1]), self.latest.pop(place))
        for place, version in self.latest.items():
            self.latest[place] = again[version.event_id]
        for key in [each for each in self.checks if each[0] == old]:
            self.checks.setdefault((new, *key[1:]), self.checks.pop(key))
        for key, state in self.checks.items():
            if key[0] == new:
                evaluated = cast(CheckEvaluated, self.events[state.event_id - 1])
                self.checks[key] = CheckState(state.event_id, evaluated)
        for place in [each for each in self.observed if each[0] == old]:
            self.observed.setdefault((new, place[1]), self.observed.pop(place))
        for place, stored in self.observed.items():
            self.observed[place] = StoredEvent(stored.id, self.events[stored.id - 1])
        own = frozenset(number + before for number in self.kept.pop(new, ()))
        self.kept[new] = own | self.kept.pop(old, frozenset())


_FOLDS: dict[type[Any], Callable[..., Event]] = {
    RunStarted: MemoryTables._run_started,
    RunEnded: MemoryTables._run_ended,
    AssetMaterialized: MemoryTables._materialized,
    AssetObserved: MemoryTables._observed,
    CheckEvaluated: MemoryTables._evaluated,
    AssetForgotten: MemoryTables._forgotten,
    VersionKept: MemoryTables._kept,
    AssetRenamed: MemoryTables._renamed,
    AssetReadThrough: MemoryTables._read_through,
}
"""What follows from each kind of event: a method gives back the event as it is kept."""
_ALONE = (StepStarted, StepEnded, LogRecord)  # from these nothing follows


@lru_cache(maxsize=1 << 16)
def _folder(key: str) -> str:
    """The folder of the key with that text, as a file system without cases sees it."""
    return AssetKey.from_text(key).folder.lower()
