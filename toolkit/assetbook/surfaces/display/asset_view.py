"""One asset: how it stands, its latest version, its schema, its checks, its neighbours."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from assetbook.clock import SystemClock
from assetbook.events.log_record import LogRecord
from assetbook.events.parts import Origin, Reexecution
from assetbook.keys import AssetKey
from assetbook.storage.version import Version
from assetbook.surfaces.display.asset_words import (
    check_note,
    group_of,
    place_of,
    policy_text,
    state_cell,
    tags_text,
    value_text,
    why_of,
)
from assetbook.surfaces.display.formatting import short_id
from assetbook.surfaces.display.grid import Cell, Grid, facts_html, facts_text
from assetbook.surfaces.display.html import Html, join, tag, visible
from assetbook.surfaces.display.metadata_grid import (
    column_lineage_grid,
    declared_grid,
    declared_json,
    metadata_grid,
    metadata_line,
    schema_grid,
    schema_title,
)
from assetbook.surfaces.display.output_text import printed_text
from assetbook.surfaces.display.partition_strip import ranges, strip
from assetbook.surfaces.display.re_execution_words import again_text
from assetbook.surfaces.display.run_table import origin_text
from assetbook.surfaces.display.status import badge, check_look
from assetbook.surfaces.display.version_facts import (
    code_text,
    inputs_grid,
    made_text,
    readers_text,
)
from assetbook.surfaces.display.version_table import version_json
from assetbook.surfaces.display.view import View, card, section, text_section
from assetbook.surfaces.rows import AssetRow
from assetbook.surfaces.suggestion import typed

LINES_SHOWN = 20
"""Lines of what the latest version's step printed."""


_PUNCTUAL = {"pass": "in time", "warn": "late soon", "fail": "late", "unknown": "not made yet"}


