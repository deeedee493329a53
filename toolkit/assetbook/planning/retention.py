"""Which old versions may go: a pure decision about what is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from assetbook.events.value_file import ValueFile
from assetbook.keys import AssetKey, PartitionKey
from assetbook.settings import Retention

YOUNGEST = timedelta(hours=24)
"""Nothing that is younger goes: whoever is reading or writing it has finished by then."""


def superfluous(
    values: Iterable[ValueFile], retention: Retention, now: datetime
) -> list[ValueFile]:
    """The versions that may go, oldest first: those that no rule of ``retention`` keeps.

    Never the latest, one that is kept, one that a live run may read, one younger than a day, nor
    one whose file another version needs.
    """
    every = list(values)
    series: dict[tuple[AssetKey, PartitionKey | None], list[ValueFile]] = defaultdict(list)
    for value in every:
        series[value.key, value.partition].append(value)
    going = [each for some in series.values() for each in _going(some, retention, now)]
    gone = {(each.key, each.number) for each in going}
    needed = {each.path for each in every if (each.key, each.number) not in gone}
    return sorted((each for each in going if each.path not in needed), key=lambda each: each.at)


def _going(versions: Sequence[ValueFile], retention: Retention, now: datetime) -> list[ValueFile]:
    rule = retention.of(str(versions[0].key))
    by_hand = sorted((each.number for each in versions if not each.scheduled), reverse=True)
    newest = set(by_hand[: rule.session_versions])
    oldest = now - timedelta(days=rule.scheduled_days)
    return [
        each
        for each in versions
        if not (each.latest or each.kept or each.in_use)
        and each.at < now - YOUNGEST
        and (each.at < oldest if each.scheduled else each.number not in newest)
    ]
