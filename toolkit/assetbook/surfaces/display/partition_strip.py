"""The partitions of an asset at a glance: a square for each, and where their states change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from assetbook.surfaces.display.formatting import count_text
from assetbook.surfaces.display.grid import Grid
from assetbook.surfaces.display.html import Html, tag
from assetbook.surfaces.display.theme import LOOKS

MOST_SQUARES = 400
"""Squares of a strip; where there are more partitions, one stands for several."""
_MOST_LINES = 8
_WORST = ("failed", "blocked", "stale", "unknown", "missing", "fresh")
_SQUARE = "display:inline-block;width:9px;height:9px;margin:1px;border-radius:2px;background:"


def strip(states: Mapping[str, str]) -> Html:
    """A square for each partition, coloured by its state and titled with that in words; nothing for
    none, or for former ones. Beyond 400 one square stands for several, and has the worst state
    among them."""
    drawn = [_square(named, state) for named, state in squares(states)]
    style = "max-width:880px;line-height:0;margin:4px 0"
    return tag("div", *drawn, style=style) if drawn else Html()


def squares(states: Mapping[str, str]) -> list[tuple[str, str]]:
    """The squares of a strip: what each stands for, in words, and the worst state among that."""
    keys = [key for key, state in states.items() if state != "former"]
    a_square = -(-len(keys) // MOST_SQUARES) or 1  # rounded up
    groups = (keys[at : at + a_square] for at in range(0, len(keys), a_square))
    return [
        (_named(group[0], group[-1]), min((states[key] for key in group), key=_WORST.index))
        for group in groups
    ]


def shortened(states: Sequence[str], most: int) -> list[tuple[str, int]]:
    """States in their order, those in a row that are the same counted together; where there are
    more than ``most``, the worst of several stands for them."""
    share = -(-len(states) // most) if states else 1
    pieces = (states[at : at + share] for at in range(0, len(states), share))
    worst = [(min(piece, key=_WORST.index), len(piece)) for piece in pieces]
    together = groupby(worst, key=lambda each: each[0])
    return [(state, sum(count for _, count in found)) for state, found in together]


def _square(named: str, state: str) -> Html:
    colour = "transparent;box-shadow:inset 0 0 0 1px" if state == "missing" else ""
    look = LOOKS[state]
    style = f"{_SQUARE}{colour} {look.colour}" if colour else f"{_SQUARE}{look.colour}"
    return tag("span", title=f"{named}: {look.word}", style=style)


def ranges(states: Mapping[str, str]) -> Grid:
    """Which partitions in a row are in the same state, and how many; the last ones are counted
    together, and so are former ones, which the asset no longer has."""
    former = [key for key, state in states.items() if state == "former"]
    found = list(_runs({key: states[key] for key in states if states[key] != "former"}))
    lines = [
        (f"{LOOKS[state].symbol} {LOOKS[state].word}", _named(first, last), count_text(count))
        for state, first, last, count in found[:_MOST_LINES]
    ]
    if len(found) > _MOST_LINES:
        rest = sum(count for *_, count in found[_MOST_LINES:])
        lines.append(("", "and further on", count_text(rest)))
    if former:
        lines.append(
            ("· former", f"{_named(former[0], former[-1])}, kept", count_text(len(former)))
        )
    return Grid(("state", "partitions", "count"), tuple(lines), frozenset({"count"}))


def _runs(states: Mapping[str, str]) -> Iterator[tuple[str, str, str, int]]:
    for state, group in groupby(states.items(), key=lambda each: each[1]):
        keys = [key for key, _ in group]
        yield state, keys[0], keys[-1], len(keys)


def _named(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"
