"""The versions of an asset as a page shows them: a line each, with what checks and numbers said."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from assetbook.events.asset_events import CheckEvaluated
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey
from assetbook.storage.version import Version
from assetbook.surfaces.display.formatting import short_id
from assetbook.surfaces.display.run_table import origin_text
from assetbook.surfaces.display.status import check_look
from assetbook.surfaces.display.version_facts import code_text
from assetbook.surfaces.display.version_table import note_of
from assetbook.surfaces.rows import row_count, stored_size

MOST_VERSIONS = 200
"""The newest versions that are shown."""
_MOST_RESULTS = 2_000
_NUMBERS = frozenset({"int", "float"})


def version_history(
    instance: Instance, key: AssetKey, latest: Version | None
) -> dict[str, dict[str, Any]]:
    """The newest versions by name, newest first; of the store that has the latest one.

    Names are as behind a key, ``@9``: objects of a page put keys that are numbers first, in the
    order of these.
    """
    store = instance.store_of(latest.store if latest is not None else None)
    found = store.versions(key, newest=MOST_VERSIONS)
    if latest is not None and latest.store is not None:
        found = [each.seen_in(latest.store) for each in found]
    kept = store.kept([key]).get(key, frozenset())
    results = _results(
        store.events(key=key, kinds=(CheckEvaluated,), newest_first=True, limit=_MOST_RESULTS)
    )
    origins = _origins(instance, found)
    return {
        f"@{each.name}": {
            "name": each.name,
            **_line(each, each.number in kept),
            "origin": origins.get(each.run_id, ""),
            "checks": results.get(each.number, {}),
        }
        for each in found
    }


def _line(version: Version, kept: bool) -> dict[str, Any]:
    event = version.event
    return {
        "partition": version.partition,
        "at": event.at,
        "seconds": event.duration if event.run_id else None,
        "rows": row_count(event),
        "bytes": stored_size(event),
        "run": event.run_id,
        "run_name": short_id(event.run_id),
        "code": code_text(version),
        "kept": kept,
        "note": note_of(version, kept),
        "own": version.store is None,
        "has_value": event.value is not None and event.wiped_at is None,
        "numbers": _numbers(event.metadata),
    }


def _numbers(metadata: Mapping[str, Any]) -> dict[str, float]:
    """The finite numbers among metadata in wire form, which can be drawn over time."""
    return {
        name: wire["value"]
        for name, wire in metadata.items()
        if isinstance(wire, Mapping)
        and wire.get("type") in _NUMBERS
        and isinstance(wire.get("value"), int | float)
        and math.isfinite(wire["value"])
    }


def _results(stored: Sequence[Any]) -> dict[int, dict[str, str]]:
    """What each check last said of each version, as the word of its look; newest events first."""
    found: dict[int, dict[str, str]] = {}
    for event in (each.event for each in stored):
        if isinstance(event, CheckEvaluated) and event.version is not None and event.store is None:
            word = check_look(event.passed, event.severity).word
            found.setdefault(event.version, {}).setdefault(event.check, word)
    return found


def _origins(instance: Instance, versions: Sequence[Version]) -> dict[str, str]:
    """Who had each run made, by run."""
    runs = {each.run_id: each for each in versions if each.run_id}
    found = {run_id: instance.run_of(each) for run_id, each in runs.items()}
    return {
        run_id: origin_text(run.origin)
        for run_id, run in found.items()
        if run is not None and run.origin is not None
    }
