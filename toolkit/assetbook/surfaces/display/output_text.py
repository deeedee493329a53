"""What a step printed, logged and displayed, as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from assetbook.events.log_record import LogRecord

_TERMINAL_CODES: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)")


def printed_text(records: Iterable[LogRecord]) -> str:
    """All of it in order: printed text as it came, log lines with their level, displays plain.

    Terminal codes (colours and the like) are left out. Of a line that was written over, as
    progress bars do, only what was written last remains.
    """
    parts: list[str] = []
    for record in records:
        text = _text(record)
        if record.stream not in ("stdout", "stderr") and parts and not parts[-1].endswith("\n"):
            text = "\n" + text
        parts.append(text)
    whole = without_codes("".join(parts))
    return "\n".join(map(_last, whole.split("\n"))) if "\r" in whole else whole


def without_codes(text: str) -> str:
    """The text without terminal codes."""
    return _TERMINAL_CODES.sub("", text) if "\x1b" in text else text


def _text(record: LogRecord) -> str:
    if record.stream == "log":
        return f"{record.level} {record.text}\n" if record.level else f"{record.text}\n"
    return f"{record.text}\n" if record.stream == "display" else record.text


def _last(line: str) -> str:
    return line.rstrip("\r").rpartition("\r")[2]
