"""One run as a page watches it: its head, its steps in time, the cells of its notebooks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from assetbook.events.parts import RunRequest
from assetbook.events.records import Event
from assetbook.events.run_events import RunQueued, RunStarted
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks
from assetbook.kernels.kept_notebook import KeptNotebook
from assetbook.kernels.output_log import LOG
from assetbook.keys import folder_name
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.store import RunRecord
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.cells_view import cell_look, cells_said, is_over, raised
from assetbook.surfaces.display.formatting import short_id
from assetbook.surfaces.display.re_execution_words import again_text, asked_again_text
from assetbook.surfaces.display.status import run_look
from assetbook.surfaces.watching import run_named
from assetbook.surfaces.widgets.changes import Document
from assetbook.surfaces.widgets.look_json import look_json
from assetbook.surfaces.widgets.run_ways import ways_on
from assetbook.surfaces.widgets.runs_topic import run_facts
from assetbook.surfaces.widgets.step_lines import step_lines

_LOOKED_AT = 200  # newest runs, for those that do this one again


def run_document(desk: Desk, given: Mapping[str, Any]) -> Document:
    """The run whose id begins as ``given["run"]``; empty: the newest.

    Raises SelectionError if there is none.
    """
    instance = desk.instance
    instance.end_dead_runs()
    run = _with_its_turn(instance, run_named(instance, str(given.get("run") or "")))
    if run.status not in ON_THEIR_WAY:
        instance.write_late_notebooks(run.id)
    events = [stored.event for stored in instance.events(run_id=run.id)]
    notebooks = notebooks_of(instance, run)
    return {
        "run": run_facts(run) | {"message": run.message},
        "facts": _facts(run, events),
        "steps": step_lines(run, events),
        "notebooks": {step: notebook_facts(each) for step, each in notebooks.items()},
        "ways": ways_on(instance, run, notebooks),
        "parent": _parent(run),
        "children": _children(instance, run),
    }


def run_pulse(desk: Desk, given: Mapping[str, Any]) -> object:
    """How far the notebooks of the run have come, of which no event tells."""
    instance = desk.instance
    found = instance.store.runs(beginning=str(given.get("run") or ""), limit=1)
    if not found or instance.notebook_files is None or found[0].status not in ON_THEIR_WAY:
        return None
    folder = instance.notebook_files / folder_name(found[0].id)
    return [(each.name, each.stat().st_size) for each in folder.glob(f"*/{LOG}")]


def notebooks_of(instance: Instance, run: RunRecord) -> dict[str, KeptNotebook]:
    """The notebooks that its steps ran, by step."""
    root = instance.notebook_files
    if root is None or not (root / folder_name(run.id)).is_dir():
        return {}
    return kept_notebooks(instance, run.id, run.steps)


def notebook_facts(kept: KeptNotebook) -> dict[str, Any]:
    """The cells of a notebook with their states, and the one that ended it."""
    bad, over = kept.bad, is_over(kept)
    return {
        "said": cells_said(kept),
        "path": str(kept.path) if kept.path is not None else None,
        "parameters": kept.parameters,
        "cells": [
            {
                "number": each.number,
                "look": look_json(cell_look(each, over=over)),
                "started": each.started,
                "seconds": each.seconds,
                "line": each.first_line,
            }
            for each in kept.cells
        ],
        "bad": None
        if bad is None
        else {
            "number": bad.number,
            "source": kept.source_of(bad),
            "raised": "\n".join(raised(bad)),
        },
    }


def _with_its_turn(instance: Instance, run: RunRecord) -> RunRecord:
    """The run; of one that waits, with what it waits for."""
    if run.status != "queued":
        return run
    waiting = instance.runs(None, statuses=("queued",))
    return next((each for each in waiting if each.id == run.id), run)


def _facts(run: RunRecord, events: Sequence[Event]) -> list[tuple[str, str]]:
    """What else there is to say of it, a name and a text each."""
    begun = next((each for each in events if isinstance(each, RunStarted | RunQueued)), None)
    request = (begun.request if begun is not None else None) or RunRequest()
    job = begun.job if isinstance(begun, RunStarted) else None
    workers = f" with {request.workers} workers" if request.workers else ""
    found = [
        ("job", job or request.asset_job),
        ("source", run.bundle[:7] if run.bundle else ""),
        ("executor", f"{request.executor}{workers}" if request.executor else ""),
        ("resources", ", ".join(request.resources)),
        ("retries by itself", str(request.max_retries or "")),
        ("config", _indented(request.config)),
        ("config not kept", ", ".join(request.config_not_kept)),
    ]
    return [(name, said) for name, said in found if said]


def _indented(config: Mapping[str, Any]) -> str:
    plain = msgspec.to_builtins(config)
    return json.dumps(plain, indent=2, ensure_ascii=False) if config else ""


def _parent(run: RunRecord) -> dict[str, str] | None:
    again = run.reexecution
    if again is None:
        return None
    return {"id": again.parent_run_id, "said": again_text(again)}


def _children(instance: Instance, run: RunRecord) -> list[dict[str, Any]]:
    """The runs that do it again, newest first."""
    return [
        {
            "id": each.id,
            "short": short_id(each.id),
            "look": look_json(run_look(each.status)),
            "asked": asked_again_text(each),
            "started": each.started_at,
        }
        for each in instance.store.runs(limit=_LOOKED_AT)
        if each.reexecution is not None and each.reexecution.parent_run_id == run.id
    ]
