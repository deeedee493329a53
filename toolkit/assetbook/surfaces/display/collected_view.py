"""What a collection let go, or would: how much, of which assets, and what stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from assetbook.events.value_file import ValueFile
from assetbook.instance.collecting import Collected
from assetbook.keys import AssetKey
from assetbook.surfaces.display.formatting import counted, size_text
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.view import View, headline, muted


class CollectedView(View):
    """A line for each asset; ``planned`` says that nothing has been changed yet."""

    def __init__(self, collected: Collected, *, planned: bool) -> None:
        self.collected = collected
        self.planned = planned

    @property
    def summary(self) -> str:
        """All of it in a line."""
        found = self.collected
        sources = found.sources
        if not (found.versions or found.strays or sources.snapshots or sources.contents):
            return f"nothing to let go; {counted(found.left, 'value')} stay"
        parts = [counted(len(found.versions), "old value")] if found.versions else []
        parts += [counted(len(found.strays), "stray file")] if found.strays else []
        snapshots = counted(len(sources.snapshots), "old snapshot")
        parts += [snapshots] if sources.snapshots else []
        contents = counted(len(sources.contents), "stored source")
        parts += [contents] if sources.contents else []
        verb = "would go" if self.planned else "let go"
        return f"{_listed(parts)} {verb}: {size_text(found.size)}; {found.left:,} stay"

    def __str__(self) -> str:
        grid = self._grid().text(100)
        return f"{visible(self.summary, one_line=True)}\n\n{grid}".rstrip()

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        hint = muted("Nothing was changed.") if self.planned else None
        return tag("div", headline("Store", self.summary), self._grid().html(), hint)

    def to_json(self) -> dict[str, Any]:
        """The versions and files, and the bytes."""
        return {
            "planned": self.planned,
            "bytes": self.collected.size,
            "left": self.collected.left,
            "versions": [
                {"asset": str(each.key), "version": each.number, "bytes": each.size}
                for each in self.collected.versions
            ],
            "strays": [each.path for each in self.collected.strays],
            "snapshots": len(self.collected.sources.snapshots),
            "contents": len(self.collected.sources.contents),
        }

    def _grid(self) -> Grid:
        return Grid(("asset", "versions", "size"), tuple(self._rows()))

    def _rows(self) -> Iterator[tuple[Cell | str, ...]]:
        by_asset: dict[AssetKey, list[ValueFile]] = defaultdict(list)
        for each in self.collected.versions:
            by_asset[each.key].append(each)
        for key, versions in by_asset.items():
            name = Cell(str(key), tag("span", str(key), class_="assetbook-name"))
            size = sum({each.path: each.size for each in versions}.values())
            yield name, _numbers(versions), size_text(size)
        strays = self.collected.strays
        if strays:
            yield "no version", counted(len(strays), "file"), size_text(sum(s.size for s in strays))
        sources = self.collected.sources
        if sources.snapshots or sources.contents:
            said = f"{len(sources.snapshots):,} taken, {counted(len(sources.contents), 'content')}"
            yield "old source", said, size_text(sources.size)


def _listed(parts: list[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _numbers(versions: list[ValueFile]) -> str:
    numbers = sorted(each.number for each in versions)
    shown = ", ".join(str(number) for number in numbers[:8])
    return shown if len(numbers) <= 8 else f"{shown}, … {numbers[-1]} ({len(numbers)} in all)"
