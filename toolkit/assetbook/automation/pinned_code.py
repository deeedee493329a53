"""How far a notebook is ahead of the source that its schedules run."""

from __future__ import annotations

from collections.abc import Iterable

from assetbook.automation.known_schedules import KnownSchedule
from assetbook.errors import StoreError
from assetbook.instance.asset_record import AssetRecord
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pins
from assetbook.instance.snapshots import recall, recall_content


class PinnedCode:
    """Compares what schedules are pinned to with what their locations define by now."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._pins = pins(instance)
        self._now: dict[str, dict[str, str]] = {}

    def changed(self, known: KnownSchedule) -> tuple[str, ...]:
        """The assets that are new, gone, or of other code since the schedule's source was kept, or
        that of its location's pin; none for one that runs what its location says."""
        digest = known.snapshot
        if known.bundle is None and (pin := self._pins.get(known.location)) is not None:
            digest = pin.snapshot
        if digest is None:
            return ()
        try:
            before = _codes(recall_content(self._instance, digest))
        except StoreError:  # it was let go
            return ()
        now = self._of_location(known.location)
        names = before.keys() | now.keys()
        return tuple(sorted(each for each in names if before.get(each) != now.get(each)))

    def _of_location(self, location: str) -> dict[str, str]:
        if location not in self._now:
            newest = recall(self._instance, location)
            self._now[location] = _codes(newest.assets if newest is not None else ())
        return self._now[location]


def _codes(assets: Iterable[AssetRecord]) -> dict[str, str]:
    return {each.key: each.authored or each.code or "" for each in assets}


def ahead_text(changed: tuple[str, ...]) -> str:
    """``the notebook is 3 changes ahead: a, b, c``; empty for none."""
    if not changed:
        return ""
    count = f"{len(changed)} change{'' if len(changed) == 1 else 's'}"
    names = ", ".join(changed[:_NAMED]) + (", ..." if len(changed) > _NAMED else "")
    return f"the notebook is {count} ahead: {names}"


_NAMED = 5
