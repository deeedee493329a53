"""How far a notebook is ahead of the source that its schedules and sensors run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest

import msgspec
from msgspec import structs

from assetbook.automation.known_schedules import KnownSchedule
from assetbook.automation.known_sensors import KnownSensor
from assetbook.automation.pinned_notebooks import edited_notebooks
from assetbook.errors import StoreError
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.code_difference import Difference, manifest_differences
from assetbook.instance.instance import Instance
from assetbook.instance.job_record import JobRecord
from assetbook.instance.pins import pins
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.sensor_record import CONDITIONS_SENSOR, SensorRecord
from assetbook.instance.snapshots import recall, recalled
from assetbook.keys import AssetKey

Known = KnownSchedule | KnownSensor


class _Code(msgspec.Struct, frozen=True):
    """The code of one definition."""

    kind: str
    name: str
    code: tuple[str, ...]
    """What is another one for other code."""
    manifests: tuple[str | None, ...]


_Pieces = Mapping[str, _Code]
"""By what people call it: ``orders``, ``job etl``, ``schedule nightly``."""


_ROOTS: Mapping[str, str] = {
    "asset": "asset",
    "job": "op",
    "schedule": "schedule",
    "sensor": "sensor",
}


class PinnedCode:
    """Compares what schedules and sensors are pinned to with what their locations define by now."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._pins = pins(instance)
        self._now: dict[str, Snapshot | None] = {}
        self._then: dict[str, Snapshot | None] = {}
        self._notebooks: dict[str, dict[str, Difference]] = {}

    def changed(self, known: Known) -> tuple[str, ...]:
        """The assets and jobs that are new, gone, or of other code since the source was kept that
        it runs, its own or that of its location's pin; its own function, if that is another one;
        and the notebooks whose files are others, unless a job tells that by its code.

        None for one that runs what its location says.
        """
        before, now = self._both(known)
        names = before.keys() | now.keys()
        changed = sorted(each for each in names if _code(before, each) != _code(now, each))
        told = any(each.startswith("job ") for each in changed)
        return (*changed, *(() if told else self._edited(known)))

    def differences(self, known: Known) -> tuple[Difference, ...]:
        """What is different in the code of those, piece by piece, old against new."""
        before, now = self._both(known)
        found: dict[str, Difference] = {}
        edited = self._edited(known)
        for name in self.changed(known):
            for each in self._pieces(before.get(name), now.get(name)) if name not in edited else ():
                found[f"{each.kind} {each.name}"] = each  # a helper's once, whoever reaches it
        return (*found.values(), *edited.values())

    def _edited(self, known: Known) -> dict[str, Difference]:
        pin = self._pins.get(known.location)
        bundle = known.bundle or (pin.bundle if pin is not None else None)
        if bundle is None:
            return {}
        if bundle not in self._notebooks:
            self._notebooks[bundle] = edited_notebooks(self._instance, bundle)
        return self._notebooks[bundle]

    def _pieces(self, before: _Code | None, now: _Code | None) -> list[Difference]:
        either = now or before
        assert either is not None, "of what is in one of both"
        if before is None or now is None:
            said = "- it is gone" if now is None else "+ it is new"
            return [Difference(either.name, either.kind, (said,))]
        pairs = zip_longest(before.manifests, now.manifests)
        every = [each for pair in pairs for each in manifest_differences(self._instance, *pair)]
        found = [_root_as(_ROOTS[now.kind], each) for each in every]
        return found or [Difference(either.name, either.kind, ("+ it is another one",))]

    def _both(self, known: Known) -> tuple[_Pieces, _Pieces]:
        """What was defined with the source that it runs, and what is by now; nothing twice for one
        that runs what its location says, or whose source nobody kept."""
        then, now = self._kept(known), self._of_location(known.location)
        return ({}, {}) if then is None else (_defined(then, known), _defined(now, known))

    def _kept(self, known: Known) -> Snapshot | None:
        digest = known.snapshot
        if known.bundle is None and (pin := self._pins.get(known.location)) is not None:
            digest = pin.snapshot
        if digest is not None and digest not in self._then:
            try:
                self._then[digest] = recalled(self._instance, digest)
            except StoreError:  # it was let go
                self._then[digest] = None
        return None if digest is None else self._then[digest]

    def _of_location(self, location: str) -> Snapshot | None:
        if location not in self._now:
            self._now[location] = recall(self._instance, location)
        return self._now[location]


def _root_as(kind: str, difference: Difference) -> Difference:
    """The same; the function itself, which is the root of what it reaches, by what it is."""
    return structs.replace(difference, kind=kind) if difference.kind == "asset" else difference


def _defined(snapshot: Snapshot | None, known: Known) -> _Pieces:
    """The assets and jobs of a snapshot, and the function of the one that is asked about."""
    if snapshot is None:
        return {}
    found = {str(AssetKey.from_text(each.key)): _of_asset(each) for each in snapshot.assets}
    found |= {f"job {each.name}": _of_job(each) for each in snapshot.jobs if each.ops}
    sensor = isinstance(known, KnownSensor)
    records: Iterable[ScheduleRecord | SensorRecord]
    records = snapshot.sensors if sensor else snapshot.schedules
    for each in records:
        if each.name == known.record.name and each.code:
            code = _Code(
                "sensor" if sensor else "schedule", each.name, (each.code,), each.manifests
            )
            found[_called(code)] = code
    return found


def _of_asset(record: AssetRecord) -> _Code:
    name, code = str(AssetKey.from_text(record.key)), record.authored or record.code or ""
    return _Code("asset", name, (code,), (record.manifest,))


def _of_job(record: JobRecord) -> _Code:
    code = tuple(f"{each.path} {each.code}" for each in record.ops)
    return _Code("job", record.name, code, tuple(each.manifest for each in record.ops))


def _called(code: _Code) -> str:
    if code.name == CONDITIONS_SENSOR:
        return "automation conditions"
    return f"{code.kind} {code.name}"


def _code(pieces: _Pieces, name: str) -> tuple[str, ...] | None:
    return pieces[name].code if name in pieces else None


def ahead_text(changed: tuple[str, ...]) -> str:
    """``the notebook is 3 changes ahead: a, b, c``; empty for none."""
    if not changed:
        return ""
    count = f"{len(changed)} change{'' if len(changed) == 1 else 's'}"
    names = ", ".join(changed[:_NAMED]) + (", ..." if len(changed) > _NAMED else "")
    return f"the notebook is {count} ahead: {names}"


def ahead_lines(known: Known, changed: tuple[str, ...]) -> list[str]:
    """The same of one that is shown: and what it runs meanwhile; none for nothing."""
    if not changed:
        return []
    own = known.bundle is not None
    runs = "what it was turned on with" if own else "what its notebook is pinned to"
    return [f"{ahead_text(changed)}; it runs {runs}"]


_NAMED = 5
