"""Texts, snapshots, bundles and pins of a store in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from assetbook.clock import Clock
from assetbook.errors import StoreError
from assetbook.events.run_events import RunStarted
from assetbook.storage import refusals
from assetbook.storage.memory_tables import MemoryTables
from assetbook.storage.sources import (
    Content,
    Pin,
    SourcesGoing,
    SourceUse,
    StoredContent,
    StoredSnapshot,
    names_in,
    parts_left,
)

T = TypeVar("T")


class MemorySources:
    """The part of a store in memory that is about code, and the lock of all of it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._mutex = threading.Lock()
        self._closed = False
        self._tables = MemoryTables()
        self._texts: dict[str, str] = {}
        self._snapshots: list[StoredSnapshot] = []
        self._contents: dict[str, StoredContent] = {}
        self._parts: dict[str, str] = {}
        self._pins: dict[str, Pin] = {}

    def put_texts(self, texts: Mapping[str, str]) -> None:
        """See :meth:`assetbook.storage.sources.Sources.put_texts`."""
        with self._mutex:
            self._refuse_closed()
            self._texts.update(texts)

    def texts(self, digests: Collection[str]) -> dict[str, str]:
        """See :meth:`assetbook.storage.sources.Sources.texts`."""
        self._refuse_closed()
        return {digest: self._texts[digest] for digest in digests if digest in self._texts}

    def put_snapshot(self, location: str, body: bytes) -> int:
        """See :meth:`assetbook.storage.sources.Sources.put_snapshot`."""
        with self._mutex:
            self._refuse_closed()
            number = self._snapshots[-1].id + 1 if self._snapshots else 1
            self._snapshots.append(StoredSnapshot(number, location, self._clock.now(), body))
            return number

    def snapshot(self, location: str | None = None) -> StoredSnapshot | None:
        """See :meth:`assetbook.storage.sources.Sources.snapshot`."""
        newest = reversed(self._copy(self._snapshots))
        return next((each for each in newest if location in (None, each.location)), None)

    def snapshots(self) -> dict[str, StoredSnapshot]:
        """See :meth:`assetbook.storage.sources.Sources.snapshots`."""
        newest = {each.location: each for each in self._copy(self._snapshots)}
        return dict(sorted(newest.items(), key=lambda item: item[1].id))

    def put_content(self, content: Content, parts: Mapping[str, str]) -> None:
        """See :meth:`assetbook.storage.sources.Sources.put_content`."""
        with self._mutex:
            self._refuse_closed()
            self._parts.update(parts)
            self._contents[content.digest] = StoredContent(content, self._clock.now())

    def content(self, digest: str) -> StoredContent | None:
        """See :meth:`assetbook.storage.sources.Sources.content`."""
        self._refuse_closed()
        return self._contents.get(digest)

    def parts(self, digests: Collection[str]) -> dict[str, str]:
        """See :meth:`assetbook.storage.sources.Sources.parts`."""
        self._refuse_closed()
        return {digest: self._parts[digest] for digest in digests if digest in self._parts}

    def put_pin(self, pin: Pin) -> None:
        """See :meth:`assetbook.storage.sources.Sources.put_pin`."""
        with self._mutex:
            self._refuse_closed()
            for named, kind in ((pin.bundle, "bundle"), (pin.snapshot, "snapshot")):
                stored = self._contents.get(named) if named is not None else None
                if named is not None and (stored is None or stored.content.kind != kind):
                    raise refusals.nothing_to_pin(pin.location, kind)
            self._pins[pin.location] = pin

    def pins(self) -> dict[str, Pin]:
        """See :meth:`assetbook.storage.sources.Sources.pins`."""
        moved = sorted(self._copy(self._pins.values()), key=lambda each: each.at)
        return {each.location: each for each in moved}

    def drop_sources(self, choose: Callable[[SourceUse], SourcesGoing]) -> SourcesGoing:
        """See :meth:`assetbook.storage.sources.Sources.drop_sources`."""
        with self._mutex:
            self._refuse_closed()
            runs = (each for each in self._tables.events if isinstance(each, RunStarted))
            use = SourceUse(
                tuple(self._snapshots),
                tuple(self._contents.values()),
                tuple(self._pins.values()),
                names_in(runs),
                *self._named_elsewhere(),
                {digest: len(text.encode()) for digest, text in self._parts.items()},
            )
            going = choose(use)
            self._snapshots = [each for each in self._snapshots if each.id not in going.snapshots]
            for digest in going.contents:
                del self._contents[digest]
            self._parts = {digest: self._parts[digest] for digest in parts_left(use, going)}
            return going

    def _named_elsewhere(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """What automations say of their code, and the bundles of backfills."""
        return (), frozenset()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreError("using a store in memory", "the store is closed", "Make another one.")

    def _copy(self, records: Iterable[T]) -> list[T]:
        """The records as they are at one moment, while other threads commit."""
        with self._mutex:
            self._refuse_closed()
            return list(records)
