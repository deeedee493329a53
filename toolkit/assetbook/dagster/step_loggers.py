"""``get_dagster_logger``: a logger whose lines stay with the step that logs."""

from __future__ import annotations

import logging

from assetbook.execution.capture import step_log


def get_dagster_logger(name: str | None = None) -> logging.Logger:
    """The logger behind ``context.log``, or one of that name below it."""
    return step_log if name is None else step_log.getChild(name)
