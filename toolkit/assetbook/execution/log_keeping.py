"""What is kept of one step's output: all of it in the run's log files, a part in the store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from assetbook.events.log_record import LogRecord
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.failure import cell_name
from assetbook.execution.file_text import file_text
from assetbook.execution.kept_lines import KeptLines, like
from assetbook.execution.sink import Sink
from assetbook.io.log_files import AppendedLog
from assetbook.storage.store import Store


def sink_of(environment: RunEnvironment, run_id: str, step: str) -> Sink:
    """Where what a step prints, logs and displays goes."""
    files = environment.log_files
    log = KeptLog(
        environment.store,
        None if files is None else files.appended(run_id, step),
        logging.getLevelNamesMapping()[environment.log_level],
    )
    called = partial(cell_name, where=environment.where)
    return Sink(run_id, step, environment.clock, log.take, log.end, environment.loggers, called)


class KeptLog:
    """Keeps what a sink delivers; ``files`` is None where there are none, as in tests.

    Whatever is wrong with the files, the step goes on, and its log says so. Lines of the log below
    ``level`` are not kept.
    """

    def __init__(self, store: Store, files: AppendedLog | None, level: int) -> None:
        self._store = store
        self._files = files
        self._level = level
        self._kept = KeptLines()
        self._newest: LogRecord | None = None

    def take(self, records: Sequence[LogRecord]) -> None:
        """Keeps those records. Raises StoreError if the store cannot be written."""
        if self._level > logging.DEBUG:
            records = [each for each in records if self._is_kept(each)]
        if not records:
            return
        self._newest = records[-1]
        if self._files is not None:
            _append(self._files, records)
        if kept := self._kept.take(records):
            self._store.later(kept)

    def end(self) -> None:
        """Keeps the last lines, and says what is kept nowhere. Raises StoreError."""
        rest = self._kept.rest()
        if self._files is not None and self._newest is not None:
            self._files.close()
            rest += _lost(self._files, self._newest)
        if rest:
            self._store.later(rest)

    def _is_kept(self, record: LogRecord) -> bool:
        if record.stream != "log":
            return True
        return logging.getLevelNamesMapping().get(record.level, logging.CRITICAL) >= self._level


def _append(files: AppendedLog, records: Sequence[LogRecord]) -> None:
    """Appends the records to their files, those of one file at once."""
    logged: list[str] = []
    for record in records:
        if record.stream == "log":
            logged.append(file_text(record))
        elif record.stream != "display":
            files.write(record.stream, record.text)
    if logged:
        files.write("log", "".join(logged))


def _lost(files: AppendedLog, newest: LogRecord) -> list[LogRecord]:
    size = files.dropped.total()
    if not size:
        return []
    why = files.problem or "a log is no larger than max_bytes in [tool.assetbook.logs]"
    said = f"{size:,} bytes are missing in the log files: {why}"
    return [like(newest, said)]
