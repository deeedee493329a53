"""What the functions of ticks logged: of the newest one that logged anything."""

from __future__ import annotations

from collections.abc import Sequence

from assetbook.storage.automations import Tick
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.view import section, text_section

_MOST_LINES = 200


def logs_text(ticks: Sequence[Tick]) -> str:
    """As a part of a plain view; empty if none logged anything."""
    tick = _newest(ticks)
    return "" if tick is None else text_section(_title(tick), visible(_lines(tick)))


def logs_html(ticks: Sequence[Tick]) -> Html:
    """As a part of a view; nothing if none logged anything."""
    tick = _newest(ticks)
    if tick is None:
        return Html()
    return section(_title(tick), tag("pre", _lines(tick), class_="assetbook-text"))


def _newest(ticks: Sequence[Tick]) -> Tick | None:
    return next((each for each in ticks if each.logs.strip()), None)


def _title(tick: Tick) -> str:
    return f"said at {tick.at:%Y-%m-%d %H:%M:%S} UTC"


def _lines(tick: Tick) -> str:
    lines = tick.logs.splitlines()
    more = len(lines) - _MOST_LINES
    return "\n".join([*lines[:_MOST_LINES], *([f"and {more:,} more lines"] if more > 0 else [])])
