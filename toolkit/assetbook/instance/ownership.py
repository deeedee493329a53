"""Which location an asset belongs to, and what stands in the way of materializing it elsewhere.

An asset belongs to one notebook: the one whose newest snapshot last claimed it. Another notebook
that defines the same key only notes whose it is, until that file is gone or it takes the key over.
Scratch notebooks and plain Python own nothing, and are stopped by nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from assetbook.errors import ConflictError
from assetbook.instance.asset_record import SCRATCH
from assetbook.instance.instance import Instance
from assetbook.instance.snapshots import recall_all
from assetbook.keys import AssetKey


class Elsewhere(msgspec.Struct, frozen=True):
    """The location that an asset belongs to, and whether its file still exists."""

    location: str
    exists: bool


def owned_elsewhere(
    instance: Instance, location: str | None, keys: Collection[AssetKey]
) -> dict[AssetKey, Elsewhere]:
    """Those of ``keys`` that belong to another location than ``location`` (None: nothing)."""
    if location is None or instance.project is None:
        return {}
    return {
        key: Elsewhere(owner, location_exists(instance, owner))
        for key, owner in _owners(instance).items()
        if owner != location and key in keys
    }


def location_exists(instance: Instance, location: str) -> bool:
    """Whether the file or folder of a location is there; True for the scratch one, which has none,
    and for a module that lies outside the project."""
    project = instance.project
    if location == SCRATCH or project is None or (project.root / location).exists():
        return True
    return "/" not in location and not location.endswith((".ipynb", ".py"))


def refuse_owned_elsewhere(
    instance: Instance, location: str | None, keys: Iterable[AssetKey]
) -> None:
    """Raises ConflictError if one of ``keys`` belongs to another notebook that still exists."""
    wanted = list(keys)
    elsewhere = owned_elsewhere(instance, location, wanted)
    for key in wanted:
        owner = elsewhere.get(key)
        if owner is not None and owner.exists:
            raise ConflictError(
                f"materialize `{key}`",
                f"it belongs to {owner.location}, which defines it too",
                "Give it another name here, or move it to this notebook: "
                f"`%materialize {key} --take-over`.",
            )


def refuse_case_clash(keys: Iterable[AssetKey], recorded: Iterable[AssetKey]) -> None:
    """Raises ConflictError if two keys differ in case alone, and so would their folders."""
    folders = {key.folder.lower(): key.asset for key in recorded}
    for key in keys:
        other = folders.setdefault(key.folder.lower(), key)
        if other != key:
            raise ConflictError(
                f"materialize `{key}`",
                f"`{other}` differs from it only in upper and lower case",
                f"Name it `{other}`, or give it another name.",
            )


def _owners(instance: Instance) -> dict[AssetKey, str]:
    """The location of each asset that one claims; the newest claim counts."""
    found: dict[AssetKey, str] = {}
    for location, snapshot in recall_all(instance).items():
        found.update(dict.fromkeys(snapshot.claimed, location))
    return found
