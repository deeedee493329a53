"""``@logger``: an author's function that makes a logger for a run, which gets what steps log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from assetbook.definitions.parameters import own_name, place_of
from assetbook.definitions.place import Place
from assetbook.definitions.spec import Frozen
from assetbook.errors import DefinitionError, with_article
from assetbook.named_arguments import named_arguments, named_options

if TYPE_CHECKING:
    import logging

LoggerFunction: TypeAlias = "Callable[[InitLoggerContext], logging.Logger]"


@named_arguments
class LoggerDefinition(Frozen):
    """What ``@logger`` makes: a run that configures it sends it each line of ``context.log``."""

    __slots__ = ("__weakref__", "config_schema", "description", "logger_fn", "name", "place")

    name: str
    logger_fn: LoggerFunction
    config_schema: Any
    """A Config class; None takes any configuration as it is given."""
    description: str | None
    place: Place

    def __init__(
        self,
        logger_fn: LoggerFunction,
        config_schema: Any = None,
        description: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "name", own_name(logger_fn))
        put(self, "logger_fn", logger_fn)
        put(self, "config_schema", _checked(config_schema))
        put(self, "description", description or logger_fn.__doc__)
        put(self, "place", place_of(logger_fn))

    def __call__(self, context: InitLoggerContext | None = None) -> logging.Logger:
        """The logger that the function makes, in a context of :func:`build_init_logger_context`;
        None for one without a configuration."""
        given = context or InitLoggerContext(None)
        return self.logger_fn(replace(given, logger_def=self))

    def __repr__(self) -> str:
        return f"<logger {self.name}>"


@dataclass(frozen=True, slots=True)
class InitLoggerContext:
    """What the function of a logger may ask."""

    logger_config: Any
    """An instance of its Config class; without one what the run's configuration says, or None."""
    logger_def: LoggerDefinition | None = None
    job_def: Any = None
    """The job of ops that runs; None for assets, and in worker processes."""
    job_name: str | None = None
    """Its name; None for assets."""
    run_id: str | None = None
    """None in a context built for a test."""


@named_arguments
def build_init_logger_context(logger_config: Any = None, job_def: Any = None) -> InitLoggerContext:
    """A context for calling a logger's function in a test."""
    name = None if job_def is None else str(job_def.name)
    return InitLoggerContext(logger_config, job_def=job_def, job_name=name)


@overload
def logger(config_schema: LoggerFunction, /) -> LoggerDefinition: ...


@overload
def logger(
    config_schema: Any = None, description: str | None = None
) -> Callable[[LoggerFunction], LoggerDefinition]: ...


@named_options
def logger(
    config_schema: Any = None, description: str | None = None
) -> LoggerDefinition | Callable[[LoggerFunction], LoggerDefinition]:
    """The logger that the decorated function makes for each run that configures it; nothing runs.

    The function takes an :class:`InitLoggerContext` and returns a ``logging.Logger``.
    ``config_schema`` is a Config class. Raises DefinitionError for any other.
    """
    if callable(config_schema) and not isinstance(config_schema, type):
        return LoggerDefinition(config_schema)
    _checked(config_schema)

    def decorate(fn: LoggerFunction) -> LoggerDefinition:
        return LoggerDefinition(fn, config_schema, description)

    return decorate


def _checked(schema: Any) -> Any:
    if schema is None or hasattr(schema, "__pydantic_fields__"):
        return schema
    raise DefinitionError(
        "the config_schema of a logger",
        f"it is {with_article(type(schema).__name__)}",
        "Give a Config class: class Level(Config): level: str = 'INFO'.",
    )


def only_loggers(where: str, given: Mapping[str, Any] | None) -> dict[str, LoggerDefinition]:
    """The loggers by name; raises DefinitionError for anything else among them."""
    for name, each in (given or {}).items():
        if not isinstance(each, LoggerDefinition):
            raise DefinitionError(
                f"the logger `{name}` of {where}",
                f"it is {with_article(type(each).__name__)}",
                "Decorate the function that makes it with @logger.",
            )
    return dict(given or {})
