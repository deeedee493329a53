"""How much a run may print and display: what its kernel says is kept while there is room."""

from __future__ import annotations

from typing import Any

_ALWAYS = ("error", "clear_output")


class OutputRoom:
    """The room for the outputs of one run, ``limit`` bytes in all; None for as much as comes.

    Bytes are those of printed text as UTF-8, and of the texts that a display is made of.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._left = limit or 0
        self.is_over = False
        """Whether something came for which there was no room; nothing is kept from there on."""

    def kept(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """The message as far as there is room for it; None for nothing of it. How the cell failed
        is always kept."""
        if self._limit is None or message["msg_type"] in _ALWAYS:
            return message
        if message["msg_type"] == "stream":
            return self._printed(message)
        size = _size(message["content"].get("data", {}))
        if self.is_over or size > self._left:
            self.is_over = True
            return None
        self._left -= size
        return message

    def _printed(self, message: dict[str, Any]) -> dict[str, Any] | None:
        text = message["content"]["text"]
        data = text.encode("utf-8", "surrogatepass")
        room = 0 if self.is_over else self._left
        if len(data) <= room:
            self._left -= len(data)
            return message
        self.is_over = True
        text = data[:room].decode("utf-8", "ignore")
        if not text:
            return None
        shown = {"shown": min(message["shown"], len(text))} if "shown" in message else {}
        return {**message, "content": {**message["content"], "text": text}, **shown}


def _size(data: Any) -> int:
    """Bytes of the texts in a display's bundle."""
    if isinstance(data, str):
        return len(data.encode("utf-8", "surrogatepass"))
    if isinstance(data, dict):
        return sum(map(_size, data.values()))
    return sum(map(_size, data)) if isinstance(data, list) else 0
