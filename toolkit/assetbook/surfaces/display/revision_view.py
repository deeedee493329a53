"""What a notebook's assets are against another time's: as a view, and as Markdown for a review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from assetbook.instance.code_difference import Difference
from assetbook.instance.revision_plan import Change, RevisionPlan
from assetbook.surfaces.display.formatting import counted, duration_text
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.making_text import code_html
from assetbook.surfaces.display.view import View, card, headline, muted, section, text_section

_SIGNS = {"added": "+", "changed": "~", "removed": "-", "broken": "!"}
_HEADS = ("", "asset", "what", "took")


class RevisionView(View):
    """A line for each asset that changed or would become stale, then the code that differs."""

    def __init__(self, plan: RevisionPlan) -> None:
        self.plan = plan

    @property
    def summary(self) -> str:
        """All of it in a line."""
        plan = self.plan
        if not plan.changes:
            return "nothing differs"
        kinds = [each.kind for each in plan.changes]
        said = [f"{kinds.count(kind)} {kind}" for kind in _SIGNS if kind in kinds]
        if plan.downstream:
            said.append(f"{len(plan.downstream)} downstream")
        if plan.durations:
            said.append(self._cost())
        return ", ".join(said)

    def __str__(self) -> str:
        head = visible(f"{self._title()}: {self.summary}", one_line=True)
        parts = [head, f"\n{self._grid().text(96)}" if self.plan.changes else ""]
        parts += [visible(each, one_line=True) for each in self._broken()]
        for change, each in self._differences():
            title = visible(f"{change.key}: {each.kind} {each.name}", one_line=True)
            parts.append(text_section(title, "\n".join(visible(line) for line in each.lines)))
        return "\n".join(part for part in parts if part)

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        code = [
            tag("div", tag("div", change.key, class_="assetbook-name"), code_html(each))
            for change, each in self._differences()
        ]
        return card(
            headline(self._title(), self.summary),
            self._grid().html() if self.plan.changes else None,
            *(muted(each) for each in self._broken()),
            section("code: old − against new +", *code),
        )

    def to_json(self) -> dict[str, Any]:
        """The changes, what follows from them, and seconds; null for what never ran."""
        plan = self.plan
        return {
            "location": plan.location,
            "against": plan.against,
            "changes": [
                {
                    "asset": each.key,
                    "kind": each.kind,
                    "what": list(each.what),
                    "runs": each.runs,
                    "differences": [
                        {"kind": one.kind, "name": one.name, "lines": list(one.lines)}
                        for one in each.differences
                    ],
                }
                for each in plan.changes
            ],
            "downstream": list(plan.downstream),
            "broken": [{"asset": reader, "reads": gone} for reader, gone in plan.broken],
            "seconds": dict(plan.durations),
        }

    def markdown(self) -> str:
        """It as Markdown for a review."""
        lines = [f"### {_plain(self._title())}", "", f"{_plain(self.summary)}."]
        if self.plan.changes:
            lines += ["", "| | asset | what | took |", "| --- | --- | --- | ---: |"]
            lines += [f"| {sign} | {' | '.join(map(_plain, row))} |" for sign, *row in self._rows()]
        lines += [f"\n**{_plain(each)}**" for each in self._broken()]
        for change, each in self._differences():
            text = "\n".join(each.lines)
            fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
            lines += ["", f"{_plain(f'{change.key}: {each.kind} {each.name}')}", ""]
            lines += [f"{fence}diff", text, fence]
        return "\n".join(lines)

    def _title(self) -> str:
        return f"{self.plan.location} against {self.plan.against}"

    def _cost(self) -> str:
        known = len(self.plan.durations) - self.plan.never_run
        said = [f"about {duration_text(self.plan.seconds)}"] if known else []
        if self.plan.never_run:
            said.append(f"{counted(self.plan.never_run, 'step')} never run")
        return " and ".join(said)

    def _broken(self) -> list[str]:
        return [f"{reader} reads {gone}, which is removed" for reader, gone in self.plan.broken]

    def _differences(self) -> Iterator[tuple[Change, Difference]]:
        for change in self.plan.changes:
            for each in change.differences:
                yield change, each

    def _grid(self) -> Grid:
        rows = [
            (sign, Cell(key, tag("span", key, class_="assetbook-name")), what, took)
            for sign, key, what, took in self._rows()
        ]
        return Grid(_HEADS, tuple(rows), frozenset({"took"}))

    def _rows(self) -> Iterator[tuple[str, str, str, str]]:
        for each in self.plan.changes:
            what = f"{each.kind}: {', '.join(each.what)}" if each.what else each.kind
            yield _SIGNS[each.kind], each.key, what, self._took(each.key)
        for key in self.plan.downstream:
            yield "", key, "would become stale", self._took(key)

    def _took(self, key: str) -> str:
        if key not in self.plan.durations:
            return ""
        seconds = self.plan.durations[key]
        return "never run" if seconds is None else duration_text(seconds)


def _plain(text: str) -> str:
    """Text that Markdown takes for nothing else."""
    return re.sub(r"([\\`*_{}\[\]<>#|!~])", r"\\\1", visible(text, one_line=True))
