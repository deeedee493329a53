"""What freshness is judged by: the latest version of each asset, and what checks said of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from assetbook.dependencies.asset_state import Recorded
from assetbook.events.records import AssetObserved
from assetbook.instance.reporting import as_version
from assetbook.keys import AssetKey
from assetbook.storage.store import Store, Version


def recorded_latest(
    store: Store, keys: Collection[AssetKey] | None, file_gone: Callable[[Version], bool]
) -> dict[AssetKey, Recorded]:
    """The latest version of each asset (None: of all) with the checks of that version.

    An asset that was only observed is there as if it had a version of the number 0.
    """
    latest = store.latest(keys)
    checks: dict[AssetKey, dict[str, Any]] = {}
    for check, state in store.checks(keys).items():
        version, event = latest.get(check.asset_key), state.event
        if version is not None and (event.version, event.store or version.store) == (
            version.number,
            version.store,
        ):
            checks.setdefault(check.asset_key, {})[check.name] = event
    found = {
        key: Recorded(each.number, each.event, checks.get(key, {}), file_gone(each), each.store)
        for key, each in latest.items()
    }
    for key, stored in store.observed(keys).items():
        observed = stored.event
        if key not in found and isinstance(observed, AssetObserved):
            found[key] = Recorded(0, as_version(observed, stored.id), {}, False, stored.store)
    return found
