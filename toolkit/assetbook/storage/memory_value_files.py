"""All versions with a value file in a store in memory, as in a database."""

from __future__ import annotations

from assetbook.events.parts import UNATTENDED
from assetbook.events.run_events import RunStarted
from assetbook.events.value_file import ValueFile
from assetbook.storage.memory_tables import MemoryTables


def value_files(tables: MemoryTables) -> list[ValueFile]:
    """The versions whose files are not doomed, in the order of their events."""
    live = [run.started for run in tables.runs.values() if run.ended is None]
    oldest = min((tables.events.index(event) + 1 for event in live), default=None)
    started = [event for event in live if isinstance(event, RunStarted)]
    given = {each for event in started for each in event.given.items()}
    newest: dict[tuple[str, str | None], int] = {}
    found = []
    for version in reversed(tables.every_version):
        event = version.event
        place = event.key, event.partition
        superseded = newest.get(place)
        if not event.overridden:
            newest[place] = version.event_id
        path = event.value.path if event.value is not None else None
        if event.value is None or path is None or path in tables.doomed:
            continue
        run = tables.runs.get(event.run_id)
        found.append(
            ValueFile(
                version.key,
                version.number,
                version.partition,
                event.at,
                path,
                event.value.size,
                scheduled=run is not None and run.started.origin.kind in UNATTENDED,
                latest=tables.latest.get(place) == version,
                kept=version.number in tables.kept.get(event.key, ()),
                in_use=(event.key, version.number) in given
                or (oldest is not None and (superseded is None or superseded > oldest)),
            )
        )
    return found[::-1]
