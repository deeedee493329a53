"""The list of runs as a page watches it: enough of each for a line and for a bar in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.storage.store import RunRecord
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.formatting import asked_of, first_line, short_id
from assetbook.surfaces.display.re_execution_words import asked_again_text
from assetbook.surfaces.display.run_table import origin_text, run_seconds
from assetbook.surfaces.display.status import run_look
from assetbook.surfaces.widgets.changes import Document
from assetbook.surfaces.widgets.look_json import look_json

NEWEST = 200
"""Runs that a list begins with."""
MOST = 2_000
"""Runs that a list has at most."""


def runs_document(desk: Desk, given: Mapping[str, Any]) -> Document:
    """The newest runs by id, newest first; ``given["limit"]`` says how many.

    ``more`` says whether there are older ones.
    """
    limit = limit_of(given.get("limit"))
    found = desk.instance.runs(limit + 1)
    return {"runs": {run.id: run_facts(run) for run in found[:limit]}, "more": len(found) > limit}


def limit_of(asked: object) -> int:
    """How many runs are meant by what a page said."""
    return max(1, min(asked, MOST)) if isinstance(asked, int) else NEWEST


def run_facts(run: RunRecord) -> dict[str, Any]:
    """What lists and pictures show of one run."""
    return {
        "id": run.id,
        "short": short_id(run.id),
        "status": run.status,
        "look": look_json(run_look(run.status)),
        "asked": asked_again_text(run),
        "lane": asked_of(run.asked),
        "place": run.origin.notebook or "",
        "by": origin_text(run.origin),
        "origin": run.origin.kind,
        "queued": run.queued_at,
        "started": None if run.status == "queued" else run.started_at,
        "ended": run.ended_at,
        "seconds": run_seconds(run),
        "steps": len(run.steps),
        "tags": [f"{name}={value}" for name, value in run.tags.items()],
        "message": first_line(run.message),
    }
