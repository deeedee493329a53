"""Partitions as people write them in a line: what divides an asset, and which keys are meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.partitions.dynamic import DynamicPartitionsDefinition
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.partitions.multi import MultiPartitionsDefinition
from assetbook.definitions.partitions.regular_windows import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from assetbook.definitions.partitions.static import StaticPartitionsDefinition
from assetbook.definitions.partitions.time_windows import DATE, TimeWindowPartitionsDefinition
from assetbook.errors import SelectionError, UsageError, did_you_mean

_EXAMPLES = (
    "Write daily:2026-01-01, hourly:2026-01-01-00:00, weekly:..., monthly:..., "
    '"cron:0 0 * * 1-5:2026-01-01", static:red,green, dynamic:NAME, with @Europe/Berlin behind for '
    "a zone; several dimensions as color=static:red,blue;date=daily:2026-01-01."
)
_KINDS: dict[str, Callable[..., PartitionsDefinition]] = {
    "hourly": HourlyPartitionsDefinition,
    "daily": DailyPartitionsDefinition,
    "weekly": WeeklyPartitionsDefinition,
    "monthly": MonthlyPartitionsDefinition,
}
_NAMES = (*_KINDS, "cron", "static", "dynamic")
_ZONE = re.compile(r"@([A-Za-z_]+(?:/[A-Za-z_+-]+[0-9]*)*)$")
_DIMENSION = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.+)", re.DOTALL)


def parse_partitions(text: str) -> PartitionsDefinition:
    """The definition that is written ``daily:2026-01-01@Europe/Berlin`` and the like.

    Raises UsageError for what is none, DefinitionError for a date, zone or cron line that is none.
    """
    parts = text.split(";")
    dimensions = [_DIMENSION.fullmatch(part.strip()) for part in parts]
    if len(parts) > 1 and all(dimensions):
        return MultiPartitionsDefinition(
            {found[1]: _single(found[2].strip(), text) for found in dimensions if found}
        )
    return _single(text.strip(), text)


def _single(text: str, asked: str) -> PartitionsDefinition:
    kind, colon, rest = text.partition(":")
    if kind not in _NAMES or not colon or not rest:
        found = (
            f"there are no partitions `{kind}`" if kind not in _NAMES else "what follows is gone"
        )
        near = did_you_mean(kind, _NAMES)
        raise UsageError(f"partitions {asked!r}", found, f"{near} {_EXAMPLES}".strip())
    if kind == "static":
        return StaticPartitionsDefinition([each.strip() for each in rest.split(",")])
    if kind == "dynamic":
        return DynamicPartitionsDefinition(name=rest)
    zone = _ZONE.search(rest)
    timezone = zone[1] if zone else None
    rest = rest[: zone.start()] if zone else rest
    if kind != "cron":
        return _KINDS[kind](rest, timezone=timezone)
    cron, colon, start = rest.rpartition(":")
    if not colon:
        raise UsageError(f"partitions {asked!r}", "it has no first day", _EXAMPLES)
    return TimeWindowPartitionsDefinition(start, DATE, cron_schedule=cron, timezone=timezone)


def keys_named(
    text: str, definition: PartitionsDefinition, known: KnownKeys, *, asked: str
) -> Sequence[str]:
    """The keys that ``2026-01-01``, ``A..B`` (both included), ``first``, ``last``, ``all``, or
    several of these with commas name, in the definition's order.

    Raises SelectionError, which begins with ``asked``, for a key that there is not.
    """
    keys = known.keys(definition)
    if text == "all":
        return keys
    chosen: dict[int, None] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        first, dots, last = part.partition("..")
        start = _place(first or "first", definition, known, asked)
        end = _place(last or "last", definition, known, asked) if dots else start
        if end < start:
            raise SelectionError(
                f"{asked}, partitions {part!r}",
                f"{first} comes after {last}",
                f"Write {last}..{first}.",
            )
        chosen |= dict.fromkeys(range(start, end + 1))
    return [keys[at] for at in sorted(chosen)]


def _place(text: str, definition: PartitionsDefinition, known: KnownKeys, asked: str) -> int:
    keys, places = known.keys(definition), known.places(definition)
    if text in places:
        return places[text]
    if text in ("first", "last"):
        if not keys:
            raise SelectionError(
                f"{asked}, its {text} partition", f"{definition.describe()} has none yet", ""
            )
        return 0 if text == "first" else len(keys) - 1
    raise definition.unknown(text, keys)
