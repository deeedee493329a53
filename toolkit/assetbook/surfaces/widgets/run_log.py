"""The log of a run as a page fetches it: a chunk after the last place, then what came since.

A page holds all lines that it was given and shows those in sight. That more is there it learns by a
document which is a few numbers; the lines themselves it asks for. What stands in the log files
alone it gets from there, by place and length in bytes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

from assetbook.events.log_record import LogRecord
from assetbook.events.run_events import StepStarted
from assetbook.execution.file_text import file_size
from assetbook.instance.instance import Instance
from assetbook.instance.log_tail import logged_line
from assetbook.instance.run_logs import log_files_of
from assetbook.io.log_files import LOG_STREAMS
from assetbook.keys import folder_name
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.store import RunRecord, StoredEvent, StoredLog
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.output_text import without_codes
from assetbook.surfaces.widgets.changes import Document
from assetbook.surfaces.widgets.event_lines import event_line
from assetbook.surfaces.widgets.step_lines import ENDS

MOST = 4_000
"""Records of a chunk."""
MOST_SIZE = 1_000_000
"""Characters of a chunk's text, but for one record that is longer."""
_PART: Final = 1 << 19  # bytes of a log file that are sent at once
_PICTURES: Final = ("image/png", "image/jpeg")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/=\s]+")


def log_document(desk: Desk, given: Mapping[str, Any]) -> Document:
    """How far the log of the run reaches: the newest record, the newest event, and the bytes in the
    log files of the steps that run."""
    instance, run = desk.instance, run_of(desk, given)
    newest = instance.store.events(run_id=run.id, newest_first=True, limit=1)
    return {
        "run": run.id,
        "record": _newest_record(instance, run),
        "event": newest[0].id if newest else 0,
        "live": run.status in ON_THEIR_WAY,
        "files": _growing(instance, run),
    }


def log_pulse(desk: Desk, given: Mapping[str, Any]) -> object:
    """Changes as soon as there is more of the log."""
    run = run_of(desk, given)
    if run.status not in ON_THEIR_WAY:
        return _newest_record(desk.instance, run)
    return _newest_record(desk.instance, run), _size_of_files(desk.instance, run)


