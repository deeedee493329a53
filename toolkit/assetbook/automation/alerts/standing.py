"""What is so now, and nobody's event tells: assets that are late, and code that differs."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable
from datetime import datetime

from assetbook.automation.alerts.due_alerts import DifferingCode, LateAsset, some
from assetbook.automation.alerts.known_assets import KnownAssets
from assetbook.definitions.digest import text_digest
from assetbook.definitions.freshness_policy import FreshnessPolicy, freshness_state
from assetbook.instance.asset_record import AssetRecord
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey
from assetbook.storage.store import Version


def late_assets(instance: Instance, known: KnownAssets, now: datetime) -> list[LateAsset]:
    """The assets whose freshness policies fail now; of one in partitions its last one counts."""
    policies = {
        AssetKey.from_text(record.key): (location, record)
        for location, record in known
        if record.freshness
    }
    latest = instance.store.latest(policies.keys()) if policies else {}
    found = []
    for key, (location, record) in policies.items():
        version = _newest(instance, key) if record.partitions else latest.get(key)
        policy = FreshnessPolicy.from_data(record.freshness)
        if version is not None and freshness_state(policy, version.at, now) == "fail":
            found.append(_late(key, location, version, policy))
    return found


def _newest(instance: Instance, key: AssetKey) -> Version | None:
    found = instance.store.versions(key, newest=1)
    return found[0] if found else None


def _late(key: AssetKey, location: str, version: Version, policy: FreshnessPolicy) -> LateAsset:
    return LateAsset(
        key.text,
        str(key),
        location,
        str(version.number),
        f"it was last made at {version.at:%Y-%m-%d %H:%M} UTC, and is to be {policy.describe()}",
        f"assetbook materialize {shlex.quote(location)} {shlex.quote(str(key))}",
    )


def differing_code(known: KnownAssets, locations: Collection[str]) -> list[DifferingCode]:
    """Of those locations the ones of which the last load gave other code than running them."""
    found: dict[str, list[AssetRecord]] = {}
    for location, record in known:
        if location in locations and differs(record):
            found.setdefault(location, []).append(record)
    return [_differing(location, records) for location, records in found.items()]


def differs(record: AssetRecord) -> bool:
    """Whether the last load gave other code for it than running its cells gave."""
    return len(record.parity) == 3 and record.parity[1] == "differs"


def _differing(location: str, records: Iterable[AssetRecord]) -> DifferingCode:
    said = {str(AssetKey.from_text(each.key)): each.parity[2] for each in records}
    reasons = some([f"`{name}` ({why})" for name, why in said.items()])
    return DifferingCode(
        location,
        text_digest("\n".join(sorted(f"{each.key} {each.parity[0]}" for each in records)))[:12],
        tuple(each.key for each in records),
        f"loading it gives other code than running its cells gave: {reasons}; its runs go on"
        " with the source that they are pinned to, or that ran before",
        f"assetbook promote {shlex.quote(location)} --dry-run",
    )
