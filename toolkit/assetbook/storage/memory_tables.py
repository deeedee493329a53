"""The tables of a store in memory, and how events are folded into them.

The same rules as in :mod:`assetbook.storage.fold`; what must not be recorded is refused before
anything is changed, since nothing here can be rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from assetbook.events.asset_events import (
    AssetForgotten,
    AssetMaterialized,
    AssetObserved,
    AssetReadThrough,
    AssetRenamed,
    AssetWiped,
    CheckEvaluated,
    DynamicPartitionsChanged,
    VersionKept,
)
from assetbook.events.canceling import ended_by
from assetbook.events.log_record import LogRecord
from assetbook.events.numbering import in_this_commit
from assetbook.events.records import Event
from assetbook.events.run_events import (
    HookEnded,
    KernelUsed,
    RunCanceling,
    RunEnded,
    RunQueued,
    RunStarted,
    StepEnded,
    StepStarted,
    StepSucceeded,
    StepUpForRetry,
)
from assetbook.keys import AssetKey, PartitionKey
from assetbook.storage import refusals
from assetbook.storage.memory_records import MemoryRecords, MemoryRun, Place, folder_of
from assetbook.storage.memory_rewriting import rename, wipe
from assetbook.storage.process_identity import current_process
from assetbook.storage.resuming import resumes
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.store import CheckState, RunStatus, StoredEvent, Version


class MemoryTables(MemoryRecords):
    """All records, and what follows from them. The caller sees to it that one thread folds."""

    def refuse(self, records: Iterable[Event | LogRecord]) -> None:
        """Raises ConflictError for what must not be recorded, before anything is."""
        statuses: dict[str, RunStatus] = {}
        folders: dict[str, str] = {}
        made: dict[str, int] = {}
        for event in records:
            if isinstance(event, _NEVER_REFUSED):
                continue
            if isinstance(event, RunQueued | RunStarted):
                status = statuses.get(event.run_id) or self.status(event.run_id)
                waited = status == "queued" and isinstance(event, RunStarted)
                if status is not None and not waited:
                    raise refusals.started_twice(event.run_id)
                if isinstance(event, RunStarted):
                    self._refuse_gone(event)
                    self._refuse_second_resume(event)
                statuses[event.run_id] = "started" if isinstance(event, RunStarted) else "queued"
            elif isinstance(event, RunEnded):
                status = statuses.get(event.run_id) or self.status(event.run_id)
                if status not in ON_THEIR_WAY:
                    raise refusals.ended_already(event.run_id, status)
                statuses[event.run_id] = event.status
            elif isinstance(event, RunCanceling):
                status = statuses.get(event.run_id) or self.status(event.run_id)
                if status not in ON_THEIR_WAY:
                    raise refusals.ended_already(event.run_id, status)
                if status == "canceling":
                    raise refusals.canceling_already(event.run_id)
                statuses[event.run_id] = "canceled" if status == "queued" else "canceling"
            elif isinstance(event, AssetRenamed):
                self._refuse_renaming(event, statuses)
            elif isinstance(event, AssetWiped):
                self._refuse_reader(event)
            else:
                folder = folder_of(event.key)
                asset = self.by_folder.get(folder)
                other = folders.setdefault(folder, event.key) if asset is None else asset.key.text
                if other != event.key:
                    raise refusals.same_folder(event.key, other)
                made[event.key] = made.get(event.key, 0) + isinstance(event, AssetMaterialized)
                if isinstance(event, VersionKept):
                    known = made[event.key] + (0 if asset is None else len(asset.versions))
                    if not 1 <= event.version <= known:
                        raise refusals.no_such_version(event.key, event.version)
                self._refuse_doomed(event)

    def _refuse_gone(self, run: RunStarted) -> None:
        for key, number in run.given.items():
            versions = self.versions(AssetKey.from_text(key))
            value = versions[number - 1].event.value if number <= len(versions) else None
            if value is not None and value.path in self.doomed:
                raise refusals.given_is_gone(key, number)

    def _refuse_second_resume(self, event: RunStarted) -> None:
        again = event.reexecution
        if again is None or again.kind != "resume":
            return
        parent = self.runs.get(again.parent_run_id)
        if parent is not None and parent.ended is None:
            raise refusals.lives_still(again.parent_run_id)
        for run_id, run in self.runs.items():
            if resumes(run.started, again.parent_run_id):
                raise refusals.resumed_already(again.parent_run_id, run_id)

    def _refuse_doomed(self, event: Event) -> None:
        reference = event.value if isinstance(event, AssetMaterialized) else None
        if reference is not None and reference.path in self.doomed:
            raise refusals.doomed(event.key, reference.path)  # type: ignore[union-attr]

    def _refuse_renaming(self, event: AssetRenamed, statuses: Mapping[str, RunStatus]) -> None:
        running = {run_id: run.status for run_id, run in self.runs.items()} | dict(statuses)
        for run_id, status in running.items():
            if status in ON_THEIR_WAY:
                raise refusals.renamed_in_run(event.old, run_id)
        folder = folder_of(event.key)
        old, own = self.by_folder.get(folder_of(event.old)), self.by_folder.get(folder)
        if old is None or old.key.text != event.old:
            raise refusals.nothing_to_rename(event.old)
        if own is not None and own is not old:
            if own.key.text != event.key:
                raise refusals.same_folder(event.key, own.key.text)
            both = old.versions and own.versions
            if both and own.versions[0].event_id < old.versions[-1].event_id:
                raise refusals.name_is_taken(event.old, event.key)

    def _refuse_reader(self, event: AssetWiped) -> None:
        for run_id, run in self.runs.items():
            keys = run.started.keys
            if run.ended is None and run_id != event.run_id and (event.key in keys or not keys):
                raise refusals.wiped_in_run(event.key, run_id)

    def fold(self, records: Iterable[Event | LogRecord]) -> dict[Place, int]:
        """The numbers of the new versions, once the records and what follows are recorded."""
        given: dict[Place, int] = {}
        for record in records:
            if isinstance(record, LogRecord):
                self.logs.append(record)
            elif isinstance(record, _ALONE):
                self.events.append(record)
            else:
                self.events.append(_FOLDS[type(record)](self, record, given))
        return given

    def _run_begun(self, event: RunQueued | RunStarted, given: dict[Place, int]) -> Event:
        self.runs.pop(event.run_id, None)  # in the order of their starts
        self.runs[event.run_id] = MemoryRun(event, current_process())
        return event

    def _run_canceling(self, event: RunCanceling, given: dict[Place, int]) -> Event:
        run = self.runs[event.run_id]
        if run.status != "queued":
            run.canceling = True
            return event
        self.events.append(event)
        return self._run_ended(ended_by(event), given)

    def _run_ended(self, event: RunEnded, given: dict[Place, int]) -> Event:
        self.runs[event.run_id].ended = event
        return event

    def _materialized(self, event: AssetMaterialized, given: dict[Place, int]) -> Event:
        event = in_this_commit(event, given)
        asset = self.asset(event.key)
        place = event.key, event.partition
        number = given[place] = len(asset.versions) + 1
        partition = None if event.partition is None else PartitionKey(event.partition)
        version = Version(asset.key, number, partition, len(self.events) + 1, event)
        asset.versions.append(version)
        if not event.overridden:
            self.latest[place] = version
            self.failed.pop(place, None)
        return event

    def _evaluated(self, event: CheckEvaluated, given: dict[Place, int]) -> Event:
        self.asset(event.key)
        place = event.key, event.partition
        version = self.latest.get(place)
        latest = None if version is None else version.number
        if event.version is None:
            event = msgspec.structs.replace(event, version=given.get(place, latest))
        if version is None if event.store else event.version == latest:
            self.checks[*place, event.check] = CheckState(len(self.events) + 1, event)
        return event

    def _observed(self, event: AssetObserved, given: dict[Place, int]) -> Event:
        self.asset(event.key)
        self.observed[event.key, event.partition] = StoredEvent(len(self.events) + 1, event)
        return event

    def _kept(self, event: VersionKept, given: dict[Place, int]) -> Event:
        before = self.kept.get(event.key, frozenset())
        one = frozenset([event.version])
        self.kept[event.key] = before - one if event.released else before | one
        return event

    def _step_ended(self, event: StepEnded, given: dict[Place, int]) -> Event:
        if event.status == "failed":
            partitions = event.partitions or ("",) * len(event.keys)
            for key, partition in zip(event.keys, partitions, strict=False):
                self.failed[key, partition or None] = len(self.events) + 1
        return event

    def _dynamic(self, event: DynamicPartitionsChanged, given: dict[Place, int]) -> Event:
        keys = dict.fromkeys(
            each for each in self.dynamic.get(event.name, ()) if each not in event.deleted
        )
        self.dynamic[event.name] = {**keys, **dict.fromkeys(event.added)}
        return event

    def _forgotten(self, event: AssetForgotten, given: dict[Place, int]) -> Event:
        self.asset(event.key)
        return event

    def _renamed(self, event: AssetRenamed, given: dict[Place, int]) -> Event:
        return rename(self, event)

    def _read_through(self, event: AssetReadThrough, given: dict[Place, int]) -> Event:
        self.asset(event.key)
        self.latest = {at: each for at, each in self.latest.items() if at[0] != event.key}
        self.checks = {at: each for at, each in self.checks.items() if at[0] != event.key}
        self.failed = {at: each for at, each in self.failed.items() if at[0] != event.key}
        return event

    def _wiped(self, event: AssetWiped, given: dict[Place, int]) -> Event:
        return wipe(self, event)


_FOLDS: dict[type[Any], Callable[..., Event]] = {
    StepEnded: MemoryTables._step_ended,
    DynamicPartitionsChanged: MemoryTables._dynamic,
    RunQueued: MemoryTables._run_begun,
    RunStarted: MemoryTables._run_begun,
    RunCanceling: MemoryTables._run_canceling,
    RunEnded: MemoryTables._run_ended,
    AssetMaterialized: MemoryTables._materialized,
    AssetObserved: MemoryTables._observed,
    CheckEvaluated: MemoryTables._evaluated,
    AssetForgotten: MemoryTables._forgotten,
    VersionKept: MemoryTables._kept,
    AssetRenamed: MemoryTables._renamed,
    AssetWiped: MemoryTables._wiped,
    AssetReadThrough: MemoryTables._read_through,
}
"""What follows from each kind of event: a method gives back the event as it is kept."""
_ALONE = (StepStarted, StepSucceeded, StepUpForRetry, KernelUsed, HookEnded, LogRecord)
"""From these nothing follows."""
_NEVER_REFUSED = (*_ALONE, StepEnded, DynamicPartitionsChanged)
