"""One viewer: what its page asks is answered, and what it watches is pushed as it changes.

Both ends speak plain JSON over whatever carries it, a widget's comm or a web socket:

- ``{id, ask, given}`` is answered once;
- ``{id, watch, given}`` is answered with a document, and its changes follow as ``{watch: id}``;
- ``{id, leave}`` ends the watching of that id;
- ``{id, do, words}`` acts, and is answered with the line of code that does the same, also where it
  is refused; what goes on after that is told as ``{ended: id}``.

A page sends again what goes unanswered: the first messages of a widget may be lost. What comes a
second time is answered from memory, or not at all while it is on its way; nothing is done twice.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from assetbook.definitions.secret import scrub
from assetbook.errors import AssetbookError, UsageError
from assetbook.surfaces.widgets.acting import Done, act, line_of
from assetbook.surfaces.widgets.changes import Document
from assetbook.surfaces.widgets.greeting import greeting
from assetbook.surfaces.widgets.plain_json import as_page_reads
from assetbook.surfaces.widgets.room import Room
from assetbook.surfaces.widgets.topics import question_of

Message = Mapping[str, Any]
Send = Callable[[Message], None]
"""Sends a message to the page; called from any thread, must not raise."""
_REMEMBERED = 64  # answers


class Channel:
    """A viewer in ``room``, whose page is told by ``send``."""

    def __init__(self, room: Room, send: Send) -> None:
        self._room = room
        self._send = send
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, Message | None] = OrderedDict()
        self._leaves: dict[str, Callable[[], None]] = {}
        self._is_closed = False

    def receive(self, message: Any) -> None:
        """Takes what the page sent; the answer comes from another thread. What is no message of
        ours is left."""
        number = message.get("id") if isinstance(message, Mapping) else None
        if not isinstance(number, str):
            return
        with self._lock:
            if number in self._answers:
                known = self._answers[number]
                if known is not None:
                    self._send(known)
                return
            self._answers[number] = None
            while len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        if "do" in message:  # waits for its end, and keeps no question waiting
            threading.Thread(target=self._answer, args=(number, message), daemon=True).start()
        else:
            self._room.workers.submit(self._answer, number, message)

    def close(self) -> None:
        """Ends all watching."""
        with self._lock:
            self._is_closed = True
            leaves, self._leaves = list(self._leaves.values()), {}
        for leave in leaves:
            leave()

    def _answer(self, number: str, message: Message) -> None:
        answered: dict[str, Any] = {"id": number}
        try:
            answered["value"] = as_page_reads(self._value(number, message))
        except Exception as error:  # noqa: BLE001 - a page that waits is told, whatever it was
            answered["error"] = _parts_of(error)
            if "do" in message:
                answered["line"] = self._line(message)
        with self._lock:
            if number in self._answers:
                self._answers[number] = answered
        self._send(answered)

    def _value(self, number: str, message: Message) -> Any:
        given = message.get("given") or {}
        if message.get("ask") == "hello":
            return greeting(self._room.desk, given)
        if "ask" in message:
            return question_of(message["ask"])(self._room.desk, given)
        if "watch" in message:
            return self._watch(number, message["watch"], given)
        if "leave" in message:
            leave = self._leaves.pop(message["leave"], None)
            return leave() if leave is not None else None
        if "do" in message:
            done = act(
                self._room.desk,
                *_deed(message),
                at_end=lambda end: self._tell_end(number, end),
            )
            self._room.hurry()
            return done
        raise UsageError("a dashboard", "its page asked nothing")

    def _line(self, message: Message) -> str:
        """The line of code of what was refused: a person may mend it, and go on from there."""
        return scrub(line_of(self._room.desk, *_deed(message)))

    def _tell_end(self, number: str, end: Done | BaseException) -> None:
        if isinstance(end, BaseException):
            self._send({"ended": number, "error": _parts_of(end)})
        else:
            self._send({"ended": number, "value": as_page_reads(end)})
        self._room.hurry()

    def _watch(self, number: str, name: object, given: Mapping[str, Any]) -> Document:
        def push(changed: Mapping[str, Any]) -> None:
            self._send({"watch": number, "changes": changed})

        document, leave = self._room.watch(name, given, push)
        with self._lock:
            if not self._is_closed:
                self._leaves[number] = leave
                return document
        leave()
        return document


def _deed(message: Message) -> tuple[str, list[str], str]:
    """A verb, its words, and the location that it is about, empty for none."""
    words = [str(word) for word in message.get("words") or ()]
    return str(message["do"]), words, str(message.get("location") or "")


def _parts_of(error: BaseException) -> list[str]:
    """What was asked, what was found, what to do."""
    if isinstance(error, AssetbookError):
        return [scrub(part) for part in (error.asked, error.found, error.remedy)]
    return ["", scrub(f"{type(error).__name__}: {error}"), ""]
