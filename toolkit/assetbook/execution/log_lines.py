"""What a step logs by Python's ``logging`` is kept with the step, whatever handlers there are.

A record is kept where a logger hands it to its handlers: once, as far as levels and filters let it
through. No handler is put anywhere, so that ``logging.basicConfig()`` works as in any cell; what
handlers print is shown and not kept a second time. Handlers that a step adds stay, as in any cell:
a library that sets up its logger when it is imported does so once, and would be mute afterwards.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable

from assetbook.execution.sink import current_sink

_plain = logging.Formatter()


def watch_records() -> Callable[[], None]:
    """Watches all loggers; gives back what ends it."""
    call_handlers = logging.Logger.callHandlers

    def keep_and_call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
        sink = current_sink.get()
        if sink is None:
            call_handlers(logger, record)
            return
        sink.log(record.levelname, _text(record))
        token = current_sink.set(None)
        try:
            call_handlers(logger, record)
        finally:
            current_sink.reset(token)

    logging.Logger.callHandlers = keep_and_call_handlers  # type: ignore[method-assign,assignment]

    def restore() -> None:
        # what another library put on top since then calls this one, which is idle outside steps
        if logging.Logger.callHandlers is keep_and_call_handlers:
            logging.Logger.callHandlers = call_handlers  # type: ignore[method-assign]

    return restore


def _text(record: logging.LogRecord) -> str:
    """The message with its traceback; the template if its arguments do not fit.

    Formatting keeps the traceback's text on the record, where handlers would find it: hence a copy.
    """
    try:
        return _plain.format(copy.copy(record) if record.exc_info else record)
    except (TypeError, ValueError, KeyError, IndexError):  # handlers say what is wrong
        return f"{record.msg} {record.args}"
