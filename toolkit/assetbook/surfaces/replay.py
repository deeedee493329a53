"""Showing a step's stored output again: what it printed, logged and displayed, in order."""

from __future__ import annotations

import logging
import sys

from assetbook.events.log_record import LogRecord
from assetbook.execution.capture import running_shell
from assetbook.instance.instance import Instance
from assetbook.storage.version import Version


def show_again(instance: Instance, version: Version) -> None:
    """Shows what the step that made ``version`` showed: text on the same streams, displays again.

    Only what this store itself recorded of the author's own code is shown; nothing of it is
    recorded a second time. A version that was reported without a run shows nothing.
    """
    if not version.run_id:
        return
    store = instance.store_of(version.store)
    for stored in store.logs(version.run_id, version.event.step):
        _show(stored.record)


def _show(record: LogRecord) -> None:
    if record.stream == "stdout":
        sys.stdout.write(record.text)
    elif record.stream == "stderr":
        sys.stderr.write(record.text)
    elif record.stream == "log":
        if _was_shown(record.level):
            sys.stderr.write(f"{record.level} {record.text}\n")
    else:
        _display(record)


def _was_shown(level: str) -> bool:
    """Whether log lines of this level showed when they were written; an unknown level did."""
    number = logging.getLevelNamesMapping().get(level, logging.CRITICAL)
    return number >= logging.INFO


def _display(record: LogRecord) -> None:
    if record.bundle is None or running_shell() is None:
        sys.stdout.write(record.text + "\n")
        return
    from IPython.display import publish_display_data

    sys.stdout.flush()
    publish_display_data(record.bundle, record.metadata)
