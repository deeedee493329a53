"""What one version was made of, by what and when: facts that several views show."""

from __future__ import annotations

from datetime import datetime

from assetbook.keys import AssetKey, version_name
from assetbook.storage.version import Version
from assetbook.surfaces.display.formatting import (
    age_text,
    clock_text,
    duration_text,
    instant_text,
    short_id,
)
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import tag
from assetbook.surfaces.display.version_table import data_cell


def made_text(version: Version, now: datetime) -> str:
    """``2026-11-25 09:14 (2 min ago), in 0.4 s, run 4f2a1c``."""
    event = version.event
    said = f"{instant_text(event.at)} ({age_text(event.at, now)})"
    if event.restored_from is not None:
        return f"{said}, restored from version {event.restored_from}, run {short_id(event.run_id)}"
    if not event.run_id:
        return f"{said}, reported without a run"
    return f"{said}, in {duration_text(event.duration)}, run {short_id(event.run_id)}"


def inputs_grid(version: Version) -> Grid:
    """The versions of the inputs that it read."""
    rows = tuple(
        (
            name,
            Cell(_key(each.key), tag("span", _key(each.key), class_="assetbook-name")),
            version_name(each.version, each.store),
            "not known" if each.data_version is None else data_cell(each.data_version),
        )
        for name, each in version.event.inputs.items()
    )
    return Grid(("input", "asset", "version", "data"), rows, frozenset({"version"}))


def readers_text(version: Version, now: datetime) -> str:
    """What of the world outside it read, and when; empty if nothing."""
    event = version.event
    if event.as_of is None:
        return ""
    return f"{', '.join(event.readers[:5]) or 'sources'} at {clock_text(event.as_of, now)}"


def code_text(version: Version) -> str:
    """The code version: the author's, else the beginning of the computed one."""
    code = version.event.code
    if code.authored is not None:
        return f"{code.authored} (given by the author)"
    return (code.digest or "").rpartition(":")[2][:8]


def _key(text: str) -> str:
    return str(AssetKey.from_text(text))
