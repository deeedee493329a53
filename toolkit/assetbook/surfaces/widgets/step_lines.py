"""The steps of a run in time: when each began and ended, each of its tries, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import structs

from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.events.records import Event
from assetbook.events.run_events import StepEnded, StepStarted, StepSucceeded, StepUpForRetry
from assetbook.planning.dynamic_steps import template_name
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.formatting import first_line
from assetbook.surfaces.display.status import FAILED, RUNNING, WAITING, run_look
from assetbook.surfaces.display.step_ends import StepEnd, step_ends
from assetbook.surfaces.display.theme import Look
from assetbook.surfaces.widgets.look_json import look_json

ENDS = (AssetMaterialized, AssetObserved, CheckEvaluated, StepEnded, StepSucceeded)
"""The events with which steps end."""
RETRYING = Look(WAITING.colour, "↻", "will be tried again")


class Try(msgspec.Struct):
    """One time that a step's code ran."""

    started: datetime | None
    ended: datetime | None = None
    message: str = ""
    """Why it was tried again."""


def step_lines(run: RunRecord, events: Sequence[Event]) -> dict[str, dict[str, Any]]:
    """The steps by name in the order in which they began, then those that wait, in the plan's."""
    ends, tries, made = step_ends(events), tries_of(events), _assets_of(events)
    names = dict.fromkeys([*tries, *ends, *run.steps])
    known = {template_name(name) for name in names if name != template_name(name)}
    return {
        name: _line(run, ends.get(name) or StepEnd(name, WAITING), tries.get(name, []))
        | {"asset": made.get(name)}
        for name in names
        if name not in known or name in tries
    }


def tries_of(events: Iterable[Event]) -> dict[str, list[Try]]:
    """Each time that each step ran, by name, in the order in which they began."""
    tries: dict[str, list[Try]] = {}
    for event in events:
        if isinstance(event, StepStarted):
            tries.setdefault(event.step, []).append(Try(event.at))
        elif isinstance(event, StepUpForRetry):
            _end(tries, event.step, event.at, first_line(event.message))
        elif isinstance(event, ENDS) and event.step:
            _end(tries, event.step, event.at)
    return tries


def _assets_of(events: Iterable[Event]) -> dict[str, str]:
    """The asset that each step is about, by name."""
    about = (AssetMaterialized, AssetObserved, CheckEvaluated)
    found = {each.step: each.key for each in events if isinstance(each, about)}
    failed = (each for each in events if isinstance(each, StepEnded) and each.keys)
    return found | {each.step: each.keys[0] for each in failed}


def _end(tries: dict[str, list[Try]], step: str, at: datetime, message: str = "") -> None:
    of_step = tries.setdefault(step, [])
    if not of_step:
        of_step.append(Try(None, at, message))
    elif of_step[-1].ended is None:
        of_step[-1].ended, of_step[-1].message = at, message


def _line(run: RunRecord, end: StepEnd, tries: Sequence[Try]) -> dict[str, Any]:
    over = run.status not in ON_THEIR_WAY
    if end.look == RUNNING and over:  # its process was killed
        end = structs.replace(end, look=run_look(run.status))
    elif end.look == RUNNING and tries and tries[-1].ended is not None:
        end = structs.replace(end, look=RETRYING)
    looks = [look_json(FAILED)] * (len(tries) - 1) + [look_json(end.look)]
    return {
        "look": look_json(end.look),
        "seconds": end.duration,
        "facts": end.facts,
        "message": end.message,
        "where": end.error.where if end.error is not None else None,
        "tries": [
            {"started": each.started, "ended": each.ended, "message": each.message, "look": look}
            for each, look in zip(tries, looks, strict=False)
        ],
    }
