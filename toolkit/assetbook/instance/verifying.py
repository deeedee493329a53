"""Looking at all that a store holds: every row of its database, every byte of its values."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from assetbook.errors import CorruptStoreError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.instance.instance import Instance
from assetbook.instance.log_use import log_use
from assetbook.io.file_check import problem_of
from assetbook.keys import AssetKey, version_name
from assetbook.storage.store import Version


class DamagedValue(msgspec.Struct, frozen=True):
    """A version whose value cannot be read as it was written."""

    key: AssetKey
    number: int
    found: str
    """What is wrong, in words."""
    made_from: tuple[str, ...]
    """The versions that it was made of: ``orders@3``."""
    latest: bool
    """Whether it is the asset's latest version."""


class Verification(msgspec.Struct, frozen=True):
    """What was looked at, and what is not as it was written."""

    assets: int
    values: int
    """Values that were read, byte by byte."""
    size: int
    """Their bytes."""
    elsewhere: int
    """Values that I/O managers of one's own keep: only these can tell."""
    let_go: int
    """Values that are gone because somebody let them go."""
    damaged: tuple[DamagedValue, ...]
    rows: tuple[str, ...]
    """A sentence for each thing in the database that is not as it was written."""
    logs: int = 0
    """Log files of runs, which nobody has a checksum of: they are not looked into."""

    @property
    def is_whole(self) -> bool:
        """Whether everything is as it was written."""
        return not self.damaged and not self.rows


Told = Callable[[int, int], None]


def _nobody(done: int, of: int) -> None:
    pass


def verify(instance: Instance, told: Told = _nobody) -> Verification:
    """What the store holds, compared with what was written; reads all of it, changes nothing.

    ``told`` hears how many versions were looked at, and of how many.
    """
    rows = instance.own.damage()
    found: list[DamagedValue] = []
    values = size = elsewhere = let_go = 0
    doomed = instance.own.doomed()
    assets = instance.own.assets()
    latest = {key: version.number for key, version in instance.own.latest().items()}
    versions = [each for key in assets for each in _versions(instance, key, rows)]
    for done, version in enumerate(versions, 1):
        event = _event(version, rows)
        reference = event.value if event is not None else None
        if event is not None and event.wiped_at is not None:
            let_go += 1
        elif reference is not None and reference.kind == "custom":
            elsewhere += 1
        elif reference is not None and reference.path in doomed:
            let_go += 1
        elif event is not None and reference is not None:
            values, size = values + 1, size + reference.size
            problem = problem_of(instance.values, reference)
            if problem is not None:
                is_latest = latest.get(version.key) == version.number
                found.append(_damaged(version, event, problem, is_latest))
        told(done, len(versions))
    return Verification(
        len(assets),
        values,
        size,
        elsewhere,
        let_go,
        tuple(found),
        tuple(dict.fromkeys(rows)),
        len(log_use(instance).files),
    )


def _versions(instance: Instance, key: AssetKey, rows: list[str]) -> list[Version]:
    try:
        return instance.own.versions(key)
    except CorruptStoreError as error:
        rows.append(f"{error.asked}: {error.found}")
        return []


def _event(version: Version, rows: list[str]) -> AssetMaterialized | None:
    try:
        return version.event
    except CorruptStoreError as error:
        rows.append(f"{error.asked}: {error.found}")
        return None


def _damaged(
    version: Version, event: AssetMaterialized, problem: str, is_latest: bool
) -> DamagedValue:
    return DamagedValue(version.key, version.number, problem, tuple(_made_from(event)), is_latest)


def _made_from(event: AssetMaterialized) -> Iterator[str]:
    for read in event.inputs.values():
        name = str(AssetKey.from_text(read.key))
        yield f"{name}@{version_name(read.version, read.store)}" if read.version else name
