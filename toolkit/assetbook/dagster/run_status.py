"""``DagsterRunStatus``: the statuses of runs, by Dagster's names."""

from __future__ import annotations

import enum


class DagsterRunStatus(enum.StrEnum):
    """A run's status; equal to the text that a run's record has.

    Those of ``NO_RUN_HAS`` are members, so that code which asks for them goes on: no run here ever
    has them.
    """

    QUEUED = "queued"
    NOT_STARTED = "not_started"
    MANAGED = "managed"
    STARTING = "starting"
    STARTED = "started"
    SUSPENDED = "suspended"
    SUCCESS = "success"
    FAILURE = "failed"
    CANCELING = "canceling"
    CANCELED = "canceled"


NO_RUN_HAS = frozenset(
    {
        DagsterRunStatus.NOT_STARTED,
        DagsterRunStatus.MANAGED,
        DagsterRunStatus.STARTING,
        DagsterRunStatus.SUSPENDED,
    }
)
"""Statuses of Dagster's machinery, which starts runs in steps and may suspend them."""
