"""Two distributions of a column as one small picture, the older above the newer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from assetbook.io.column_profile import distance
from assetbook.io.comparison import Profile
from assetbook.surfaces.display.html import Html, tag
from assetbook.surfaces.display.theme import LOOKS

OLD_COLOUR: Final = "#7f8794"
NEW_COLOUR: Final = LOOKS["running"].colour

_WIDTH, _LANE, _BAR = 150.0, 9.0, 6.0


def picture_of(before: Profile | None, after: Profile | None) -> Html | None:
    """The picture; None where there is nothing to draw.

    Numbers and instants are boxes from the lower to the upper quartile with the median in them and
    a line from the 5th to the 95th percentile; texts are bars of the shares of frequent values.
    """
    sides = [(OLD_COLOUR, before), (NEW_COLOUR, after)]
    drawn = [(colour, side) for colour, side in sides if side is not None]
    if any(_usable(side.quantiles) for _, side in drawn):
        return _boxes([(colour, side.quantiles) for colour, side in drawn])
    if any(side.top for _, side in drawn):
        return _shares(drawn)
    return None


def count_bar(part: int, whole: int, colour: str) -> Html:
    """How much ``part`` is of ``whole``, as a bar; at least a hair if it is not nothing."""
    share = part / whole if whole else 0.0
    width = max(1.5, 100 * share) if part else 0.0
    inner = tag("div", style=f"width: {width:.4g}%; background: {colour}")
    return tag("div", inner, class_="assetbook-bar", style="width: 72px", aria_hidden="true")


def _boxes(sides: Sequence[tuple[str, Sequence[Any]]]) -> Html:
    usable = [(colour, points) for colour, points in sides if _usable(points)]
    least = min(points[0] for _, points in usable)
    most = max(points[-1] for _, points in usable)
    scale = (_WIDTH - 4) / (distance(least, most) or 1.0)
    lanes = []
    for lane, (colour, points) in enumerate(usable):
        places = [2 + scale * distance(least, point) for point in points]
        lanes += _box(places, lane * _LANE + 1, colour)
    return _svg(lanes, len(usable))


def _box(places: Sequence[float], top: float, colour: str) -> list[Html]:
    low, left, middle, right, high = places
    half = top + _BAR / 2
    line = tag("line", x1=low, y1=half, x2=high, y2=half, stroke=colour, stroke_width=1)
    width = max(right - left, 1.5)
    box = tag("rect", x=left, y=top, width=width, height=_BAR, rx=1, fill=colour, opacity=0.55)
    median = tag(
        "line", x1=middle, y1=top - 1, x2=middle, y2=top + _BAR + 1, stroke=colour, stroke_width=2
    )
    return [line, box, median]


def _shares(sides: Sequence[tuple[str, Profile]]) -> Html:
    lanes = []
    for lane, (colour, side) in enumerate(sides):
        whole = (side.rows - side.nulls) or 1
        left = 0.0
        for at, (_, count) in enumerate(side.top):
            width = _WIDTH * count / whole
            fade = 0.9 - 0.14 * at
            lanes.append(
                tag(
                    "rect",
                    x=left,
                    y=lane * _LANE + 1,
                    width=max(width - 1, 0.0),
                    height=_BAR,
                    fill=colour,
                    opacity=fade,
                )
            )
            left += width
    return _svg(lanes, len(sides))


def _svg(shapes: Sequence[Html], lanes: int) -> Html:
    height = lanes * _LANE
    return tag(
        "svg",
        *shapes,
        width=_WIDTH,
        height=height,
        viewBox=f"0 0 {_WIDTH:g} {height:g}",
        aria_hidden="true",
        style="display: block; margin: 2px 0",
    )


def _usable(points: Sequence[Any]) -> bool:
    return bool(points) and all(
        point is not None and not (isinstance(point, float) and not math.isfinite(point))
        for point in points
    )
