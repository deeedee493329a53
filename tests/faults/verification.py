"""Looks at a store after a fault, and says in sentences what is not as it was promised.

A witness keeps what it has seen of one store, so that a version that changes or vanishes later is
noticed too. It uses what everybody uses (``Instance``), and asks SQLite itself whether the file is
whole.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.worker import ASSETS, open_store, run_number

from assetbook import Instance
from assetbook.errors import AssetbookError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.storage.store import RunRecord, Version

NAMES = tuple(definition.name for definition in ASSETS)
_DONE = re.compile(r"done +(\S+) .*version (\d+)$")


@dataclass
class Acknowledged:
    """What a program said was done, by its lines on the standard output."""

    versions: dict[tuple[str, int], str] = field(default_factory=dict)
    """The run that made it, by asset and version."""
    ended: set[str] = field(default_factory=set)
    """The runs whose summary was printed."""

    @classmethod
    def read(cls, lines: Path) -> Acknowledged:
        """What the file of lines says; a line that a kill cut off says nothing."""
        said, run_id = cls(), ""
        text = lines.read_text(encoding="utf-8") if lines.exists() else ""
        for line in text[: text.rfind("\n") + 1].splitlines():
            if line.startswith("run "):
                run_id = line[4:]
            elif found := _DONE.match(line):
                said.versions[found[1], int(found[2])] = run_id
            elif line.endswith(f"run {run_id[:6]}"):
                said.ended.add(run_id)
        return said


class Witness:
    """Sees one store again and again.

    ``latest_only`` asks no more than that the newest version of each asset can be read: that is all
    that a protocol with one file an asset could promise.
    """

    def __init__(self, project: Path, *, latest_only: bool = False) -> None:
        self.project = project
        self._latest_only = latest_only
        self._seen: dict[tuple[str, int], int] = {}
        self._ended: dict[str, str] = {}
        self.acknowledged = 0

    @property
    def versions(self) -> int:
        """How many versions it has seen."""
        return len(self._seen)

    @property
    def failed_runs(self) -> int:
        """How many runs it found dead."""
        return sum(status == "failed" for status in self._ended.values())

    def look(self, lines: Path | None = None, *, whole: bool = False) -> list[str]:
        """What is wrong; empty if nothing is. ``whole`` reads every value ever seen again."""
        said = Acknowledged.read(lines) if lines is not None else Acknowledged()
        self.acknowledged += len(said.versions)
        instance = open_store(self.project)
        try:
            wrong = self._look_at_runs(instance, said)
            for name in NAMES:
                wrong += self._look_at_versions(instance, name, said, whole)
            wrong += _look_at_events(instance)
            wrong += _look_at_file(instance)
        finally:
            instance.close()
        return wrong

    def _look_at_runs(self, instance: Instance, said: Acknowledged) -> list[str]:
        runs = {run.id: run for run in instance.store.runs()}
        wrong = [each for run in runs.values() for each in _wrong_with_run(run)]
        wrong += [
            f"run {run_id} was said to have ended, but is not so recorded"
            for run_id in said.ended
            if run_id not in runs or runs[run_id].status == "started"
        ]
        for run_id, run in runs.items():
            if self._ended.setdefault(run_id, run.status) != run.status:
                wrong.append(f"run {run_id} was {self._ended[run_id]} and now is {run.status}")
        wrong += [f"run {run_id} vanished" for run_id in self._ended if run_id not in runs]
        return wrong

    def _look_at_versions(
        self, instance: Instance, name: str, said: Acknowledged, whole: bool
    ) -> list[str]:
        versions = {version.number: version for version in instance.versions(name)}
        wrong: list[str] = []
        if sorted(versions) != list(range(1, len(versions) + 1)):
            wrong.append(f"the versions of {name} are {sorted(versions)}")
        latest = instance.latest_materialization(name)
        if (latest.number if latest else 0) != len(versions):
            wrong.append(f"the latest of {len(versions)} versions of {name} is {latest}")
        for (of, number), run_id in said.versions.items():
            if of == name and (number not in versions or versions[number].run_id != run_id):
                wrong.append(f"{name}@{number} of run {run_id} was acknowledged and is lost")
        for number, version in versions.items():
            new = (name, number) not in self._seen
            if self._seen.setdefault((name, number), version.event_id) != version.event_id:
                wrong.append(f"{name}@{number} is another version than it was")
            newest = version is versions[len(versions)]
            if newest if self._latest_only else new or newest or whole:
                wrong += wrong_with_value(instance, version)
        gone = [number for of, number in self._seen if of == name and number not in versions]
        return wrong + [f"{name}@{number} was there and is lost" for number in gone]


def wrong_with_value(instance: Instance, version: Version) -> list[str]:
    """What is wrong with the value of one version: unreadable, or not this version's own data."""
    name, number = str(version.key), version.number
    try:
        value = instance.value(name, number)
    except AssetbookError as error:
        return [f"{name}@{number} has an event and no readable value: {error}"]
    if name == "orders":
        runs = value["run"].unique().tolist()
        rows = version.event.metadata["dagster/row_count"]["value"]
        good = runs == [run_number(version.run_id)] and len(value) == rows > 0
    else:
        good = value["run"] == run_number(version.run_id)
    wrong = [] if good else [f"the value of {name}@{number} is not that of run {version.run_id}"]
    return wrong + (_wrong_with_inputs(instance, version, value) if name == "turnover" else [])


def _wrong_with_inputs(instance: Instance, version: Version, value: dict[str, Any]) -> list[str]:
    """What is wrong with the versions that a consumer's event says it read."""
    wrong = []
    for read in ("orders", "prices"):
        recorded = version.event.inputs[read].version
        if recorded is None or not instance.versions(read):
            wrong.append(f"turnover@{version.number} names no version of {read}")
        elif run_number(instance.version(read, recorded).run_id) != value[read]:
            wrong.append(f"turnover@{version.number} did not read {read}@{recorded}")
    return wrong


def _wrong_with_run(run: RunRecord) -> list[str]:
    if run.status == "started":
        return [f"run {run.id} is started though its process is dead"]
    if run.status == "failed" and " " not in run.message:
        return [f"run {run.id} failed, and no sentence says why: {run.message!r}"]
    return []


def _look_at_events(instance: Instance) -> list[str]:
    """Versions and events are the same set."""
    events = {stored.id for stored in instance.events(kinds=[AssetMaterialized])}
    versions = {version.event_id for name in NAMES for version in instance.versions(name)}
    return [] if events == versions else [f"events without a version: {events ^ versions}"]


def _look_at_file(instance: Instance) -> list[str]:
    """What SQLite finds wrong with its file."""
    path = instance.values.root.parent / "assetbook.db"
    with closing(sqlite3.connect(path)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else [f"the database is damaged: {text}" for text in found]
