"""The list of an asset's versions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from assetbook.clock import SystemClock
from assetbook.events.wiping import when_wiped
from assetbook.keys import AssetKey
from assetbook.storage.version import Version
from assetbook.surfaces.display.formatting import (
    age_text,
    count_text,
    counted,
    duration_text,
    instant_text,
    size_text,
)
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag
from assetbook.surfaces.display.run_table import run_cell
from assetbook.surfaces.display.view import View, headline, muted
from assetbook.surfaces.rows import row_count, stored_size
from assetbook.surfaces.suggestion import typed

_HEADS = ("version", "partition", "made", "age", "took", "rows", "size", "data", "run", "note")


class VersionTable(View):
    """The versions of the asset ``key``, newest first; ``kept`` are numbers of those that are."""

    def __init__(
        self,
        key: AssetKey,
        versions: Sequence[Version],
        *,
        kept: Collection[int] = (),
        now: datetime | None = None,
    ) -> None:
        self.key = key
        self.versions = tuple(versions)
        self.kept = frozenset(kept)
        self.now = now or SystemClock().now()

    def __len__(self) -> int:
        """How many versions there are."""
        return len(self.versions)

    def __iter__(self) -> Iterator[Version]:
        """The versions, newest first."""
        return iter(self.versions)

    def __str__(self) -> str:
        return self._grid().without("age").text() or self._nothing()

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        if not self.versions:
            return muted(self._nothing())
        said = counted(len(self.versions), "version")
        return join((headline(str(self.key), said), self._grid().html()))

    def to_json(self) -> list[dict[str, Any]]:
        """One dict a version."""
        return [
            {**version_json(version), "kept": version.number in self.kept}
            for version in self.versions
        ]

    def _nothing(self) -> str:
        makes = typed(f"materialize {self.key}")
        return f"No versions of {self.key} yet. `{makes}` makes the first one."

    def _grid(self) -> Grid:
        rows = tuple(self._line(version) for version in self.versions)
        return Grid(_HEADS, rows, frozenset({"version", "took", "rows", "size"}))

    def _line(self, version: Version) -> tuple[Cell | str, ...]:
        event = version.event
        rows = row_count(event)
        return (
            version.name,
            version.partition or "",
            instant_text(event.at),
            age_text(event.at, self.now),
            duration_text(event.duration) if event.run_id else "",
            "" if rows is None else count_text(rows),
            "" if (size := stored_size(event)) is None else size_text(size),
            data_cell(event.data_version),
            run_cell(event.run_id) if event.run_id else "reported",
            note_of(version, version.number in self.kept),
        )


def version_json(version: Version) -> dict[str, Any]:
    """A version as plain values."""
    event = version.event
    return {
        "key": str(version.key),
        "version": version.number,
        "store": version.store,
        "partition": version.partition,
        "materialized_at": event.at.isoformat(),
        "duration_seconds": event.duration,
        "rows": row_count(event),
        "bytes": stored_size(event),
        "data_version": event.data_version,
        "code_version": event.code.authored or event.code.digest,
        "run_id": event.run_id,
        "overridden": event.overridden,
        "restored_from": event.restored_from,
        "wiped_at": event.wiped_at.isoformat() if event.wiped_at is not None else None,
        "inputs": {
            name: {
                "key": each.key,
                "version": each.version,
                "store": each.store,
                "data_version": each.data_version,
            }
            for name, each in event.inputs.items()
        },
    }


def data_cell(data_version: str) -> Cell:
    """The beginning of a data version, its algorithm left out: enough to tell two apart."""
    kind, _, rest = data_version.rpartition(":")
    short = "unique" if kind.startswith("unique") else rest[:8]
    return Cell(short, tag("span", short, class_="assetbook-mono", title=data_version))


def note_of(version: Version, kept: bool) -> str:
    """What is special about a version; empty for most."""
    notes = ["kept"] if kept else []
    if version.event.wiped_at is not None:
        return f"wiped {when_wiped(version.event)}"
    if version.event.restored_from is not None:
        notes.append(f"restored from {version.event.restored_from}")
    if version.event.overridden:
        notes.append("overridden: never the latest")
    if version.event.value is None:
        notes.append("no stored value")
    elif not version.event.value.versioned:
        notes.append("kept only while it is the latest")
    return ", ".join(notes)
