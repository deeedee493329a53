"""What moved clearly between two distributions of a column: more than chance would make it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import structs

from assetbook.io.column_profile import QUANTILES, distance, spread_of
from assetbook.io.comparison import Profile

OF_SPREAD = 0.1
"""A quantile or mean moved clearly if by this part of the spread from the 5th to the 95th
percentile."""

OF_ROWS = 0.05
"""A share moved clearly if by this part of all rows."""

RARE = 0.01
"""A new or vanished value counts if it is this part of all rows."""

_KEPT = 5  # of the most frequent values
_NAMES = ("5th percentile", "lower quartile", "median", "upper quartile", "95th percentile")


def moved(before: Profile, after: Profile) -> tuple[str, ...]:
    """What moved clearly, a phrase each; nothing if a table has no rows."""
    if not before.rows or not after.rows:
        return ()
    noise = 3 / math.sqrt(min(before.rows, after.rows))
    found = [*_nulls(before, after, noise), *_quantiles(before, after, noise)]
    return tuple(found)


def with_frequencies(
    before: Profile, after: Profile, old: Mapping[Any, int], new: Mapping[Any, int]
) -> tuple[Profile, Profile, tuple[str, ...]]:
    """The profiles with the most frequent values of either, and which shares moved clearly."""
    top = sorted(
        dict.fromkeys([*old, *new]), key=lambda value: -max(old.get(value, 0), new.get(value, 0))
    )[:_KEPT]
    return (
        structs.replace(before, top=tuple((value, old.get(value, 0)) for value in top)),
        structs.replace(after, top=tuple((value, new.get(value, 0)) for value in top)),
        _shares(before, after, old, new),
    )


def _nulls(before: Profile, after: Profile, noise: float) -> list[str]:
    was, now = before.null_share, after.null_share
    appeared = (was == 0 or now == 0) and max(was, now) >= max(RARE, noise)
    if appeared or abs(now - was) >= max(OF_ROWS, noise):
        return [f"nulls {percent(was)} → {percent(now)}"]
    return []


def _quantiles(before: Profile, after: Profile, noise: float) -> list[str]:
    points = [*before.quantiles, *after.quantiles]
    if not before.quantiles or not after.quantiles or not all(_usable(each) for each in points):
        return []
    scale = spread_of(before.quantiles) or spread_of(after.quantiles)
    steps = [
        abs(distance(was, now)) for was, now in zip(before.quantiles, after.quantiles, strict=True)
    ]
    if not scale:
        scale = max(steps) or 1.0
    limit = scale * max(OF_SPREAD, noise)
    found = []
    middle = len(QUANTILES) // 2
    worst = middle if steps[middle] >= limit else steps.index(max(steps))
    if steps[worst] >= limit:
        was, now = brief(before.quantiles[worst]), brief(after.quantiles[worst])
        found.append(f"{_NAMES[worst]} {was} → {now}")
    elif _mean_step(before, after) >= limit:
        found.append(f"mean {brief(before.mean)} → {brief(after.mean)}")
    return found


def _mean_step(before: Profile, after: Profile) -> float:
    if before.mean is None or after.mean is None:
        return 0.0
    return abs(after.mean - before.mean)


def _usable(point: Any) -> bool:
    return point is not None and not (isinstance(point, float) and not math.isfinite(point))


def _shares(
    before: Profile, after: Profile, old: Mapping[Any, int], new: Mapping[Any, int]
) -> tuple[str, ...]:
    was_all, now_all = before.rows - before.nulls, after.rows - after.nulls
    if not was_all or not now_all:
        return ()
    noise = 3 / math.sqrt(min(was_all, now_all))
    found = []
    for word, here, there, total in (("new", new, old, now_all), ("gone", old, new, was_all)):
        alone = [count for value, count in here.items() if value not in there]
        if sum(alone) / total >= max(RARE, noise):
            values = "1 value" if len(alone) == 1 else f"{len(alone):,} values"
            found.append(f"{values} {word} ({percent(sum(alone) / total)} of rows)")
    both = [value for value in old if value in new]
    steps = {value: (old[value] / was_all, new[value] / now_all) for value in both}
    if steps:
        was, now = max(steps.values(), key=lambda pair: abs(pair[1] - pair[0]))
        if abs(now - was) >= max(OF_ROWS, noise):
            found.append(f"a value's share {percent(was)} → {percent(now)}")
    return tuple(found)


def percent(share: float) -> str:
    """``12 %``, ``0.3 %``, ``< 0.1 %``."""
    hundredths = 100 * share
    if 0 < hundredths < 0.1:
        return "< 0.1 %"
    return f"{hundredths:.1f} %".replace(".0 %", " %") if hundredths < 10 else f"{hundredths:.0f} %"


def brief(value: Any) -> str:
    """A number or an instant in a few characters."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.4g}" if isinstance(value, float) and abs(value) < 1e6 else f"{value:.4g}"
