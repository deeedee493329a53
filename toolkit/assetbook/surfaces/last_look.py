"""When this user last looked at a store's overview, and what has run since."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from assetbook.instance.instance import Instance
from assetbook.storage.store import RunRecord

_MOST = 1_000
"""Runs that are counted; of more it is said that there are more."""


class News(msgspec.Struct, frozen=True):
    """What has run since a look."""

    looked_at: datetime
    runs: Sequence[RunRecord]
    """Newest first."""

    @property
    def failed(self) -> list[RunRecord]:
        """Those that did not succeed."""
        return [each for each in self.runs if each.status == "failed"]

    @property
    def is_more(self) -> bool:
        """Whether there may be more than those."""
        return len(self.runs) == _MOST


def look(instance: Instance) -> News | None:
    """What has run since this user's last look, which is from now on this one.

    None for the first one, and for a store in memory. The time is kept in a file beside the store;
    where that cannot be written, the last look stays as it is.
    """
    if instance.project is None:
        return None
    path = instance.project.store / f"last-look-{os.getuid()}"
    last = None
    with suppress(OSError, ValueError):
        last = datetime.fromisoformat(path.read_text(encoding="ascii"))
    now = instance.clock.now()
    with suppress(OSError):
        path.write_text(now.isoformat(), encoding="ascii")
    if last is None or last.tzinfo is None:
        return None
    runs = [each for each in instance.runs(_MOST) if each.started_at > last]
    return News(last, tuple(runs))
