"""What a wipe took, or would: of which assets, how much, and what stays elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assetbook.events.asset_events import AssetWiped
from assetbook.instance.wiping import WipePlan
from assetbook.storage.version import Version
from assetbook.surfaces.display.formatting import counted, size_text
from assetbook.surfaces.display.grid import Cell, Grid, facts_html, facts_text
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.view import View, headline, muted

_MOST = 12


class WipeView(View):
    """A line for each asset; ``command`` is what does it, while nothing has been done.

    ``older`` are names of older copies of the database that go too.
    """

    def __init__(
        self,
        plans: Sequence[WipePlan],
        done: Sequence[AssetWiped] = (),
        *,
        command: str = "",
        older: Sequence[str] = (),
    ) -> None:
        self.plans = tuple(plans)
        self.done = tuple(done)
        self.command = command
        self.older = tuple(older)

    @property
    def planned(self) -> bool:
        """Whether nothing has been done yet."""
        return bool(self.command)

    @property
    def summary(self) -> str:
        """All of it in a line."""
        count = counted(sum(len(each.versions) for each in self.plans), "version")
        size = sum(each.size for each in self.plans)
        if self.planned:
            return f"{count} would be wiped: {size_text(size)}"
        logs = sum(each.logs for each in self.done)
        also = f" and {counted(logs, 'log record')}" if logs else ""
        return f"{count} wiped: {size_text(size)} of values{also}"

    def __str__(self) -> str:
        parts = [visible(f"Wipe: {self.summary}", one_line=True), self._grid().text(100)]
        parts.append(facts_text(self._facts(), 100))
        parts.append(visible(self._hint(), one_line=True))
        return "\n\n".join(part for part in parts if part)

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        facts = self._facts()
        return tag(
            "div",
            headline("Wipe", self.summary),
            self._grid().html(),
            facts_html(facts) if facts else None,
            muted(self._hint()) if self._hint() else None,
        )

    def to_json(self) -> dict[str, Any]:
        """The assets with their versions, the bytes, and what is not touched."""
        return {
            "planned": self.planned,
            "assets": [
                {
                    "asset": str(plan.key),
                    "versions": [each.number for each in plan.versions],
                    "whole": plan.whole,
                    "bytes": plan.size,
                    "kept": list(plan.kept),
                    "copies": [_name(each) for each in plan.copies],
                    "elsewhere": [_name(each) for each in plan.elsewhere],
                }
                for plan in self.plans
            ],
            "log_records": sum(each.logs for each in self.done),
            "older_databases": list(self.older),
        }

    def _grid(self) -> Grid:
        rows = tuple(
            (
                Cell(str(plan.key), tag("span", str(plan.key), class_="assetbook-name")),
                _numbers([each.number for each in plan.versions]) or "none",
                size_text(plan.size),
                "".join(_with(plan)),
            )
            for plan in self.plans
        )
        return Grid(("asset", "versions", "size", "with"), rows)

    def _facts(self) -> list[tuple[str, Cell | str]]:
        """What stays, and where; and what goes beside."""
        copies = [each for plan in self.plans for each in plan.copies]
        elsewhere = [each for plan in self.plans for each in plan.elsewhere]
        kept = [f"{plan.key}@{number}" for plan in self.plans for number in plan.kept]
        managers = sorted({each.event.value.io_manager for each in elsewhere if each.event.value})
        facts: list[tuple[str, Cell | str]] = [
            ("not touched", f"made from it: {_names(copies)}" if copies else ""),
            ("kept", f"{_some(kept)}; --kept takes it too" if kept else ""),
        ]
        if elsewhere:
            who = ", ".join(f"`{each}`" for each in managers)
            said = f"{_names(elsewhere)}: the I/O manager {who} keeps the value, delete it there"
            facts.append(("elsewhere", said))
        if self.older:
            facts.append(("copies", f"of the database before upgrades: {', '.join(self.older)}"))
        return facts

    def _hint(self) -> str:
        return f"Nothing was changed. `{self.command}` does it, for good." if self.planned else ""


def _with(plan: WipePlan) -> Iterator[str]:
    yield "previews, metadata, logs and captured outputs"
    if plan.notes:
        said = counted(plan.notes, "failed step or observation", "failed steps or observations")
        yield f"; what {said} said"
    if plan.outputs:
        yield f"; {counted(len(plan.outputs), 'file')} of the ops that made it"
    if plan.strays:
        yield f"; {counted(len(plan.strays), 'file')} of killed runs"
    if plan.finishes:
        yield "; a wipe that was interrupted"


def _names(versions: Sequence[Version]) -> str:
    return _some([_name(each) for each in versions])


def _name(version: Version) -> str:
    return f"{version.key}@{version.number}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _numbers(numbers: Sequence[int]) -> str:
    return _some([str(each) for each in numbers])
