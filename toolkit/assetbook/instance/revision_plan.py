"""What a location defines now against what it defined at another time, and what that would cost."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Literal, TypeAlias

import msgspec

from assetbook.dependencies.code_changes import pieces_in
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.code_difference import Difference, difference_of
from assetbook.instance.instance import Instance
from assetbook.instance.snapshots import recall_all
from assetbook.keys import AssetKey

Kind: TypeAlias = Literal["added", "changed", "removed", "broken"]
_RECENT = 5
"""The newest versions whose durations count."""


class Described(msgspec.Struct, frozen=True):
    """What a location defines at one time, with the texts that it names by digest."""

    assets: tuple[AssetRecord, ...] = ()
    texts: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Manifests and pieces of code, masked."""
    wrong: Mapping[str, str] = msgspec.field(default_factory=dict)
    """What is wrong with definitions that cannot be used, by asset."""


class Change(msgspec.Struct, frozen=True):
    """One asset that is not as it was."""

    key: str
    kind: Kind
    what: tuple[str, ...] = ()
    """What of it differs, in words: ``code``, ``inputs``, ``description``; or what is wrong."""
    differences: tuple[Difference, ...] = ()
    runs: bool = True
    """Whether it would run again, or for the first time."""


class RevisionPlan(msgspec.Struct, frozen=True):
    """What differs, and what would follow from it."""

    location: str
    against: str
    """What it is compared with, in words: ``main (1a2b3c4)``."""
    changes: tuple[Change, ...]
    downstream: tuple[str, ...]
    """Assets that are as they were and would become stale."""
    broken: tuple[tuple[str, str], ...]
    """Assets that read one that is removed, each with that one."""
    durations: Mapping[str, float | None]
    """Seconds that each asset that would run took of late; None: never run. Of several that one
    function makes, the first has it all."""

    @property
    def seconds(self) -> float:
        """The sum of what is known."""
        return sum(each for each in self.durations.values() if each is not None)

    @property
    def never_run(self) -> int:
        """How many would run of which nobody knows how long they take."""
        return sum(each is None for each in self.durations.values())


def revision_plan(
    instance: Instance, location: str, against: str, before: Described, now: Described
) -> RevisionPlan:
    """The comparison of a location with itself; reads the store for edges and durations."""
    changes = tuple(_changes(before, now))
    others = [each for name, each in recall_all(instance).items() if name != location]
    records = {each.key: each for each in [*_assets(others), *now.assets]}
    readers = _readers(records.values())
    run = [each.key for each in changes if each.runs]
    gone = [each.key for each in changes if each.kind == "removed" and each.key not in records]
    below = _below(readers, [*run, *gone])
    downstream = tuple(key for key in records if key in below and key not in {*run, *gone})
    broken = tuple((reader, key) for key in gone for reader in readers.get(key, ()))
    return RevisionPlan(
        location,
        against,
        changes,
        downstream,
        broken,
        _durations(instance, [*run, *downstream], records),
    )


def _changes(before: Described, now: Described) -> Iterator[Change]:
    old = {each.key: each for each in before.assets}
    new = {each.key: each for each in now.assets}
    for key, record in new.items():
        if key not in old:
            yield Change(key, "added")
        elif what := tuple(_what(old[key], record)):
            differences = _differences(old[key], record, before.texts, now.texts)
            yield Change(key, "changed", what, differences, any(each in _RUNS for each in what))
    for key, fault in now.wrong.items():
        yield Change(key, "broken", (fault,), runs=False)
    for key in old:
        if key not in new and key not in now.wrong:
            yield Change(key, "removed", runs=False)


def _what(old: AssetRecord, new: AssetRecord) -> Iterator[str]:
    if (old.authored, new.authored) != (None, None) and old.authored == new.authored:
        if old.code != new.code:
            yield f"code, but code_version is still {new.authored}"
    elif old.authored != new.authored:
        yield "code_version"
    elif old.code != new.code:
        yield "code"
    for name, said in _FIELDS.items():
        if getattr(old, name) != getattr(new, name):
            yield said


_FIELDS = {
    "config": "config",
    "inputs": "inputs",
    "deps": "deps",
    "reads": "reads",
    "io_manager": "I/O manager",
    "resources": "resources",
    "checks": "checks",
    "max_age": "max_age",
    "group": "group",
    "description": "description",
    "documentation": "documentation",
    "owners": "owners",
    "tags": "tags",
    "kinds": "kinds",
    "metadata": "metadata",
}
_RUNS = frozenset({"code", "code_version", "config", "inputs", "reads", "I/O manager"})


def _differences(
    old: AssetRecord, new: AssetRecord, before: Mapping[str, str], now: Mapping[str, str]
) -> tuple[Difference, ...]:
    """The pieces of code that differ; of a constant what may be shown of its value."""
    was, has = _manifest(old, before), _manifest(new, now)
    found = []
    for name in {**was, **has}:
        one, other = was.get(name, ""), has.get(name, "")
        if one.split(" ", 1)[0] == other.split(" ", 1)[0]:
            continue
        if name.startswith("constant:"):
            found.append(difference_of(name, one.partition(" ")[2], other.partition(" ")[2]))
        else:
            found.append(difference_of(name, before.get(one, ""), now.get(other, "")))
    return tuple(found)


def _manifest(record: AssetRecord, texts: Mapping[str, str]) -> dict[str, str]:
    return pieces_in(json.loads(texts.get(record.manifest or "", "{}")))


def _assets(snapshots: Collection[Snapshot]) -> Iterator[AssetRecord]:
    for snapshot in snapshots:
        yield from (each for each in snapshot.assets if not each.owner)


def _readers(records: Collection[AssetRecord]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for each in records:
        for read in dict.fromkeys([*each.inputs.values(), *each.deps, *each.follows]):
            found[read].append(each.key)
    return found


def _below(readers: Mapping[str, list[str]], keys: Collection[str]) -> set[str]:
    found: set[str] = set()
    todo = list(keys)
    while todo:
        for reader in readers.get(todo.pop(), ()):
            if reader not in found:
                found.add(reader)
                todo.append(reader)
    return found


def _durations(
    instance: Instance, keys: Collection[str], records: Mapping[str, AssetRecord]
) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    counted: set[str] = set()
    for key in keys:
        if key in counted or records[key].external:
            continue
        counted.update((key, *records[key].made_with))
        versions = instance.versions(AssetKey.from_text(key), newest=_RECENT)
        took = [each.event.duration for each in versions if each.event.restored_from is None]
        found[key] = statistics.median(took) if took else None
    return found
