"""Loggers that print: a run may configure them by name, ``console`` where nothing else is given."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from assetbook.definitions.logger_definition import (
    InitLoggerContext,
    LoggerDefinition,
    LoggerFunction,
)
from assetbook.errors import ConfigError, did_you_mean

_COLORS = {"WARNING": "33", "ERROR": "31", "CRITICAL": "1;31", "DEBUG": "2"}
_FIELDS = ("log_level", "name")


class _Stderr(logging.StreamHandler[TextIO]):
    """Prints to what ``sys.stderr`` is at the moment, as a cell's changes."""

    def __init__(self, formatter: logging.Formatter) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(formatter)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


class _Colored(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(sep=" ", timespec="seconds")
        level = record.levelname
        if level in _COLORS:
            level = f"\x1b[{_COLORS[level]}m{level}\x1b[0m"
        return f"{at} {level} {super().format(record)}"


class JsonLogFormatter(logging.Formatter):
    """A line of JSON for each record: its fields, the message, and the traceback as text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        found = {name: each for name, each in vars(record).items() if name != "args"}
        found |= {"message": record.getMessage(), "exc_info": record.exc_text}
        if record.exc_info:
            found["exc_info"] = self.formatException(record.exc_info)
        return json.dumps(found, default=str, sort_keys=True)


def _printing(formatter: logging.Formatter, doc: str) -> LoggerDefinition:
    def printing(context: InitLoggerContext) -> logging.Logger:
        given = _settings(context.logger_config)
        made = logging.Logger(given["name"], given["log_level"])
        made.addHandler(_Stderr(formatter))
        return made

    function: LoggerFunction = printing
    return LoggerDefinition(function, description=doc)


def _settings(config: Any) -> dict[str, Any]:
    """The level and the name; raises ConfigError for what there is not."""
    given = dict(config) if isinstance(config, Mapping) else {}
    for name in given:
        if name not in _FIELDS:
            raise ConfigError(
                "the configuration of a console logger",
                f"it has no field `{name}`",
                did_you_mean(name, _FIELDS) or "It takes log_level and name.",
            )
    levels = logging.getLevelNamesMapping()
    level = str(given.get("log_level", "INFO")).upper()
    if level not in levels:
        raise ConfigError(
            "the configuration of a console logger",
            f"`{level}` is no level",
            did_you_mean(level, levels) or f"Levels are {', '.join(levels)}.",
        )
    return {"log_level": levels[level], "name": str(given.get("name", "assetbook"))}


colored_console_logger = _printing(_Colored(), "Prints each line with its time and level.")
json_console_logger = _printing(JsonLogFormatter(), "Prints each line as JSON.")


def default_loggers() -> dict[str, LoggerDefinition]:
    """Those that a run may configure if nobody gives others."""
    return {"console": colored_console_logger}
