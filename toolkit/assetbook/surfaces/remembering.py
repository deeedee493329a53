"""What the store remembers of a live notebook: its last snapshot, and a new one after changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from assetbook.definitions.collection import Noun
from assetbook.definitions.spec import AssetSpec
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.job_record import JobRecord, job_records
from assetbook.instance.lived_records import with_answers, with_lived
from assetbook.instance.loaded import Loaded
from assetbook.instance.ownership import Elsewhere, owned_elsewhere
from assetbook.instance.renaming import renamed_in
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.sensor_record import SensorRecord
from assetbook.instance.snapshot_pages import snapshot_content
from assetbook.instance.snapshots import automations_of, recall, remember, snapshot_of
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.notebook.lived_cells import Lived
from assetbook.planning.parity import Coded, Parity, RunBy

_Record: TypeAlias = JobRecord | ScheduleRecord | SensorRecord


class Remembering:
    """The snapshots of one location (None: the scratch one) while its notebook lives.

    ``whole``: all of its cells are loaded, so that nothing is left of what was defined before.
    """

    def __init__(self, instance: Instance, location: str | None, *, whole: bool = False) -> None:
        self._instance = instance
        self._location = location
        newest = recall(instance, location)
        self._before = None if whole else newest
        self._forgotten: set[AssetKey] = set()
        self._forgotten_named: set[tuple[Noun, str]] = set()
        self._token: tuple[int, Mapping[AssetKey, str], object] = (0, {}, ())
        self._said: list[str] = []
        self._noted: Snapshot | None = None
        self._held = False
        before = newest.assets if newest is not None else ()
        self._records: dict[str, AssetRecord] = {each.key: each for each in before}

    def specs(self) -> dict[AssetKey, AssetSpec]:
        """The assets that this location defined before the kernel began and did not forget."""
        if self._before is None:
            return {}
        specs = self._before.specs
        return {key: spec for key, spec in specs.items() if key not in self._forgotten}

    def inputs(self) -> dict[AssetKey, dict[str, AssetKey]]:
        """What each of those reads, by parameter."""
        return self._before.inputs if self._before is not None else {}

    def forget(self, key: AssetKey) -> None:
        """Remembers ``key`` no longer, unless a cell defines it again."""
        self._forgotten.add(key)

    def forget_named(self, noun: Noun, name: str) -> None:
        """Remembers that job, schedule or sensor no longer, unless a cell defines it again."""
        self._forgotten_named.add((noun, name))

    def names(self, noun: Noun) -> list[str]:
        """The jobs, schedules or sensors that this location defined before the kernel began and did
        not forget."""
        if self._before is None:
            return []
        before: Mapping[Noun, Iterable[Any]] = {
            "job": self._before.jobs,
            "schedule": self._before.schedules,
            "sensor": self._before.sensors,
        }
        found = (each.name for each in before[noun])
        return [name for name in found if (noun, name) not in self._forgotten_named]

    def rename(self, old: AssetKey, new: AssetKey) -> None:
        """Remembers under its new name what was remembered of ``old``."""
        if self._before is not None:
            self._before = renamed_in(self._before, old, new)
        self._forgotten.discard(new)
        self._token = (0, {}, ())

    def note(
        self,
        loaded: Loaded,
        now: Standing,
        generation: int,
        cell: str,
        take_over: Collection[AssetKey] = (),
        sources: Mapping[str, str] | None = None,
        *,
        by: RunBy | None = "session",
        lived: Callable[[], Lived] = dict,
    ) -> list[str]:
        """Stores a snapshot if a definition or a code version changed; a line for each asset
        that belongs, or belonged, to another notebook.

        ``take_over`` makes assets this notebook's own; ``sources`` are the files that all of it was
        loaded from. ``by`` says who ran the cells that ``lived`` gives; None for a load that ran
        only what definitions need. Raises StoreError if it cannot be stored.
        """
        codes = {
            key: defined.code.digest
            for key, defined in now.defined.items()
            if defined.code is not None
        }
        records = job_records(loaded.jobs, loaded.provenance)
        schedules, sensors = automations_of(loaded)
        token = (generation, codes, (*records, *schedules, *sensors))
        if self._held or (token == self._token and not take_over):
            return []
        made = loaded.graph.makers.keys()
        elsewhere = owned_elsewhere(self._instance, self._location, made | self.specs().keys())
        owners = {
            key: owner.location
            for key, owner in elsewhere.items()
            if owner.exists and key not in take_over
        }
        at = self._instance.clock.now()
        snapshot, texts = snapshot_of(loaded, now, at, cell, owners)
        if sources is not None:
            wrong = tuple(f"`{key}`: {fault}" for key, fault in loaded.wrong.items())
            snapshot = msgspec.structs.replace(snapshot, sources=dict(sources), wrong=wrong)
        snapshot = with_lived(snapshot, self._records, by, lived(), texts, now, self._instance)
        self._records.update((each.key, each) for each in snapshot.assets)
        self._noted = self._merged(snapshot, owners)
        remember(self._instance, self._noted, texts)
        self._token = token
        said = [_said(key, owner, owners) for key, owner in elsewhere.items() if key in made]
        new = [line for line in said if line not in self._said]
        self._said = said
        return new

    def hold(self, snapshot: Snapshot) -> None:
        """Has runs name what ``snapshot`` holds, which is not taken as the location's newest."""
        self._noted = snapshot
        self._held = True

    def kept_content(self) -> str | None:
        """The digest of what the last snapshot holds, which is stored now; None if there is none.

        It is stored again, since it may be older than what retention leaves.
        """
        if self._noted is None:
            return None
        content, pages = snapshot_content(self._noted)
        self._instance.store.put_content(content, pages)
        return content.digest

    def known(self) -> dict[AssetKey, AssetRecord]:
        """What is remembered of each asset, as of the newest snapshot."""
        return {AssetKey.from_text(key): each for key, each in self._records.items()}

    def take_records(self, records: Mapping[AssetKey, AssetRecord]) -> None:
        """Takes what is known of how cells ran from newer records, for comparisons."""
        self._records.update((key.text, each) for key, each in records.items())
        if self._noted is not None:
            lived = tuple(
                msgspec.structs.replace(each, lived=self._records[each.key].lived)
                for each in self._noted.assets
            )
            self._noted = msgspec.structs.replace(self._noted, assets=lived)

    def answer(self, answers: Mapping[AssetKey, Parity], codes: Mapping[AssetKey, Coded]) -> None:
        """Stores with the last snapshot whether what was loaded is the same as what ran."""
        last = self._noted or recall(self._instance, self._location)
        if last is not None:
            answered = self._noted = with_answers(last, answers, codes)
            self._records.update((each.key, each) for each in answered.assets)
            remember(self._instance, answered, {})

    def _merged(self, snapshot: Snapshot, owners: Mapping[AssetKey, str]) -> Snapshot:
        """The snapshot with what was remembered and has neither run nor been forgotten here."""
        if self._before is None:
            return snapshot
        living = {record.key for record in snapshot.assets}
        earlier = tuple(
            msgspec.structs.replace(record, owner=owners.get(key, ""))
            for record in self._before.assets
            if (key := AssetKey.from_text(record.key)) not in self._forgotten
            and record.key not in living
        )
        before = self._before
        return msgspec.structs.replace(
            snapshot,
            assets=(*snapshot.assets, *earlier),
            jobs=self._with_earlier("job", snapshot.jobs, before.jobs),
            schedules=self._with_earlier("schedule", snapshot.schedules, before.schedules),
            sensors=self._with_earlier("sensor", snapshot.sensors, before.sensors),
        )

    def _with_earlier(self, noun: Noun, now: Sequence[_Record], before: Sequence[_Record]) -> Any:
        living = {each.name for each in now}
        earlier = [each for each in before if (noun, each.name) not in self._forgotten_named]
        return (*now, *[each for each in earlier if each.name not in living])


def _said(key: AssetKey, owner: Elsewhere, owners: Mapping[AssetKey, str]) -> str:
    if key in owners:
        return (
            f"`{key}` belongs to {owner.location}: to make it here, "
            f"`%materialize {key} --take-over`"
        )
    gone = "" if owner.exists else ", which is no more"
    return f"`{key}` moved here from {owner.location}{gone}"
