"""What a store remembers of backfills: what was asked, and how far each got.

A backfill's plan is its chunks, each of which becomes one run. A chunk is given its run's id before
that is launched: whoever goes on after a crash launches it again under the same id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

import msgspec

from assetbook.errors import ConflictError
from assetbook.keys import RunId

BackfillStatus: TypeAlias = Literal[
    "requested", "running", "paused", "canceling", "canceled", "failed", "success"
]
ChunkState: TypeAlias = Literal["waiting", "launched", "success", "failed", "canceled", "skipped"]


class Backfill(msgspec.Struct, frozen=True):
    """A backfill as it stands."""

    id: str
    status: BackfillStatus
    asked: str
    """What was asked, as typed."""
    created_at: datetime
    by: str
    """The user, and the computer: ``ann@laptop``."""
    policy: str = ""
    """How it goes about it, as its writer encoded it."""
    plan: str = ""
    """What its chunks have in common, as its writer encoded it."""
    bundle: str | None = None
    """The digest of the code that all its runs run; None for the latest."""
    ended_at: datetime | None = None
    message: str = ""
    """Why, for one that did not succeed."""


class Chunk(msgspec.Struct, frozen=True):
    """What one run of a backfill is to make, and where that stands."""

    backfill: str
    ordinal: int
    """Its place in the plan, from 0."""
    body: str
    """What is to be made, as its writer encoded it."""
    state: ChunkState = "waiting"
    run_id: RunId | None = None
    """The run that it became, or is about to; None while it waits."""


ChunkChange: TypeAlias = tuple[Chunk, Chunk]
"""A chunk as it was seen, and as it is to be."""


def known_backfill(backfill: str) -> ConflictError:
    """For adding a backfill twice."""
    return ConflictError(f"adding backfill {backfill}", "there is one with this id")


def changed_meanwhile(backfill: str, what: str) -> ConflictError:
    """For a change of what is not as it was seen."""
    return ConflictError(
        f"changing backfill {backfill}",
        f"{what} was changed by somebody else meanwhile",
        "Look at it again: `%backfills` shows where it stands.",
    )


def refuse_other_chunks(changes: Iterable[ChunkChange]) -> None:
    """Raises ValueError where a change makes another chunk of one."""
    for before, after in changes:
        if (before.backfill, before.ordinal) != (after.backfill, after.ordinal):
            raise ValueError(f"{before} cannot become {after}: that is another chunk")


class Backfills(Protocol):
    """Backfills and their chunks."""

    def add_backfill(self, backfill: Backfill, chunks: Sequence[str]) -> None:
        """Stores a backfill, and its chunks' bodies in the order of the plan; all or nothing.

        Raises ConflictError if there is one with its id.
        """
        ...

    def backfill(self, backfill: str) -> Backfill | None:
        """The backfill with that id; None if there is none."""
        ...

    def backfills(
        self, *, statuses: Collection[BackfillStatus] | None = None, limit: int | None = None
    ) -> list[Backfill]:
        """The backfills in ``statuses`` (None: in any), newest first."""
        ...

    def change_backfill(self, before: Backfill, after: Backfill) -> None:
        """Writes ``after`` in the place of ``before``. Raises ConflictError if it is not so."""
        ...

    def chunks(
        self,
        backfill: str,
        *,
        states: Collection[ChunkState] | None = None,
        after: int = -1,
        limit: int | None = None,
    ) -> list[Chunk]:
        """The chunks with ordinals above ``after`` that are in ``states`` (None: in any), in the
        order of the plan."""
        ...

    def change_chunks(self, changes: Sequence[ChunkChange]) -> None:
        """Writes each second chunk in the place of the first; all or nothing.

        Raises ConflictError if one is not as it was seen.
        """
        ...

    def chunk_counts(
        self, backfills: Collection[str] | None = None
    ) -> dict[str, dict[ChunkState, int]]:
        """How many chunks of each backfill (None: of all) are in each state that any is in."""
        ...
