"""A cell's outputs on their way out of the kernel: without secrets, and no more than is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assetbook.definitions.secret import known_secrets, scrub_json
from assetbook.kernels.limits import SHOWN

_TEXTS = ("stdout", "stderr")
LARGEST_DISPLAY = 10_000_000
"""Characters of one display that are kept."""


class CellOutputs:
    """Makes the messages of one cell fit to be kept."""

    def __init__(self, largest: int = SHOWN) -> None:
        self._held = dict.fromkeys(_TEXTS, "")  # may begin a secret
        self._largest = largest
        self._shown = 0
        self.left_out = 0
        """Characters of printed text that the cell does not show."""

    def take(self, message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The message as it may be shown, after texts that waited; none while a text waits for what
        follows it."""
        if message["msg_type"] == "stream":
            yield from self._printed(message["content"]["name"], message["content"]["text"])
            return
        yield from self.rest()
        yield {**message, "content": _no_larger(scrub_json(message["content"]))}

    def rest(self) -> Iterator[dict[str, Any]]:
        """What waits, as nothing follows."""
        for name in _TEXTS:
            text, self._held[name] = self._held[name], ""
            yield from self._shown_of(name, text)

    def _printed(self, name: str, text: str) -> Iterator[dict[str, Any]]:
        text = self._held.get(name, "") + text
        settled = known_secrets.settled(text) if known_secrets else len(text)
        self._held[name] = text[settled:]
        yield from self._shown_of(name, text[:settled])

    def _shown_of(self, name: str, text: str) -> Iterator[dict[str, Any]]:
        if not text:
            return
        text = known_secrets.scrub(text) if known_secrets else text
        room = max(self._largest - self._shown, 0)
        self._shown += len(text)
        self.left_out += max(len(text) - room, 0)
        yield {
            "msg_type": "stream",
            "content": {"name": name, "text": text},
            "shown": min(len(text), room),
        }


def _no_larger(content: dict[str, Any]) -> dict[str, Any]:
    data = content.get("data")
    if not isinstance(data, dict):
        return content
    size = sum(len(each) for each in data.values() if isinstance(each, str))
    if size <= LARGEST_DISPLAY:
        return content
    text = str(data.get("text/plain", ""))[:1000]
    said = f"{text} ({size / 1e6:,.0f} MB are too much to be displayed)"
    return {**content, "data": {"text/plain": said}, "metadata": {}}