class AssetView(View):
    """An asset with a ``version`` of it (None if there is none) and what its step printed.

    ``origin`` says who had the version made; None if no run made it. ``again`` is the run that this
    run did again. ``latest`` is its latest version: if that is another one, the state in ``row`` is
    how it would stand with ``version``.
    """

    def __init__(
        self,
        row: AssetRow,
        version: Version | None,
        upstream: Sequence[AssetKey],
        downstream: Sequence[AssetKey],
        log_records: Sequence[LogRecord],
        *,
        origin: Origin | None = None,
        again: Reexecution | None = None,
        latest: Version | None = None,
        partitions: Mapping[str, str] = MappingProxyType({}),
        now: datetime | None = None,
    ) -> None:
        self.row = row
        self.version = version
        self.upstream = tuple(upstream)
        self.downstream = tuple(downstream)
        self.log_records = tuple(log_records)
        self.origin = origin
        self.again = again
        self.latest = latest
        self.partitions = partitions
        """The state of each partition; empty for an asset without."""
        self.now = now or SystemClock().now()

    def __str__(self) -> str:
        row = self.row
        state = " · ".join(part for part in (self._state().text, why_of(row, self.now)) if part)
        head = [f"{visible(str(row.key), one_line=True)}  {visible(state, one_line=True)}"]
        if row.description:
            head.append(visible(row.description))
        if row.documentation:
            head.append(visible(row.documentation))
        parts = [
            "\n".join([*head, "", facts_text(self.facts())]),
            text_section("partitions", ranges(self.partitions).text(96)),
            *(text_section(title, grid.text(96)) for title, grid in self._grids()),
            text_section("printed", visible(self._printed())),
        ]
        return "\n".join(part for part in parts if part)

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        row = self.row
        head = tag(
            "div",
            tag("span", str(row.key), class_="assetbook-title"),
            self._state().shown,
            tag("span", why_of(row, self.now), class_="assetbook-muted assetbook-small"),
            class_="assetbook-line",
        )
        about = [
            tag("div", each, style="white-space: pre-line; margin: 2px 0 4px")
            for each in (row.description, row.documentation)
            if each
        ]
        grids = [section(title, grid.html()) for title, grid in self._grids()]
        printed = self._printed()
        text = tag("pre", printed, class_="assetbook-text")
        said = section("printed", text) if printed else None
        columns = tag("div", *(grid for grid in grids if grid), class_="assetbook-columns")
        strips = section("partitions", strip(self.partitions), ranges(self.partitions).html())
        parts = strips if self.partitions else None
        return card(head, *about, facts_html(self.facts()), parts, columns, said)

    def to_json(self) -> dict[str, Any]:
        """The asset, its latest version, its neighbours, and what it printed."""
        return {
            **self.row.to_json(),
            "description": self.row.description,
            "documentation": self.row.documentation,
            "definition_metadata": declared_json(self.row.metadata),
            "upstream": [str(key) for key in self.upstream],
            "downstream": [str(key) for key in self.downstream],
            "version" if self._as_if else "latest": (
                version_json(self.version) if self.version is not None else None
            ),
            "metadata": dict(self.version.event.metadata) if self.version is not None else {},
            "printed": self._printed(),
            "partitions": dict(self.partitions),
        }

    @property
    def _as_if(self) -> bool:
        """Whether the version is not the latest one."""
        version, latest = self.version, self.latest
        return version is not None and latest is not None and version != latest

    def _state(self) -> Cell:
        """Its state, and of which version if that is not the latest one."""
        cell, version = state_cell(self.row), self.version
        if version is None or not self._as_if:
            return cell
        said = f"version {version.name} would be"
        quiet = tag("span", said, class_="assetbook-muted assetbook-small")
        return Cell(f"{said} {cell.text}", join((quiet, " ", cell.shown)))

    def facts(self) -> list[tuple[str, Cell | str]]:
        """What is known of it and of its version, each by name; those with nothing to say too."""
        row, version = self.row, self.version
        facts: list[tuple[str, Cell | str]] = []
        if version is None:
            facts.append(("version", "external" if row.external else "never materialized"))
        else:
            facts += [
                ("version", self._number(version)),
                ("made", made_text(version, self.now)),
                ("by", self._by()),
                ("value", value_text(row)),
                ("code", code_text(version)),
                ("config", version.event.config_text or ""),
                ("read", readers_text(version, self.now)),
            ]
        facts += [
            ("policy", self._policy()),
            ("automation", row.automation),
            ("type", row.type),
            ("group", group_of(row)),
            ("kinds", ", ".join(row.kinds)),
            ("owners", ", ".join(row.owners)),
            ("tags", tags_text(row.tags)),
            ("defined in", place_of(row)),
            ("upstream", ", ".join(map(str, self.upstream))),
            ("downstream", ", ".join(map(str, self.downstream))),
        ]
        return facts

    def _policy(self) -> str:
        policy, state = self.row.policy, self.row.punctual(self.now)
        if policy is None or state is None:
            return ""
        return f"{_PUNCTUAL[state]}: {policy_text(policy)}"

    def _by(self) -> str:
        origin = origin_text(self.origin) if self.origin is not None else ""
        return " · ".join(part for part in (origin, again_text(self.again)) if part)

    def _number(self, version: Version) -> str:
        if not self._as_if or self.latest is None:
            return version.name
        return f"{version.name}, and the latest is {self.latest.name}"

    def _grids(self) -> list[tuple[str, Grid]]:
        metadata = self.version.event.metadata if self.version is not None else {}
        schema = schema_grid(metadata)
        declared = declared_json(self.row.metadata)
        grids = [
            (schema_title(schema), schema),
            ("checks", self._checks()),
            ("columns made from", column_lineage_grid({**declared, **metadata})),
            ("metadata", metadata_grid(metadata)),
            ("metadata of the definition", declared_grid(self.row.metadata)),
        ]
        if self.version is not None:
            grids.insert(2, ("made from", inputs_grid(self.version)))
        return grids

    def _checks(self) -> Grid:
        rows = []
        for check in self.row.checks:
            look = check_look(check.passed, check.severity)
            said = (check_note(check), metadata_line(check.metadata))
            rows.append(
                (
                    check.name,
                    Cell(f"{look.symbol} {look.word}", badge(look)),
                    " · ".join(part for part in said if part),
                )
            )
        return Grid(("check", "result", "what it says"), tuple(rows))

    def _logs(self) -> str:
        event = self.version.event if self.version is not None else None
        if event is None or not event.run_id:
            return typed("logs")
        return typed(f"logs {short_id(event.run_id)} --step {shlex.quote(event.step)}")

    def _printed(self) -> str:
        lines = printed_text(self.log_records).splitlines()
        more = len(lines) - LINES_SHOWN
        note = [f"… {more:,} more lines: see {self._logs()}"] if more > 0 else []
        return "\n".join([*lines[:LINES_SHOWN], *note])
