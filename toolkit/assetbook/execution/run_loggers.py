"""The loggers that a run configures: made once in each process, sent what ``context.log`` gets."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from assetbook.definitions.logger_definition import InitLoggerContext, LoggerDefinition
from assetbook.errors import ConfigError, DefinitionError, did_you_mean, with_article

GivenLoggers = Mapping[str, tuple[LoggerDefinition, Any]]
"""By name the definition and its configuration."""


class RunLoggers:
    """The loggers of one run. Safe to use from any thread; goes to other processes as what they are
    made of."""

    def __init__(self, given: GivenLoggers, job: Any = None) -> None:
        self._given = dict(given)
        self._job = job
        self._job_name: str | None = None if job is None else job.name
        self._made: list[logging.Logger] | None = None
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._given)

    def __getstate__(self) -> tuple[dict[str, Any], str | None]:
        return self._given, self._job_name

    def __setstate__(self, state: tuple[dict[str, Any], str | None]) -> None:
        given, name = state
        self.__init__(given)  # type: ignore[misc]
        self._job_name = name

    def set_up(self, run_id: str) -> list[logging.Logger]:
        """The loggers, made if this process has not made them; raises what their functions raise,
        and DefinitionError for one that gives no logger."""
        with self._lock:
            if self._made is None:
                self._made = [self._one(name, run_id) for name in self._given]
            return self._made

    def _one(self, name: str, run_id: str) -> logging.Logger:
        definition, config = self._given[name]
        context = InitLoggerContext(config, definition, self._job, self._job_name, run_id)
        made = definition.logger_fn(context)
        if not isinstance(made, logging.Logger):
            raise DefinitionError(
                f"the logger `{name}`",
                f"its function returned {with_article(type(made).__name__)}",
                "Return a logging.Logger.",
            )
        return made

    def send(self, record: logging.LogRecord, run_id: str) -> None:
        """Gives the record to each logger that is enabled for its level."""
        for logger in self.set_up(run_id):
            if logger.isEnabledFor(record.levelno):
                logger.handle(record)

    def close(self) -> None:
        """Closes the handlers of the loggers that were made for the run alone: those that
        ``logging.getLogger`` gives are everybody's."""
        with self._lock:
            made, self._made = self._made or [], None
        for logger in made:
            if logging.root.manager.loggerDict.get(logger.name) is not logger:
                for handler in logger.handlers:
                    handler.close()


NO_LOGGERS = RunLoggers({})


def run_loggers(
    where: str, known: Mapping[str, LoggerDefinition], section: Any, job: Any = None
) -> RunLoggers:
    """The loggers that the section ``loggers`` of a run's configuration names, of those ``known``.

    Raises ConfigError for a name that none of them has, and for what does not fit.
    """
    given: dict[str, tuple[LoggerDefinition, Any]] = {}
    if section and not isinstance(section, Mapping):
        raise ConfigError(
            f"{where}: loggers", "it is no dict", 'Give {"console": {"config": {...}}}.'
        )
    for name, each in (section or {}).items():
        if name not in known:
            raise ConfigError(
                f"{where}: loggers",
                f"there is no logger `{name}`",
                did_you_mean(name, known) or f"There are: {', '.join(known)}.",
            )
        if each and (not isinstance(each, Mapping) or set(each) - {"config"}):
            raise ConfigError(
                f"{where}: the logger `{name}`",
                "it takes `config` alone",
                'Give {"config": {...}}.',
            )
        config = (each or {}).get("config")
        given[name] = known[name], _fitting(f"{where}: the logger `{name}`", known[name], config)
    return RunLoggers(given, job)


def _fitting(where: str, definition: LoggerDefinition, config: Any) -> Any:
    if definition.config_schema is None:
        return config
    from assetbook.definitions.config import resolve_config
    from assetbook.definitions.overlay import overlaid

    made = overlaid(definition.config_schema, None, config, where=where)
    return resolve_config(made, where=where)
