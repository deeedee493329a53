"""A wipe that is killed at a named instant, and a naive one beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.crash_points import CrashPoint
from tests.faults.worker import open_store

from assetbook.events.run_events import RunStarted
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import origin_of
from assetbook.instance.wiping import plan_wipes, wipe
from assetbook.keys import AssetKey

ASSETS = ("prices", "orders", "turnover")


def _any(*given: Any, **named: Any) -> bool:
    return True


def _starts(store: object, events: Any, **named: Any) -> bool:
    return isinstance(events[0], RunStarted)


_STORE = "assetbook.storage.sqlite_store:SqliteStore"
_FILES = "assetbook.io.value_files:ValueFiles"

POINTS = (
    CrashPoint("before its transaction", f"{_STORE}.commit", "before", _starts),
    CrashPoint("amid its transaction", "assetbook.storage.wiping:_rewrite", "after", _any),
    CrashPoint("after its transaction", f"{_STORE}.commit", "after", _starts, True),
    CrashPoint("after the first file is gone", f"{_FILES}.remove", "after", _any, True),
    CrashPoint("before folders are synced", f"{_FILES}.settle", "before", _any, True),
    CrashPoint(
        "before the database is anew", "assetbook.storage.expunging:_rewrite", "before", _any, True
    ),
    CrashPoint(
        "before its log is emptied", "assetbook.storage.expunging:_empty_log", "before", _any, True
    ),
    CrashPoint("before its end", "assetbook.instance.wiping:_end", "before", _any, True),
)


def wipe_all(project: Path) -> None:
    """Wipes everything that the worker made."""
    instance = open_store(project)
    plans = plan_wipes(instance, {AssetKey(name): None for name in ASSETS})
    wipe(instance, plans, origin_of("cli"))
    instance.close()


def wipe_naively(project: Path) -> None:
    """Removes the files first, then says so, as a script would."""
    instance: Instance = open_store(project)
    plans = plan_wipes(instance, {AssetKey(name): None for name in ASSETS})
    for plan in plans:
        for version in plan.versions:
            value = version.event.value
            if value is not None and value.path is not None:
                instance.values.remove(value.path)
    wipe(instance, plans, origin_of("cli"))
    instance.close()


WIPES: dict[str, Callable[[Path], None]] = {"assetbook": wipe_all, "naive": wipe_naively}
