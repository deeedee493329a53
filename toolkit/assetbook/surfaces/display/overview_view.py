"""The overview: the store, the notebook, how the assets stand, what ran last, what to type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from assetbook.instance.instance import Instance
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.asset_words import (
    no_assets_html,
    no_assets_text,
    state_counts,
    states_text,
)
from assetbook.surfaces.display.formatting import age_text, counted, short_id
from assetbook.surfaces.display.grid import Cell, facts_html, facts_text
from assetbook.surfaces.display.html import Html, state_badge, tag, visible
from assetbook.surfaces.display.parity_words import parity_lines
from assetbook.surfaces.display.run_table import no_runs, run_json, runs_grid
from assetbook.surfaces.display.view import View, card, muted, section, text_section
from assetbook.surfaces.known_jobs import KnownJob, jobs_grid
from assetbook.surfaces.last_look import News
from assetbook.surfaces.rows import AssetRow
from assetbook.surfaces.suggestion import typed

INDEX: Final = (
    ("assets", "all assets with their states"),
    ("show NAME", "one asset: schema, checks, metadata"),
    ("lineage", "the graph with states"),
    ("why NAME", "why it is stale, with the code that changed"),
    ("plan +NAME", "what would run, and why"),
    ("materialize +NAME", "run what is not fresh"),
    ("launch JOB", "run a job"),
    ("value NAME@3", "a stored value"),
    ("versions NAME", "its versions"),
    ("runs", "what ran"),
    ("logs RUN", "what a run printed"),
)
"""Verbs, and what each is for."""


class Overview(View):
    """What ``%assetbook`` shows; ``kind`` says who asks, ``location`` is the notebook's id.

    ``pinned`` is what is said of its pin, ``daemon`` of who fires what is due, ``ahead`` of the
    schedules and sensors that run older code, ``unsaved`` are lines about cells that the notebook's
    file has otherwise than they ran, ``locations`` those that the project names, ``news`` what has
    run since the last look, ``jobs`` the project's.
    """

    def __init__(
        self,
        instance: Instance,
        rows: Sequence[AssetRow],
        runs: Sequence[RunRecord],
        kind: str,
        location: str | None,
        *,
        pinned: str = "",
        daemon: str = "",
        ahead: Sequence[str] = (),
        unsaved: Sequence[str] = (),
        locations: Sequence[str] = (),
        news: News | None = None,
        jobs: Sequence[KnownJob] = (),
        now: datetime | None = None,
    ) -> None:
        self.pinned = pinned
        self.daemon = daemon
        self.ahead = tuple(ahead)
        self.store = _store(instance)
        self.read_through = _read_through(instance)
        self.rows = tuple(rows)
        self.runs = tuple(runs)
        self.kind = kind
        self.location = location
        self.unsaved = tuple(unsaved)
        self.locations = tuple(locations)
        self.news = news
        self.jobs = tuple(jobs)
        self.now = now or instance.clock.now()

    def __str__(self) -> str:
        counts = ("assets", states_text(self.rows) if self.rows else "")
        facts = facts_text([*self._facts(), counts])
        assets = "" if self.rows else no_assets_text()
        runs = runs_grid(self.runs, self.now).without("steps", "by").text(96) or no_runs()
        parts = (
            facts,
            f"\n{assets}" if assets else "",
            text_section("cells and the saved file", "\n".join(map(visible, self.unsaved))),
            text_section("loading", "\n".join(self._loading())),
            text_section("jobs", jobs_grid(self.jobs).text(96)),
            text_section("last runs", runs),
            text_section("what to type", facts_text(self._index())),
        )
        return "\n".join(part for part in parts if part)

    def html(self) -> Html:
        """It as HTML without a frame or style rules."""
        states = [
            tag("span", tag("span", f"{count} ", class_="assetbook-name"), state_badge(state))
            for state, count in state_counts(self.rows).items()
        ]
        line = tag("div", *states, class_="assetbook-line", style="gap: 16px; margin: 6px 0")
        runs = runs_grid(self.runs, self.now).html() or muted(no_runs())
        index = facts_html(self._index())
        return card(
            tag("div", "assetbook", class_="assetbook-title"),
            facts_html(self._facts()),
            line if states else no_assets_html(),
            self._unsaved_html(),
            self._loading_html(),
            section("jobs", jobs_grid(self.jobs).html()),
            section("last runs", runs),
            section("what to type", index),
        )

    def to_json(self) -> dict[str, Any]:
        """The store, the location, the assets and the last runs."""
        return {
            "store": self.store,
            "read_through": self.read_through or None,
            "location": self.location,
            "pin": self.pinned or None,
            "daemon": self.daemon or None,
            "ahead": list(self.ahead),
            "unsaved": list(self.unsaved),
            "locations": list(self.locations),
            "since": self._news_json(),
            "assets": [row.to_json() for row in self.rows],
            "jobs": [job.to_json() for job in self.jobs],
            "runs": [run_json(run) for run in self.runs],
        }

    def _unsaved_html(self) -> Html | None:
        lines = [tag("div", each) for each in self.unsaved]
        return section("cells and the saved file", *lines) if lines else None

    def _loading(self) -> list[str]:
        """Whether loading the notebook without running it gives what running it gave."""
        return parity_lines({row.key: row.parity for row in self.rows if row.parity is not None})

    def _loading_html(self) -> Html | None:
        lines = [tag("div", each) for each in self._loading()]
        return section("loading", *lines) if lines else None

    def _index(self) -> list[tuple[str, Cell | str]]:
        shell = self.kind != "session"
        return [(typed(verb, shell=shell), use) for verb, use in INDEX]

    def _facts(self) -> list[tuple[str, Cell | str]]:
        scratch = "not known: its definitions count as scratch" if self.kind == "session" else ""
        return [
            ("store", visible(self.store, one_line=True)),
            ("reads through to", visible(self.read_through, one_line=True)),
            ("notebook", self.location or scratch),
            ("locations", visible(", ".join(self.locations), one_line=True)),
            ("pin", visible(self.pinned, one_line=True)),
            ("daemon", visible(self.daemon, one_line=True)),
            ("older code", visible("; ".join(self.ahead), one_line=True)),
            ("since your last look", visible(self._news(), one_line=True)),
        ]

    def _news(self) -> str:
        news = self.news
        if news is None:
            return ""
        when = age_text(news.looked_at, self.now)
        if not news.runs:
            return f"nothing ran ({when})"
        more = " or more" if news.is_more else ""
        said = f"{counted(len(news.runs), 'run')}{more} ({when})"
        if news.failed:
            names = ", ".join(f"{short_id(each.id)} {each.asked}" for each in news.failed[:3])
            said += f", {len(news.failed)} failed: {names}"
        return said

    def _news_json(self) -> dict[str, Any] | None:
        if self.news is None:
            return None
        return {
            "looked_at": self.news.looked_at.isoformat(),
            "runs": len(self.news.runs),
            "failed": [each.id for each in self.news.failed],
        }


def _store(instance: Instance) -> str:
    """Where the store is, from the user's home where it lies below that."""
    folder = instance.project.store if instance.project is not None else None
    if folder is None:
        return "in memory, gone with this process"
    project = instance.project
    name = f"{project.store_name}: " if project is not None and project.store_name else ""
    return f"{name}{_from_home(folder)}"


def _from_home(folder: Path) -> str:
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def _read_through(instance: Instance) -> str:
    """The store that is read through to, and whether it is there; empty if none is."""
    project = instance.project
    if project is None or project.read_through is None:
        return ""
    name = project.read_through
    there = "" if instance.others[name].is_there else " (not there now)"
    return f"{name}: {_from_home(project.stores[name])}{there}"
