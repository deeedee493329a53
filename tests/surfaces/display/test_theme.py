"""Colours, symbols and words of the states."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest

from assetbook.dependencies.asset_state import State
from assetbook.surfaces.display.text_width import columns_of
from assetbook.surfaces.display.theme import GROUP_COLOURS, LOOKS, group_colour, look_of

Colour = tuple[float, float, float]

# Full deuteranopia and protanopia in linear RGB, after Machado, Oliveira and Fernandes (2009).
SIGHTS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
}


def linear(colour: str) -> Colour:
    """The light of a CSS colour, each part from 0 to 1."""
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG reckons it, from 1 to 21."""
    lights = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue
        for red, green, blue in map(linear, (one, other))
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(colour: str, sight: str) -> Colour:
    """The colour in CIE Lab, as somebody with that sight sees it."""
    light = linear(colour)
    seen = [sum(a * b for a, b in zip(row, light, strict=True)) for row in SIGHTS[sight]]
    red, green, blue = (min(1.0, max(0.0, part)) for part in seen)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def test_every_state_has_a_look() -> None:
    assert set(LOOKS) == {*get_args(State), "running", "failed"}


def test_symbols_and_words_differ() -> None:
    assert len({look.symbol for look in LOOKS.values()}) == len(LOOKS)
    assert len({look.word for look in LOOKS.values()}) == len(LOOKS)
    assert {columns_of(look.symbol) for look in LOOKS.values()} == {1}


@pytest.mark.parametrize("ground", ["#ffffff", "#161a20"])
def test_colours_stand_out_from_the_ground(ground: str) -> None:
    for colour in [*(look.colour for look in LOOKS.values()), *GROUP_COLOURS]:
        assert contrast(colour, ground) >= 3, colour


@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_stay_apart_for_every_sight(sight: str) -> None:
    for (one, first), (other, second) in combinations(LOOKS.items(), 2):
        a, b = lab(first.colour, sight), lab(second.colour, sight)
        apart = sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5
        assert apart > 15, (one, other)


def test_an_unheard_of_state_keeps_its_word() -> None:
    assert (look_of("waiting").symbol, look_of("waiting").word) == ("·", "waiting")
    assert look_of(None).word == ""


def test_a_group_keeps_its_colour() -> None:
    assert group_colour("marts") == group_colour("marts") in GROUP_COLOURS
    assert group_colour("\ud800") in GROUP_COLOURS
