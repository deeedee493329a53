"""What was looked at and found, a line each: for the doctor and for a store's verification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.status import badge
from assetbook.surfaces.display.theme import LOOKS, Look
from assetbook.surfaces.display.view import View, headline
from assetbook.surfaces.health import Finding

STATUS_LOOKS: Final[Mapping[str, Look]] = {
    "good": Look(LOOKS["fresh"].colour, "✓", "good"),
    "warn": Look(LOOKS["stale"].colour, "▲", "warning"),
    "bad": Look(LOOKS["failed"].colour, "✕", "wrong"),
}
"""How a finding of each status looks."""


class FindingsView(View):
    """A table of findings under a title; ``summary`` says all of it in a few words."""

    def __init__(self, title: str, summary: str, findings: Sequence[Finding]) -> None:
        self.title = title
        self.summary = summary
        self.findings = tuple(findings)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong; warnings are not."""
        return all(each.status != "bad" for each in self.findings)

    def __str__(self) -> str:
        lines = [visible(f"{self.title}: {self.summary}", one_line=True), ""]
        wide = max((len(each.what) for each in self.findings), default=0)
        for each, following in zip_longest(self.findings, self.findings[1:]):
            what = visible(each.what, one_line=True)
            said = visible(each.said, one_line=True)
            lines.append(f"{STATUS_LOOKS[each.status].symbol} {what:<{wide}}  {said}".rstrip())
            if each.remedy and (following is None or following.remedy != each.remedy):
                lines.append(f"  {'':<{wide}}  {visible(each.remedy, one_line=True)}")
        return "\n".join(lines).rstrip()

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        rows = tuple(
            (
                Cell(each.status, badge(STATUS_LOOKS[each.status])),
                Cell(each.what, tag("span", each.what, class_="assetbook-name")),
                each.said,
                each.remedy,
            )
            for each in self.findings
        )
        grid = Grid(("", "what", "found", "what to do"), rows)
        return tag("div", headline(self.title, self.summary), grid.html())

    def to_json(self) -> dict[str, Any]:
        """The findings, and whether nothing is wrong."""
        return {
            "well": self.is_well,
            "summary": self.summary,
            "findings": [
                {
                    "what": each.what,
                    "status": each.status,
                    "found": each.said,
                    "remedy": each.remedy,
                }
                for each in self.findings
            ],
        }
