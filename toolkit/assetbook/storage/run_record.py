"""A run as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from assetbook.events.parts import Origin, Reexecution
from assetbook.keys import RunId
from assetbook.storage.process_identity import ProcessIdentity

RunStatus: TypeAlias = Literal["queued", "started", "canceling", "success", "failed", "canceled"]
ON_THEIR_WAY: frozenset[RunStatus] = frozenset(["queued", "started", "canceling"])
"""The statuses of runs that have not ended."""
RUNNING: frozenset[RunStatus] = ON_THEIR_WAY - {"queued"}
"""The statuses of those that have started."""


class RunRecord(msgspec.Struct, frozen=True):
    """A run as it stands."""

    id: RunId
    status: RunStatus
    asked: str
    origin: Origin
    steps: tuple[str, ...]
    started_at: datetime
    """As long as it is queued, when it was."""
    ended_at: datetime | None
    """None while it is on its way."""
    message: str
    """Why it did not succeed, or why it waits where that is known; empty otherwise."""
    owner: ProcessIdentity
    """The process that runs it, or that waits to."""
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    """What it was marked with when it was asked for."""
    queued_at: datetime | None = None
    """Since when it waits, or waited, for its turn; None if it did not."""
    reexecution: Reexecution | None = None
    """The run that it does again, or goes on with; None for one of its own."""
    bundle: str | None = None
    """The digest of the source that it was launched from; None as long as it waits, and if none
    was kept."""
