"""What the function of a tick or a sensor logs while it is evaluated, a line each."""

from __future__ import annotations

import logging

from assetbook.definitions.secret import scrub


class TickLog(logging.Handler):
    """Keeps the lines; ``log`` is what the function logs to."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._lines: list[str] = []
        self.log = logging.Logger(name)
        self.log.addHandler(self)

    @property
    def text(self) -> str:
        """All lines, without secrets."""
        return scrub("\n".join(self._lines))

    def emit(self, record: logging.LogRecord) -> None:
        """Takes one record."""
        self._lines.append(f"{record.levelname} {record.getMessage()}")
