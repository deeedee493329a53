"""How far a notebook is ahead of the source that its schedules run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assetbook.automation.known_schedules import KnownSchedule
from assetbook.errors import StoreError
from assetbook.instance.asset_record import AssetRecord
from assetbook.instance.code_difference import Difference, manifest_differences
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pins
from assetbook.instance.snapshots import recall, recall_content


class PinnedCode:
    """Compares what schedules are pinned to with what their locations define by now."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._pins = pins(instance)
        self._now: dict[str, Mapping[str, AssetRecord]] = {}

    def changed(self, known: KnownSchedule) -> tuple[str, ...]:
        """The assets that are new, gone, or of other code since the schedule's source was kept, or
        that of its location's pin; none for one that runs what its location says."""
        before = self._before(known)
        if before is None:
            return ()
        now = self._of_location(known.location)
        names = before.keys() | now.keys()
        return tuple(sorted(each for each in names if _code(before, each) != _code(now, each)))

    def differences(self, known: KnownSchedule) -> tuple[Difference, ...]:
        """What is different in the code of those, piece by piece, old against new."""
        before = self._before(known) or {}
        now = self._of_location(known.location)
        found: dict[str, Difference] = {}
        for name in self.changed(known):
            if name not in before or name not in now:
                said = "+ it is new" if name in now else "- it is gone"
                found[name] = Difference(name, "asset", (said,))
                continue
            old, new = before[name].manifest, now[name].manifest
            for each in manifest_differences(self._instance, old, new):
                found[f"{each.kind} {each.name}"] = each  # a helper's once, whoever reaches it
        return tuple(found.values())

    def _before(self, known: KnownSchedule) -> Mapping[str, AssetRecord] | None:
        """What was defined with the source that it runs; None if it runs what its location says,
        or nobody kept it."""
        digest = known.snapshot
        if known.bundle is None and (pin := self._pins.get(known.location)) is not None:
            digest = pin.snapshot
        if digest is None:
            return None
        try:
            return _by_key(recall_content(self._instance, digest))
        except StoreError:  # it was let go
            return None

    def _of_location(self, location: str) -> Mapping[str, AssetRecord]:
        if location not in self._now:
            newest = recall(self._instance, location)
            self._now[location] = _by_key(newest.assets if newest is not None else ())
        return self._now[location]


def _by_key(assets: Iterable[AssetRecord]) -> Mapping[str, AssetRecord]:
    return {each.key: each for each in assets}


def _code(records: Mapping[str, AssetRecord], name: str) -> str | None:
    record = records.get(name)
    return None if record is None else record.authored or record.code or ""


def ahead_text(changed: tuple[str, ...]) -> str:
    """``the notebook is 3 changes ahead: a, b, c``; empty for none."""
    if not changed:
        return ""
    count = f"{len(changed)} change{'' if len(changed) == 1 else 's'}"
    names = ", ".join(changed[:_NAMED]) + (", ..." if len(changed) > _NAMED else "")
    return f"the notebook is {count} ahead: {names}"


_NAMED = 5
