"""Why an asset is in its state: reasons, what its version was made of, what code differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assetbook.clock import SystemClock
from assetbook.instance.code_difference import Difference
from assetbook.storage.version import Version
from assetbook.surfaces.display.asset_words import as_of_text, observed_text, state_cell
from assetbook.surfaces.display.grid import Cell, facts_html, facts_text
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.making_text import code_html, code_section
from assetbook.surfaces.display.version_facts import (
    code_text,
    inputs_grid,
    made_text,
    readers_text,
)
from assetbook.surfaces.display.version_table import version_json
from assetbook.surfaces.display.view import View, card, section, text_section
from assetbook.surfaces.rows import AssetRow


class WhyView(View):
    """The state of ``row`` explained; ``differences`` are old code against new.

    ``as_if`` says that ``version`` is not the latest one: the state is how the asset would stand.
    """

    def __init__(
        self,
        row: AssetRow,
        version: Version | None,
        differences: Sequence[Difference],
        *,
        as_if: bool = False,
        now: datetime | None = None,
    ) -> None:
        self.row = row
        self.version = version
        self.differences = tuple(differences)
        self.as_if = as_if
        self.now = now or SystemClock().now()

    def __str__(self) -> str:
        key = visible(self._title(), one_line=True)
        reasons = [f"  · {visible(each, one_line=True)}" for each in self.reasons()]
        parts = ["\n".join([f"{key}  {state_cell(self.row).text}", *reasons])]
        if self.version is not None:
            facts = facts_text(self._facts(self.version), 96)
            inputs = inputs_grid(self.version).text(96)
            made = "\n\n".join(part for part in (facts, inputs) if part)
            parts.append(text_section(f"version {self.version.name}", made))
        parts += map(code_section, self.differences)
        return "\n".join(part for part in parts if part)

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        head = tag(
            "div",
            tag("span", self._title(), class_="assetbook-title"),
            state_cell(self.row).shown,
            class_="assetbook-line",
        )
        reasons = tag(
            "ul",
            *(tag("li", each) for each in self.reasons()),
            style="margin: 4px 0 0; padding-left: 20px",
        )
        made = None
        if self.version is not None:
            facts = facts_html(self._facts(self.version))
            inputs = inputs_grid(self.version).html()
            made = section(f"version {self.version.name}", facts, inputs)
        code = [code_html(each) for each in self.differences]
        return card(head, reasons, made, section("code: old − against new +", *code))

    def to_json(self) -> dict[str, Any]:
        """The state, the reasons, what the version was made of, and the differences."""
        return {
            "key": str(self.row.key),
            "state": self.row.state,
            "reasons": [reason.text for reason in self.row.reasons],
            "store": self.row.store,
            "beside": [reason.text for reason in self.row.beside],
            "version" if self.as_if else "latest": (
                version_json(self.version) if self.version is not None else None
            ),
            "differences": [
                {"kind": each.kind, "name": each.name, "lines": list(each.lines)}
                for each in self.differences
            ],
        }

    def _title(self) -> str:
        if not self.as_if or self.version is None:
            return str(self.row.key)
        return f"{self.row.key} with version {self.version.name} would be"

    def reasons(self) -> list[str]:
        """The reasons for its state, and what to know about it, one a line."""
        said = [reason.text for reason in self.row.reasons]
        if self.row.as_of is not None and self.row.state == "fresh":
            said.append(as_of_text(self.row.as_of, self.now))
        if self.row.state == "fresh":
            which = "this version" if self.as_if else "its latest version"
            said.insert(0, f"code, configuration and inputs are those of {which}")
        if self.row.from_store:
            said.append(self.row.from_store)
        if self.row.observed:
            said.append(observed_text(self.row.observed))
        return said

    def _facts(self, version: Version) -> list[tuple[str, Cell | str]]:
        facts: list[tuple[str, Cell | str]] = [
            ("made", made_text(version, self.now)),
            ("code", code_text(version)),
            ("config", version.event.config_text or ""),
            ("read", readers_text(version, self.now)),
        ]
        if not version.event.inputs:
            facts.append(("inputs", "none"))
        return facts
