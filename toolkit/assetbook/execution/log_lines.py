"""What a step logs by Python's ``logging`` is kept with the step, whatever handlers there are.

A record is kept where a logger hands it to its handlers: once, as far as levels and filters let it
through. No handler is put anywhere, so that ``logging.basicConfig()`` works as in any cell; what
handlers print is shown and not kept a second time. Handlers that a step adds stay, as in any cell:
a library that sets up its logger when it is imported does so once, and would be mute afterwards.
"""

from __future__ import annotations

import copy
import logging
import math
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from assetbook.definitions.secret import known_secrets, scrub
from assetbook.execution.failure import named_traceback
from assetbook.execution.sink import current_sink

STEP_LOGGER: Final = "assetbook.step"
"""The name of the logger behind ``context.log``."""
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MOST_BESIDE = 50
_LONGEST_BESIDE = 1_000  # characters


class _Plain(logging.Formatter):
    """Formats a record with its traceback, which names cells as people do."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        sink = current_sink.get()
        if sink is None:
            return super().formatException(ei)
        kind, error, trace = ei
        return named_traceback(kind, error, trace, sink.cell_name).rstrip("\n")


_plain = _Plain()


def watch_records() -> Callable[[], None]:
    """Watches all loggers; gives back what ends it."""
    call_handlers = logging.Logger.callHandlers

    def keep_and_call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
        sink = current_sink.get()
        if sink is None:
            call_handlers(logger, record)
            return
        name = "" if record.name == STEP_LOGGER else record.name
        sink.log(record.levelname, _text(record), name, logged_beside(record))
        of_step = name == "" or name.startswith(f"{STEP_LOGGER}.")
        if of_step:
            record = shown_record(record)
        token = current_sink.set(None)
        try:
            if not (of_step and sink.send(record)):
                call_handlers(logger, record)
        finally:
            current_sink.reset(token)

    logging.Logger.callHandlers = keep_and_call_handlers  # type: ignore[method-assign,assignment]

    def restore() -> None:
        # what another library put on top since then calls this one, which is idle outside steps
        if logging.Logger.callHandlers is keep_and_call_handlers:
            logging.Logger.callHandlers = call_handlers  # type: ignore[method-assign]

    return restore


def shown_record(record: logging.LogRecord) -> logging.LogRecord:
    """The record for handlers that show it or write it down: with known secrets masked, as text
    that is formatted, and a traceback that names cells. The same one where that changes nothing."""
    if not known_secrets and not record.exc_info:
        return record
    made = copy.copy(record)
    beside = {name: each for name, each in vars(record).items() if name not in _OWN}
    vars(made).update({name: _masked(each) for name, each in beside.items()})
    made.msg, made.args = scrub(_message(record)), None
    if record.exc_info:
        made.exc_text = scrub(_plain.formatException(record.exc_info))
        made.exc_info = None if known_secrets else record.exc_info
    return made


def _masked(value: object) -> Any:
    said = str(_plainly(value))
    hidden = scrub(said)
    return value if hidden == said else hidden


def logged_beside(record: logging.LogRecord) -> dict[str, Any] | None:
    """What was logged by ``extra=``, as JSON may hold it, up to 50 entries; None if nothing was.

    Numbers, truth values and None stay what they are; all else is text of 1,000 characters at most.
    """
    found = ((name, each) for name, each in vars(record).items() if name not in _OWN)
    return {name: _plainly(each) for name, each in islice(found, _MOST_BESIDE)} or None


def _plainly(value: object) -> Any:
    if value is None or type(value) in (bool, int):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    try:
        return str(value)[:_LONGEST_BESIDE]
    except Exception as error:  # noqa: BLE001 - any object of the author's
        return f"<{type(value).__name__}, of which str() raises {type(error).__name__}>"


def _text(record: logging.LogRecord) -> str:
    """The message with its traceback; the template if its arguments do not fit.

    Formatting keeps the traceback's text on the record, where handlers would find it: hence a copy.
    """
    try:
        return _plain.format(copy.copy(record) if record.exc_info else record)
    except (TypeError, ValueError, KeyError, IndexError):  # handlers say what is wrong
        return _message(record)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError, IndexError):
        return f"{record.msg} {record.args}"
