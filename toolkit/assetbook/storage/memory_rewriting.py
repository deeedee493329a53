"""Rewrites what a store in memory holds: under another name, or without data that is wiped.

The ids of events and log records stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from msgspec import structs

from assetbook.events.asset_events import AssetRenamed, AssetWiped, CheckEvaluated
from assetbook.events.log_record import LogRecord
from assetbook.events.renaming import Renaming
from assetbook.events.run_events import RunEnded, RunStarted
from assetbook.events.wiping import Wiping
from assetbook.storage.memory_records import MemoryRecords, folder_of
from assetbook.storage.store import Version


def rename(records: MemoryRecords, event: AssetRenamed) -> AssetRenamed:
    """Everything again from the events as they read now; their ids stay."""
    old = records.by_folder.pop(folder_of(event.old))
    own = records.by_folder.pop(folder_of(event.key), None)
    before = len(old.versions) if own is not None else 0
    renaming = Renaming(event.old, event.key, before, event.code_before, event.code)
    records.events[:] = [renaming.event(each) for each in records.events]
    asset = records.asset(event.key)
    asset.versions.extend(old.versions if own is None else [*old.versions, *own.versions])
    _rename_state(records, renaming, records.read_again())
    return event


def _rename_state(records: MemoryRecords, renaming: Renaming, again: Mapping[int, Version]) -> None:
    """The latest states under the new key; those that had it already are newer."""
    old, new, before, *_ = renaming
    made = set(records.latest)
    for place in [each for each in records.latest if each[0] == old]:
        records.latest.setdefault((new, place[1]), records.latest.pop(place))
    for key in [each for each in records.checks if each[0] == old]:
        records.checks.setdefault((new, *key[1:]), records.checks.pop(key))
    for place in [each for each in records.observed if each[0] == old]:
        records.observed.setdefault((new, place[1]), records.observed.pop(place))
    for place in [each for each in records.failed if each[0] == old]:
        event_id = records.failed.pop(place)
        if (new, place[1]) not in made:  # else it was made since it failed under the old name
            records.failed.setdefault((new, place[1]), event_id)
    records.see_again(again)
    own = frozenset(number + before for number in records.kept.pop(new, ()))
    records.kept[new] = own | records.kept.pop(old, frozenset())


def wipe(records: MemoryRecords, event: AssetWiped) -> AssetWiped:
    """The same events without their data; their ids stay."""
    versions = records.asset(event.key).versions
    numbers = {each.event_id: each.number for each in versions}
    checks = [each for each in records.events if isinstance(each, CheckEvaluated)]
    begun = (run.started for run in records.runs.values())
    wiping = Wiping.of(
        event,
        {each.number: each.event for each in versions},
        [each for each in checks if each.key == event.key],
        [each for each in begun if isinstance(each, RunStarted)],
    ).with_ops(records.events)
    for at, each in enumerate(records.events):
        if getattr(each, "key", event.key) == event.key:
            number = numbers.get(at + 1)
            if wiping.takes(each, number):
                records.events[at] = wiping.without_data(each)
    records.see_again(records.read_again())
    for run in records.runs.values():
        if run.ended is not None and wiping.takes(run.ended):
            run.ended = cast(RunEnded, wiping.without_data(run.ended))
    gone = [at for at, each in enumerate(records.logs) if (each.run_id, each.step) in wiping.steps]
    for at in gone:  # its place stays, for the ids of the others
        records.logs[at] = LogRecord(run_id="", step="", at=event.at, stream="log")
    records.kept[event.key] = records.kept.get(event.key, frozenset()) - wiping.numbers
    records.doomed.update(dict.fromkeys(wiping.paths, event.at))
    numbers_gone = tuple(sorted(wiping.numbers))
    return structs.replace(event, versions=numbers_gone, size=wiping.size, logs=len(gone))
