"""The named instants of a notebook's run at which its runner can be killed.

In each the notebook is ``CELLS`` below, of which the third cell prints.
"""

from __future__ import annotations

import os
from typing import Any

from tests.faults.crash_points import CrashPoint, _any, _are

from assetbook.events.run_events import RunEnded
from assetbook.kernels.output_log import OutputLog

_LOG = "assetbook.kernels.output_log:OutputLog"
_ENGINE = "assetbook.kernels.papermill_engine"


def _third(log: object, cell: Any, *more: object) -> bool:
    return bool(cell.number == 3)


def _tears_a_line(log: OutputLog, line: dict[str, Any]) -> bool:
    """Leaves half of the line of the third cell's first output in the file."""
    if line.get("output") != 3:
        return False
    os.write(log._file, b'{"output": 3, "msg_type": "str')
    return True


POINTS = (
    CrashPoint("before the kernel is rented", f"{_ENGINE}:kernel_for", "before", _any),
    CrashPoint("once the kernel is there", f"{_ENGINE}:prelude", "before", _any),
    CrashPoint("as a cell begins", f"{_LOG}.started", "after", _third),
    CrashPoint("before an output is logged", f"{_LOG}.output", "before", _third),
    CrashPoint("half way in a line of the log", f"{_LOG}._write", "before", _tears_a_line),
    CrashPoint("after an output is logged", f"{_LOG}.output", "after", _third),
    CrashPoint("before a cell's end is logged", f"{_LOG}.ended", "before", _third),
    CrashPoint("after a cell's end is logged", f"{_LOG}.ended", "after", _third),
    CrashPoint("before the notebook is written", f"{_ENGINE}:write_notebook", "before", _any),
    CrashPoint(
        "half way in the notebook", "assetbook.kernels.notebook_file:put_in_place", "before", _any
    ),
    CrashPoint("after the notebook is written", f"{_ENGINE}:write_notebook", "after", _any),
    CrashPoint(
        "before the notebook's run ends",
        "assetbook.storage.sqlite_store:SqliteStore.commit",
        "before",
        _are(RunEnded),
    ),
)
