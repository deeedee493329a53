"""Whom the daemon tells what went wrong, how that stands, and what they were sent last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from assetbook.storage.automations import Tick
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag
from assetbook.surfaces.display.view import View, headline, muted, plain, section
from assetbook.surfaces.suggestion import typed

_HEADS = ("target", "is told", "where", "stands")
_SENT = ("at (UTC)", "target", "what", "became")
_NOBODY = "nobody is told what goes wrong: [tool.assetbook.alerts] in pyproject.toml says whom"


class TargetStanding(msgspec.Struct, frozen=True):
    """One target of alerts."""

    name: str
    told: str
    """``failed, late of group:marts``"""
    where: str
    """Without what may be secret in it."""
    looked: bool = False
    """Whether a daemon has looked yet."""
    trouble: str = ""
    """Why nothing could be sent; empty if all is well."""
    pending: int = 0
    """How many are to be sent."""
    sent: Sequence[Tick] = ()
    """What it was sent last, newest first."""

    @property
    def stands(self) -> str:
        """A few words on it; empty where all was sent."""
        if not self.looked:
            return "no daemon has looked yet"
        waiting = f"{counted(self.pending, 'alert')} to be sent" if self.pending else ""
        return self.trouble or waiting or ("" if self.sent else "nothing was sent yet")


class AlertsView(View):
    """The targets of alerts, each with what it was sent last."""

    def __init__(self, targets: Sequence[TargetStanding]) -> None:
        self.targets = tuple(targets)

    def __str__(self) -> str:
        if not self.targets:
            return _NOBODY
        return "\n".join([*plain(line for each in self.targets for line in _lines(each)), _test()])

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        if not self.targets:
            return muted(_NOBODY)
        rows = tuple((_name(each), each.told, each.where, each.stands) for each in self.targets)
        sent = [(each, tick) for each in self.targets for tick in each.sent]
        sent.sort(key=lambda each: each[1].at, reverse=True)
        last = Grid(_SENT, tuple(_sent_line(each, tick) for each, tick in sent))
        parts = (headline("Alerts"), Grid(_HEADS, rows).html())
        return join((*parts, section("sent last", last.html()) if sent else Html(), muted(_test())))

    def to_json(self) -> list[dict[str, Any]]:
        """One dict a target."""
        return [
            {
                "name": each.name,
                "told": each.told,
                "where": each.where,
                "looked": each.looked,
                "trouble": each.trouble,
                "pending": each.pending,
                "sent": [
                    {"at": tick.at.isoformat(), "what": tick.logs, "became": _became(tick)}
                    for tick in each.sent
                ],
            }
            for each in self.targets
        ]


def _test() -> str:
    return f"`{typed('daemon alerts')} --test` sends a test to each"


def _lines(target: TargetStanding) -> Iterator[str]:
    yield f"{target.name}: {target.told}, to {target.where}"
    if target.stands:
        yield f"  {target.stands}"
    for tick in target.sent:
        more = f": {tick.message}" if tick.message else ""
        yield f"  {tick.at:%Y-%m-%d %H:%M:%S} UTC {_became(tick)} {tick.logs}{more}"


def _name(target: TargetStanding) -> Cell:
    return Cell(target.name, tag("span", target.name, class_="assetbook-name"))


def _sent_line(target: TargetStanding, tick: Tick) -> tuple[Cell | str, ...]:
    became = f"{_became(tick)}: {tick.message}" if tick.message else _became(tick)
    return (f"{tick.at:%Y-%m-%d %H:%M:%S}", target.name, tick.logs, became)


def _became(tick: Tick) -> str:
    return "sent" if tick.status == "requested" else "given up"
