"""What of a step's output stands in the run's log files, and in what form."""

from __future__ import annotations

import json

from assetbook.events.log_record import LogRecord


def file_text(record: LogRecord) -> str:
    """The text of a record in its file: as it was printed, or a line for what was logged, with the
    time, the level, who, the text, and what was logged beside it.

    Empty for displays and for what is said of the output itself, which no file has.
    """
    if record.stream == "display" or record.omitted is not None:
        return ""
    if record.stream != "log":
        return record.text
    at = record.at.isoformat(timespec="milliseconds")
    name = f"{record.logger}: " if record.logger else ""
    extra = f" {json.dumps(record.extra)}" if record.extra else ""
    return f"{at} {record.level} {name}{record.text}{extra}\n"


def in_bytes(text: str) -> bytes:
    """The text as it is written."""
    return text.encode("utf-8", "backslashreplace")


def file_size(record: LogRecord) -> int:
    """The bytes of a record in its file."""
    return len(in_bytes(file_text(record)))
