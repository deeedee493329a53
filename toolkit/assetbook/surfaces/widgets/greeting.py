"""What a page is told first: the programs and styles of all views, and how states look."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.theme import GROUP_COLOURS, LOOKS, variables
from assetbook.surfaces.live import LiveNotebook

WEB = files("assetbook.surfaces.widgets") / "web"
"""Where the programs and styles are."""


def greeting(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """The programs by name and a stamp of them, one text of styles, the looks of states, and where
    this is.

    The programs are left out for a page that has them: by ``given["known"]``, the stamps of those
    that it holds, or ``given["served"]``.
    """
    _, location, _ = desk.origin
    has_them = given.get("served") or stamp() in (given.get("known") or ())
    return {
        "stamp": stamp(),
        "programs": {} if has_them else programs(),
        "style": style(),
        "looks": looks(),
        "groups": list(GROUP_COLOURS),
        "project": desk.instance.root.name,
        "location": location or "",
        "live": isinstance(desk, LiveNotebook),
    }


def looks() -> dict[str, dict[str, str]]:
    """The colour, symbol and word of each state."""
    return {
        state: {"colour": look.colour, "symbol": look.symbol, "word": look.word}
        for state, look in LOOKS.items()
    }


@cache
def programs() -> dict[str, str]:
    """The ES modules by name, ``main.js`` among them."""
    return _texts(".js")


@cache
def stamp() -> str:
    """What tells these programs from those of another release."""
    return blake2b("".join(programs().values()).encode(), digest_size=8).hexdigest()


@cache
def style() -> str:
    """The rules of all views, below ``.assetbook``."""
    return variables(".assetbook") + "\n".join(_texts(".css").values())


def _texts(ending: str) -> dict[str, str]:
    found = sorted(each.name for each in WEB.iterdir() if each.name.endswith(ending))
    return {name: (WEB / name).read_text(encoding="utf-8") for name in found}
