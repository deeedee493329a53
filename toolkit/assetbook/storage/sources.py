"""What a store remembers of code: texts, snapshots of locations, bundles, and pins.

The content of a snapshot or bundle is kept once, under its digest, and refers to parts, which
several contents share. A taking says when a location was seen with a content; a pin names the
bundle that a location runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

import msgspec

from assetbook.events.run_events import RunStarted

ContentKind: TypeAlias = Literal["snapshot", "bundle"]


class StoredSnapshot(msgspec.Struct, frozen=True):
    """What a location defined at one time, as its writer encoded it."""

    id: int
    location: str
    at: datetime
    body: bytes


class Content(msgspec.Struct, frozen=True):
    """What a snapshot or bundle holds, as its writer encoded it."""

    digest: str
    kind: ContentKind
    location: str
    body: str
    parts: tuple[str, ...] = ()
    """The digests of the texts that it refers to."""


class StoredContent(msgspec.Struct, frozen=True):
    """A content, and when it was last stored."""

    content: Content
    at: datetime


class Pin(msgspec.Struct, frozen=True):
    """The source that a location runs, whatever its file says now."""

    location: str
    bundle: str
    """The digest of the bundle."""
    snapshot: str | None
    """The digest of the snapshot that was taken with it; None without one."""
    at: datetime
    by: str
    """The user, and the computer: ``ann@laptop``."""


class SourceUse(msgspec.Struct, frozen=True):
    """All snapshots and bundles, and who names them; as of one commit."""

    snapshots: tuple[StoredSnapshot, ...]
    contents: tuple[StoredContent, ...]
    pins: tuple[Pin, ...]
    named_by_runs: frozenset[str]
    """The digests of contents that runs name."""
    automation_pins: tuple[str, ...]
    """What automations say of the code that they run, as their writers encoded it."""
    named_by_backfills: frozenset[str]
    """The digests of the bundles that backfills run."""
    part_sizes: Mapping[str, int]
    """Bytes that each part takes, by digest."""


class SourcesGoing(msgspec.Struct, frozen=True):
    """Snapshots and contents that are let go."""

    snapshots: tuple[int, ...] = ()
    """Ids."""
    contents: tuple[str, ...] = ()
    """Digests; parts that no other content refers to go with them."""
    size: int = 0
    """Bytes that they and those parts take."""


def names_in(runs: Iterable[RunStarted]) -> frozenset[str]:
    """The digests of the snapshots and bundles that runs name."""
    named = (each for run in runs for each in (run.snapshot, run.bundle))
    return frozenset(each for each in named if each is not None)


def parts_left(use: SourceUse, going: SourcesGoing) -> frozenset[str]:
    """The parts that the contents which stay refer to."""
    gone = frozenset(going.contents)
    stay = (each.content for each in use.contents if each.content.digest not in gone)
    return frozenset(part for each in stay for part in each.parts)


class Sources(Protocol):
    """Code that definitions reach, and what each location defines."""

    def put_texts(self, texts: Mapping[str, str]) -> None:
        """Stores texts by their digests, before any later commit; known ones cost nothing."""
        ...

    def texts(self, digests: Collection[str]) -> dict[str, str]:
        """The texts of those digests that are stored."""
        ...

    def put_snapshot(self, location: str, body: bytes) -> int:
        """The id of the snapshot, which is durable when it returns."""
        ...

    def snapshot(self, location: str | None = None) -> StoredSnapshot | None:
        """The location's newest snapshot (None: the newest of all), or None."""
        ...

    def snapshots(self) -> dict[str, StoredSnapshot]:
        """The newest snapshot of each location, in the order in which they were taken."""
        ...

    def put_content(self, content: Content, parts: Mapping[str, str]) -> None:
        """Stores a content with its parts in one transaction, before any later commit.

        What is stored already costs little, and counts as stored now.
        """
        ...

    def content(self, digest: str) -> StoredContent | None:
        """The content of that digest, or None."""
        ...

    def parts(self, digests: Collection[str]) -> dict[str, str]:
        """The parts of those digests that are stored."""
        ...

    def put_pin(self, pin: Pin) -> None:
        """Moves the pin of a location there; durable when it returns.

        Raises ConflictError if the bundle that it names is not stored.
        """
        ...

    def pins(self) -> dict[str, Pin]:
        """The pins, by location."""
        ...

    def drop_sources(self, choose: Callable[[SourceUse], SourcesGoing]) -> SourcesGoing:
        """Removes what ``choose`` names of all snapshots and contents, and gives it back.

        In one transaction with what ``choose`` is shown, which must not use the store.
        """
        ...