def log_lines(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """What comes after the places ``record`` and ``event``: ``items`` in the order in which it
    happened, the new places, and whether there is ``more`` already."""
    instance, run = desk.instance, run_of(desk, given)
    after, after_event = _number(given.get("record")), _number(given.get("event"))
    # in this order: what a step printed is there when its end is
    events = instance.store.events(after=after_event, run_id=run.id, limit=MOST)
    logs = _cut(instance.store.logs(run.id, None, after, MOST))
    newest = _newest_record(instance, run)
    more_logs = bool(logs) and logs[-1].id < newest
    logs, events, more = _together(logs, events, more_logs, len(events) == MOST)
    lines = [line for each in events if (line := event_line(each)) is not None]
    items = [*(record_line(each) for each in logs), *lines]
    return {
        "items": sorted(items, key=lambda item: float(item["at"])),
        "record": logs[-1].id if logs else after,
        "event": events[-1].id if events else after_event,
        "more": more,
    }


def log_file(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """Lines that one log file of the run has from the byte ``begin`` to ``end``, as far as one
    answer goes; ``next`` is where to go on. With ``growing`` a line that is not over is left."""
    run, stream = run_of(desk, given), given.get("stream")
    begin, end = _number(given.get("begin")), _number(given.get("end"))
    files = log_files_of(desk.instance, run.id)
    if files is None or stream not in LOG_STREAMS:
        return {"items": [], "next": end}
    until = min(end, begin + _PART)
    data = files.part(run.id, str(given.get("step")), stream, begin, until)
    whole = data[: data.rfind(b"\n") + 1]
    if given.get("growing"):
        data, end = whole, begin
    elif until < end:
        data = whole or data
    text = without_codes(data.decode("utf-8", "replace"))
    lines = text.removesuffix("\n").split("\n") if text else []
    items = [logged_line(line) if stream == "log" else ("", line) for line in lines]
    return {"items": items, "next": begin + len(data) if data else end}


def log_picture(desk: Desk, given: Mapping[str, Any]) -> dict[str, str] | None:
    """The picture of the display that is the record of that number; None if it has none that a
    page may show."""
    number = _number(given.get("record"))
    found = desk.instance.store.logs(run_of(desk, given).id, None, number - 1, 1)
    if not found or found[0].id != number:
        return None
    kind = picture_kind(found[0].record)
    data = str((found[0].record.bundle or {}).get(kind, ""))
    return {"kind": kind, "data": "".join(data.split())} if _BASE64.fullmatch(data) else None


def record_line(stored: StoredLog) -> dict[str, Any]:
    """A record as a page reads it; what is empty is left out."""
    record = stored.record
    line = {
        "id": stored.id,
        "at": moment(record.at),
        "step": record.step,
        "stream": record.stream,
        "text": without_codes(record.text),
        "level": record.level,
        "logger": record.logger,
        "extra": record.extra,
        "size": file_size(record),
        "omitted": record.omitted_bytes if record.omitted else None,
    }
    if record.stream == "display":
        line |= {"kinds": sorted(record.bundle or {}), "picture": picture_kind(record)}
    return {name: value for name, value in line.items() if value not in (None, "", 0)}


def picture_kind(record: LogRecord) -> str:
    """The kind of picture that a page may show of a display; empty for none."""
    return next((kind for kind in _PICTURES if kind in (record.bundle or {})), "")


def moment(at: datetime) -> float:
    """Milliseconds since 1970, as a page counts."""
    return round(at.timestamp() * 1000, 3)


def run_of(desk: Desk, given: Mapping[str, Any]) -> RunRecord:
    """The run that a page means; raises SelectionError if there is none."""
    return desk.instance.run(str(given.get("run") or ""))


def _newest_record(instance: Instance, run: RunRecord) -> int:
    found = instance.store.logs(run.id, limit=1, newest_first=True)
    return found[0].id if found else 0


def _growing(instance: Instance, run: RunRecord) -> dict[str, dict[str, int]]:
    """By step that runs and stream, how many bytes its log files have."""
    files = log_files_of(instance, run.id)
    if files is None or run.status not in ON_THEIR_WAY:
        return {}
    running: dict[str, None] = {}
    for stored in instance.store.events(run_id=run.id, kinds=(StepStarted, *ENDS)):
        event = stored.event
        if isinstance(event, StepStarted):
            running[event.step] = None
        elif isinstance(event, ENDS):
            running.pop(event.step, None)
    sizes: dict[str, dict[str, int]] = {
        step: {str(stream): files.size(run.id, step, stream) for stream in LOG_STREAMS}
        for step in running
    }
    return {step: each for step, each in sizes.items() if any(each.values())}


def _size_of_files(instance: Instance, run: RunRecord) -> int:
    """The bytes of all log files of the run."""
    files = log_files_of(instance, run.id)
    if files is None:
        return 0
    with suppress(FileNotFoundError), os.scandir(files.root / folder_name(run.id)) as found:
        return sum(each.stat(follow_symlinks=False).st_size for each in found)
    return 0


def _cut(logs: Sequence[StoredLog]) -> list[StoredLog]:
    size = 0

    def fits(stored: StoredLog) -> bool:
        nonlocal size
        is_first, size = not size, size + len(stored.record.text) + 1
        return is_first or size <= MOST_SIZE

    return list(takewhile(fits, logs))


def _together(
    logs: list[StoredLog], events: list[StoredEvent], more_logs: bool, more_events: bool
) -> tuple[list[StoredLog], list[StoredEvent], bool]:
    """Both up to the same moment, where one of them goes on; whether it does."""
    if more_logs and (not more_events or logs[-1].record.at <= events[-1].event.at):
        last = logs[-1].record.at
        return logs, list(takewhile(lambda each: each.event.at <= last, events)), True
    if more_events:
        end = events[-1].event.at
        return list(takewhile(lambda each: each.record.at <= end, logs)), events, True
    return logs, events, False


def _number(said: object) -> int:
    return said if isinstance(said, int) and said > 0 else 0
