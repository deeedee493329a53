"""What all viewers of one desk share: what they watch is made once, and one thread looks for news.

Looking is an index's look-up for events behind the last one seen. A document is made again only
where something was committed or defined since, and not more often than it takes a quarter of the
time; what is sent of it is what has changed.
"""

from __future__ import annotations

import json
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from assetbook.errors import AssetbookError
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.widgets.changes import Document, changes
from assetbook.surfaces.widgets.plain_json import as_page_reads
from assetbook.surfaces.widgets.topics import Given, Topic, topic_of

PAUSE = 0.15
"""Seconds between two looks."""
AGES = 30.0
"""Seconds after which a document is made anew though nothing happened: ages and due times move."""
_SHARE = 4  # a document is made anew at most every so many times the seconds that it takes

Push = Callable[[Mapping[str, Any]], None]
"""Is given what has changed of a document; must not raise."""


class _Watched:
    """A document that somebody watches. ``lock`` is the room's."""

    def __init__(self, topic: Topic, given: Given) -> None:
        self.topic = topic
        self.given = given
        self.document: Document = {}
        self.pushes: list[Push] = []
        self.pulse: object = None
        self.made_at = 0.0
        self.seconds = 0.0
        self.is_behind = False

    def make(self, desk: Desk) -> Mapping[str, Any]:
        """Makes the document anew; what has changed of it."""
        begun = time.monotonic()
        document: Document = as_page_reads(self.topic.document(desk, self.given))
        changed = changes(self.document, document)
        self.document, self.is_behind = document, False
        self.made_at = time.monotonic()
        self.seconds = self.made_at - begun
        return changed

    def is_due(self, now: float) -> bool:
        """Whether it is to be made anew."""
        if now - self.made_at > AGES:
            return True
        return self.is_behind and now - self.made_at >= self.seconds * _SHARE


class Room:
    """The documents of one desk that viewers watch; ends its thread with its last viewer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.workers = ThreadPoolExecutor(2, thread_name_prefix="assetbook view")
        """The threads that answer what viewers ask: a kernel's main one runs cells."""
        self._watched: dict[str, _Watched] = {}
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen = 0
        self._mark: object = None

    def watch(self, name: object, given: Given, push: Push) -> tuple[Document, Callable[[], None]]:
        """The document as it is now, and what ends the watching.

        Raises UsageError for what there is none of, and what making it raises.
        """
        topic = topic_of(name)
        key = json.dumps([name, given], sort_keys=True)
        with self._lock:
            watched = self._watched.get(key)
            if watched is None:
                watched = _Watched(topic, given)
                self._note_mark()
                watched.pulse = topic.pulse(self.desk, given) if topic.pulse else None
                watched.make(self.desk)
                self._watched[key] = watched
            watched.pushes.append(push)
            if self._thread is None:
                self._wake.clear()
                self._thread = threading.Thread(
                    target=self._look, name="assetbook views", daemon=True
                )
                self._thread.start()
            return watched.document, lambda: self._leave(key, push)

    def hurry(self) -> None:
        """Has everything made anew at the next look: something was done from a view."""
        with self._lock:
            for each in self._watched.values():
                each.is_behind = True

    def _leave(self, key: str, push: Push) -> None:
        with self._lock:
            watched = self._watched.get(key)
            if watched is None or push not in watched.pushes:
                return
            watched.pushes.remove(push)
            if not watched.pushes:
                del self._watched[key]
            if not self._watched:
                self._wake.set()
                self._thread = None

    def _look(self) -> None:
        ended = self._wake
        while not ended.wait(PAUSE):
            with self._lock:
                if self._thread is not threading.current_thread():
                    return
                # a store that is busy or gone for a moment is asked again at the next look
                with suppress(AssetbookError):
                    self._look_once()

    def _look_once(self) -> None:
        news = self._note_mark()
        now = time.monotonic()
        for each in list(self._watched.values()):
            if each.topic.pulse is not None:
                pulse = each.topic.pulse(self.desk, each.given)
                each.is_behind |= pulse != each.pulse
                each.pulse = pulse
            each.is_behind |= news
            if each.is_due(now) and (changed := each.make(self.desk)):
                for push in list(each.pushes):
                    push(changed)

    def _note_mark(self) -> bool:
        """Whether something was committed or defined since the last look."""
        store = self.desk.instance.store
        newest = store.events(newest_first=True, limit=1)
        taken = store.snapshot()
        generation = self.desk.session.generation if isinstance(self.desk, LiveNotebook) else 0
        mark = (
            newest[0].id if newest else 0,
            taken.id if taken is not None else 0,
            generation,
        )
        changed, self._mark = mark != self._mark, mark
        return changed


_rooms: weakref.WeakKeyDictionary[Desk, Room] = weakref.WeakKeyDictionary()


def room_of(desk: Desk) -> Room:
    """The room of a desk: the same for all its viewers."""
    if desk not in _rooms:
        _rooms[desk] = Room(desk)
    return _rooms[desk]
