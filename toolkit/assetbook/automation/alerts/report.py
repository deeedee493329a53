"""All that is told with one alert, read from the store when it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from assetbook.automation.alerts.alert import Alert
from assetbook.automation.alerts.ended_runs import first_failure, started_of
from assetbook.automation.alerts.failing_source import failing_source
from assetbook.definitions.secret import keyed_hash
from assetbook.definitions.secret_literals import masked
from assetbook.errors import StoreError
from assetbook.events.parts import ErrorInfo
from assetbook.events.run_events import RunStarted, StepEnded
from assetbook.instance.asset_record import AssetRecord
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks, kernels_kept_until
from assetbook.instance.snapshots import recall_content
from assetbook.keys import AssetKey
from assetbook.settings.alerts import AlertKind

_TRACEBACK_LINES, _SOURCE_LINES = 15, 40
_CHARACTERS = 4_000
_HIDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Characters that colour, hide or reorder text, or are none."""


class Report(msgspec.Struct, frozen=True):
    """One alert as every form of it tells it; texts without secrets, and nothing that hides."""

    id: str
    """The same for the same news, however often it comes, and never another store's."""
    kind: AlertKind
    subject: str
    said: str
    at: datetime
    project: str
    location: str = ""
    run_id: str = ""
    step: str = ""
    assets: tuple[str, ...] = ()
    where: str = ""
    """The line that raised: ``cell 4, line 3``."""
    source: str = ""
    """The cell, or the function, that defines what failed."""
    traceback: str = ""
    inputs: Mapping[str, str] = msgspec.field(default_factory=dict)
    """By asset that was read, its version: ``7 of 2026-03-01 06:00 UTC``."""
    detail: str = ""
    kernel: str = ""
    """Whether the kernel is kept of a notebook that failed in a cell, and until when."""
    remedy: str = ""
    """The command that retries, or looks into it, for a shell in the project's folder."""
    more: int = 0
    """How many like it there were since."""

    @property
    def title(self) -> str:
        """The one line that stands for it: ``failed: orders in shop.ipynb``."""
        more = f" (and {self.more} more times)" if self.more else ""
        return f"{self.kind}: {self.subject}{more}"


def report_of(instance: Instance, alert: Alert, project: str) -> Report:
    """The alert with all that the store knows of it; what is gone by now is left out."""
    started = started_of(instance, alert.run_id) if alert.run_id else None
    failed = first_failure(instance, alert.run_id, alert.step) if alert.step else None
    record = _record(instance, started, failed)
    error = failed.error if failed is not None else None
    return Report(
        id=keyed_hash(f"{alert.key} {alert.more}", instance.key),
        kind=alert.kind,
        subject=clean(alert.subject),
        said=clean(alert.said),
        at=alert.at,
        project=clean(project),
        location=clean(alert.location),
        run_id=alert.run_id,
        step=clean(alert.step),
        assets=tuple(clean(str(AssetKey.from_text(each))) for each in alert.assets),
        where=clean((error.where or "") if error is not None else ""),
        source=_source(instance, started, failed, record),
        traceback=_short(error, _TRACEBACK_LINES) if error is not None else "",
        inputs=_inputs(instance, started, failed, record),
        detail=_last(clean(alert.detail), _TRACEBACK_LINES),
        kernel=_kernel(instance, failed) if failed is not None else "",
        remedy=clean(alert.remedy),
        more=alert.more,
    )


def clean(text: str) -> str:
    """The text without literals that look like secrets, and with what hides written out."""
    whole = text.replace("\r\n", "\n").encode(errors="backslashreplace").decode()
    return _HIDING.sub(lambda found: f"\\u{ord(found[0]):04x}", masked(whole))


def _record(
    instance: Instance, started: RunStarted | None, failed: StepEnded | None
) -> AssetRecord | None:
    """The asset that failed, as the run had it defined."""
    if started is None or failed is None or not failed.keys or started.snapshot is None:
        return None
    try:
        records = recall_content(instance, started.snapshot)
    except StoreError:  # it was let go
        return None
    return next((each for each in records if each.key == failed.keys[0]), None)


def _source(
    instance: Instance,
    started: RunStarted | None,
    failed: StepEnded | None,
    record: AssetRecord | None,
) -> str:
    if started is None or failed is None:
        return ""
    try:
        return _first(clean(failing_source(instance, started, failed, record)), _SOURCE_LINES)
    except StoreError:  # it was let go
        return ""


def _kernel(instance: Instance, failed: StepEnded) -> str:
    kept = kept_notebooks(instance, failed.run_id, [failed.step])
    bad = next((each.bad for each in kept.values() if each.bad is not None), None)
    if bad is None:
        return ""
    until = kernels_kept_until(instance, kept).get(failed.step)
    if until is None:
        return "is gone: `assetbook resume` begins at the first cell"
    return f"kept until {until:%Y-%m-%d %H:%M} UTC: `assetbook resume` goes on from {bad}"


def _short(error: ErrorInfo, lines: int) -> str:
    return _last(clean(error.traceback or f"{error.kind}: {error.message}"), lines)


def _first(text: str, lines: int) -> str:
    every = text.splitlines()
    rest = len(every) - lines
    kept = [*every[:lines], f"... {rest} more lines"] if rest > 0 else every
    return "\n".join(kept)[:_CHARACTERS]


def _last(text: str, lines: int) -> str:
    every = text.splitlines()
    rest = len(every) - lines
    kept = [f"... {rest} lines before", *every[-lines:]] if rest > 0 else every
    return "\n".join(kept)[-_CHARACTERS:]


def _inputs(
    instance: Instance,
    started: RunStarted | None,
    failed: StepEnded | None,
    record: AssetRecord | None,
) -> dict[str, str]:
    """The versions that were the latest of what it reads when it failed, or that it was given."""
    if started is None or failed is None or record is None:
        return {}
    names = dict.fromkeys(record.inputs.values())
    keys = [AssetKey.from_text(each) for each in names]
    told = {str(key): _version(instance, key, started, failed) for key in keys}
    return {clean(name): version for name, version in told.items() if version}


def _version(instance: Instance, key: AssetKey, started: RunStarted, failed: StepEnded) -> str:
    given = started.given.get(key.text)
    for version in instance.store.versions(key):
        wanted = version.number == given if given else version.at <= failed.at
        if wanted and (given or not version.event.overridden):
            return f"version {version.name} of {version.at:%Y-%m-%d %H:%M:%S} UTC"
    return ""
