"""What freshness is judged by: the latest version of each asset, and what checks said of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from assetbook.dependencies.asset_state import Recorded
from assetbook.events.asset_events import AssetObserved
from assetbook.events.observing import as_version
from assetbook.keys import AssetKey
from assetbook.storage.store import Store, Version


def recorded_latest(
    store: Store, keys: Collection[AssetKey] | None, file_gone: Callable[[Version], bool]
) -> dict[AssetKey, Recorded]:
    """The latest version of each asset (None: of all) with the checks of that version.

    An asset that was only observed, or observed after what was reported of it, is there as if it
    had a version of the number 0.
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
        if isinstance(observed, AssetObserved) and _is_latest(observed, found.get(key)):
            found[key] = Recorded(0, as_version(observed, stored.id), {}, False, stored.store)
    return found


def recorded_partitions(
    store: Store, nodes: Collection[AssetKey], file_gone: Callable[[Version], bool]
) -> dict[AssetKey, Recorded]:
    """The latest version of each partition among ``nodes``, with the checks of that version."""
    named = [node for node in nodes if node.partition is not None]
    assets = {node.asset for node in named}
    among = {node.partition for node in named if node.partition is not None}
    if not assets:
        return {}
    checks: dict[AssetKey, dict[str, Any]] = {}
    for check, states in store.checks_of_partitions(assets, among).items():
        for partition, state in states.items():
            place = check.asset_key.at(partition)
            checks.setdefault(place, {})[check.name] = state.event
    found: dict[AssetKey, Recorded] = {}
    for asset, versions in store.latest_of_partitions(assets, among).items():
        for partition, version in versions.items():
            node = asset.at(partition)
            if node in nodes:
                own = {
                    name: event
                    for name, event in checks.get(node, {}).items()
                    if (event.version, event.store or version.store)
                    == (version.number, version.store)
                }
                gone = file_gone(version)
                found[node] = Recorded(version.number, version.event, own, gone, version.store)
    return found


def _is_latest(observed: AssetObserved, before: Recorded | None) -> bool:
    """Whether it says more than what is recorded: what a run made here counts before."""
    if before is None:
        return True
    return not before.event.run_id and bool(observed.step) and before.event.at < observed.at
