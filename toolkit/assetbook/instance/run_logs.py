"""Where the log files of a run are, beside the store that has the run, and what they alone have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from assetbook.events.log_record import LogRecord
from assetbook.events.run_events import RunQueued, RunStarted, StepStarted
from assetbook.execution.file_text import file_size
from assetbook.instance.instance import Instance
from assetbook.instance.store_folder import LOGS
from assetbook.io.log_files import LOG_STREAMS, LogFiles, LogStream
from assetbook.keys import RunId


def log_files_of(instance: Instance, run_id: RunId) -> LogFiles | None:
    """The log files of a run of this store, or of the one that it reads through; None for an
    instance that leaves nothing behind."""
    through = instance.project.read_through if instance.project is not None else None
    if through is None or instance.own.runs(beginning=run_id, limit=1):
        return instance.log_files
    return LogFiles(instance.others.folder(through) / LOGS, instance.log_settings.max_bytes)


def steps_of(instance: Instance, run_id: RunId) -> list[str]:
    """The names of the steps that the run has, or was to have."""
    names: dict[str, None] = {}
    for stored in instance.events(run_id=run_id, kinds=[RunQueued, RunStarted, StepStarted]):
        event = stored.event
        if isinstance(event, StepStarted):
            names[event.step] = None
        elif isinstance(event, RunQueued | RunStarted):
            names.update(dict.fromkeys(event.steps))
    return list(names)


def in_files_alone(
    instance: Instance, run_id: RunId, lines: Iterable[LogRecord], step: str | None = None
) -> dict[tuple[str, LogStream], int]:
    """By step and stream the bytes that the log files have beyond ``lines``, which are the store's,
    and what these count as left out; ``step`` is the only one that is meant."""
    files = log_files_of(instance, run_id)
    if files is None:
        return {}
    known: Counter[tuple[str, str]] = Counter()
    for line in lines:
        known[line.step, line.stream] += file_size(line)
        for stream, size in (line.omitted_bytes or {}).items():
            known[line.step, stream] += size
    names = steps_of(instance, run_id) if step is None else [step]
    more = {
        (name, stream): files.size(run_id, name, stream) - known[name, stream]
        for name in names
        for stream in LOG_STREAMS
    }
    return {place: size for place, size in more.items() if size > 0}
