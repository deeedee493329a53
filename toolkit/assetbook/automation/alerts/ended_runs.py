"""A run that ended, read from its events: what of it people are told of."""

from __future__ import annotations

import shlex
from collections.abc import Collection

from assetbook.automation.alerts.due_alerts import EndedRun
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.records import Event
from assetbook.events.run_events import RunEnded, RunStarted, StepEnded, StepSucceeded
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks
from assetbook.instance.run_requests import retries_of
from assetbook.keys import AssetKey, RunId
from assetbook.planning.run_retries import RunEnding, next_retry
from assetbook.storage.store import StoredEvent

BY_HAND: Collection[str] = frozenset({"session", "cli", "python", "ci", "test", "reported"})
"""The kinds of origins of runs that people started, or programs of theirs."""
_OF_STEPS: tuple[type[Event], ...] = (StepEnded, StepSucceeded, AssetMaterialized)


def started_of(instance: Instance, run_id: str) -> RunStarted | None:
    """How a run began; None for one that never did, as it was taken out of the queue."""
    found = instance.own.events(run_id=RunId(run_id), kinds=[RunStarted], limit=1)
    return found[0].event if found and isinstance(found[0].event, RunStarted) else None


def first_failure(instance: Instance, run_id: str, step: str = "") -> StepEnded | None:
    """How the step of that run failed (empty: the first that did); None if none did."""
    for each in instance.own.events(run_id=RunId(run_id), kinds=[StepEnded]):
        event = each.event
        if isinstance(event, StepEnded) and event.status == "failed" and step in ("", event.step):
            return event
    return None


def ended_run(instance: Instance, ended: RunEnded) -> EndedRun:
    """The run of that end, and how each of its steps went."""
    started = started_of(instance, ended.run_id)
    steps = instance.own.events(run_id=RunId(ended.run_id), kinds=_OF_STEPS)
    failed = [
        each.event
        for each in steps
        if isinstance(each.event, StepEnded) and each.event.status == "failed"
    ]
    whole = _whole(started, ended)
    made = {thing for each in steps for thing in _made(each, whole)}
    things = tuple(thing for each in failed for thing in _failed(each, whole))
    bad = ended.status == "failed"
    return EndedRun(
        ended.run_id,
        ended.at,
        bad,
        _asked(started),
        (started.origin.notebook or "") if started else "",
        ended.message,
        started is not None and started.origin.kind in BY_HAND,
        bad and _is_retried(started, step_failed=bool(failed)),
        things or ((whole,) if bad else ()),
        frozenset(made | ({whole} if ended.status == "success" else set())),
        _assets(failed, steps, failing=bad),
        failed[0].step if failed else "",
        _remedy(instance, ended.run_id, failed, begun=started is not None),
    )


def _asked(started: RunStarted | None) -> str:
    if started is None:
        return "a run that waited"
    return f"job {started.job}" if started.job else started.asked


def _whole(started: RunStarted | None, ended: RunEnded) -> str:
    """What stands for the run as a whole."""
    if started is None:
        return f"run {ended.run_id}"
    return f"{_asked(started)} in {started.origin.notebook or ''}"


def _failed(event: StepEnded, whole: str) -> list[str]:
    if not event.keys:
        return [f"{event.step} of {whole}"]
    parts = event.partitions or ("",) * len(event.keys)
    return [_name(key, part) for key, part in zip(event.keys, parts, strict=True)]


def _made(each: StoredEvent, whole: str) -> list[str]:
    event = each.event
    if isinstance(event, AssetMaterialized):
        return [_name(event.key, event.partition or "")]
    return [f"{event.step} of {whole}"] if isinstance(event, StepSucceeded) else []


def _name(key: str, partition: str) -> str:
    return str(AssetKey.from_text(key).at(partition or None))


def _assets(
    failed: Collection[StepEnded], steps: Collection[StoredEvent], *, failing: bool
) -> tuple[str, ...]:
    keys = [key for each in failed for key in each.keys]
    if not failing:
        keys = [each.event.key for each in steps if isinstance(each.event, AssetMaterialized)]
    return tuple(dict.fromkeys(keys))


def _is_retried(started: RunStarted | None, *, step_failed: bool) -> bool:
    if started is None or started.request is None:
        return False
    again = started.reexecution
    done = again.retry_number if again is not None else 0
    ending: RunEnding = "step_failed" if step_failed else "died"
    return next_retry(retries_of(started.request), done, ending) is not None


def _remedy(instance: Instance, run_id: str, failed: Collection[StepEnded], *, begun: bool) -> str:
    if not begun:
        return ""
    short = shlex.quote(run_id[:6])
    kept = kept_notebooks(instance, run_id, [each.step for each in failed])
    if failed and all(each.bad is None for each in kept.values()):
        return f"assetbook retry {short} --from-failure"
    return f"assetbook resume {short}"  # of a notebook's cell too, which people mend first
