"""Which old snapshots and bundles may go: a pure decision about what is stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from assetbook.instance.automation_pin import pin_from
from assetbook.instance.snapshot_pages import content_of
from assetbook.planning.retention import YOUNGEST
from assetbook.settings import Retention
from assetbook.storage.sources import SourcesGoing, SourceUse, parts_left


def sources_going(use: SourceUse, retention: Retention, now: datetime) -> SourcesGoing:
    """The snapshots and contents that no rule keeps, and the bytes that they alone take.

    Never the newest snapshot of a location, what a run, a pin, a schedule, a sensor or a backfill
    names, nor what is younger than ``scheduled_days`` of the project's rule, or than a day.
    """
    oldest = now - max(YOUNGEST, timedelta(days=retention.rule.scheduled_days))
    newest = {each.location: each.id for each in use.snapshots}  # they are in order
    going = [
        each for each in use.snapshots if each.at < oldest and each.id != newest[each.location]
    ]
    gone = {each.id for each in going}
    named = {content_of(each) for each in use.snapshots if each.id not in gone}
    named |= use.named_by_runs
    named |= use.named_by_backfills
    pins: list[tuple[str | None, str | None]]
    pins = [(each.bundle, each.snapshot) for each in use.pins]
    pins += [(each.bundle, each.snapshot) for each in map(pin_from, use.automation_pins)]
    named |= {each for pin in pins for each in pin if each is not None}
    contents = [
        each.content
        for each in use.contents
        if each.at < oldest and each.content.digest not in named
    ]
    found = SourcesGoing(tuple(sorted(gone)), tuple(each.digest for each in contents))
    left = parts_left(use, found)
    size = sum(length for digest, length in use.part_sizes.items() if digest not in left)
    size += sum(len(each.body) for each in going) + sum(len(each.body) for each in contents)
    return SourcesGoing(found.snapshots, found.contents, size)
