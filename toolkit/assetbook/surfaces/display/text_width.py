"""How wide text is likely to be, where nothing can measure it, and cutting it to fit."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ELLIPSIS = "…"


def columns_of(text: str) -> int:
    """The terminal columns that ``text`` takes: two for wide characters, none for marks."""
    return sum(_columns(character) for character in text)


def pixels_of(text: str, size: float) -> float:
    """The pixels that ``text`` takes in a common sans-serif face of ``size``; rather too many."""
    return sum(_ems(character) for character in text) * size


def cut_to_pixels(text: str, room: float, size: float) -> str:
    """``text``, or as much of its start as fits ``room`` pixels with an ellipsis after it."""
    if pixels_of(text, size) <= room:
        return text
    left = room - pixels_of(ELLIPSIS, size)
    kept = 0
    for character in text:
        left -= _ems(character) * size
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@lru_cache(maxsize=4096)
def _ems(character: str) -> float:
    columns = _columns(character)
    if columns != 1:
        return columns / 2 * 1.05
    if character in "ijl.,:;|!'`()[]{}/ ·ft":
        return 0.36
    if character in "mwMW@%—…":
        return 0.95
    return 0.72 if character.isupper() or ord(character) > 0x2000 else 0.6
