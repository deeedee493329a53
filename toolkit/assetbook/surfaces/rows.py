"""What views show, gathered from a standing and the store: plain records, no looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import structs

from assetbook.definitions.freshness_policy import (
    FreshnessPolicy,
    FreshnessState,
    freshness_state,
)
from assetbook.dependencies.asset_state import AssetState
from assetbook.dependencies.reasons import Reason
from assetbook.events.asset_events import AssetMaterialized, CheckEvaluated
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey, version_name
from assetbook.planning.parity import Parity

ROW_COUNT = "dagster/row_count"


class CheckRow(msgspec.Struct, frozen=True):
    """A check and what it last said of the latest version."""

    name: str
    passed: bool | None
    """None if it has not run on the latest version."""
    blocking: bool = False
    severity: str = "error"
    description: str = ""
    metadata: Mapping[str, Any] = msgspec.field(default_factory=dict)


class AssetRow(msgspec.Struct, frozen=True):
    """One asset: what it is, how it stands, and its latest version."""

    key: AssetKey
    state: str
    reasons: tuple[Reason, ...]
    group: str
    as_of: datetime | None = None
    number: int | None = None
    """The latest version's number; None if there is none."""
    data_version: str | None = None
    at: datetime | None = None
    """When the latest version was made, UTC."""
    duration: float | None = None
    """Seconds that it took."""
    rows: int | None = None
    """Rows of its table; None if it is not a table or not known."""
    size: int | None = None
    """Bytes as stored."""
    cell: str = ""
    """``In[4]``, where it is defined; empty if no living cell defines it."""
    source: str = "this session"
    """Where the definition is known from."""
    external: bool = False
    kinds: tuple[str, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    description: str = ""
    documentation: str = ""
    """The text right above its cell in the notebook, as Markdown."""
    owners: tuple[str, ...] = ()
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    metadata: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """What its definition says of it, as its author wrote it."""
    store: str | None = None
    """The name of the other store that its latest version is read from; None: the own one."""
    beside: tuple[Reason, ...] = ()
    """What differs without deciding its state."""
    observed: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Names that it was seen to read and that its code does not show, each with the call."""
    type: str = ""
    """The name of the type that checks its value; empty without one."""
    policy: FreshnessPolicy | None = None
    """How recently it is to be made, by its author; None without a policy."""
    automation: str = ""
    """The condition under which it is made by itself, as it says of itself; empty without one."""
    parity: Parity | None = None
    """Whether loading its notebook gives what running gave; None if nobody has compared."""

    @property
    def version(self) -> str:
        """What names its latest version behind ``@``; empty without one."""
        return version_name(self.number, self.store)

    @property
    def from_store(self) -> str:
        """``from prod``, for what is read from another store, and what differs there."""
        if self.store is None:
            return ""
        return "; ".join([f"from {self.store}", *(each.text for each in self.beside)])

    @property
    def why(self) -> str:
        """The first reasons for its state in one line."""
        from assetbook.dependencies.reasons import text_of

        return text_of(self.reasons)

    def punctual(self, now: datetime) -> FreshnessState | None:
        """Whether it was made as recently as its policy says; None without a policy."""
        return None if self.policy is None else freshness_state(self.policy, self.at, now)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        return {
            "key": str(self.key),
            "state": self.state,
            "reasons": [reason.text for reason in self.reasons],
            "group": self.group,
            "as_of": _iso(self.as_of),
            "version": self.number,
            "store": self.store,
            "beside": [reason.text for reason in self.beside],
            "observed_reads": dict(self.observed),
            "data_version": self.data_version,
            "materialized_at": _iso(self.at),
            "duration_seconds": self.duration,
            "rows": self.rows,
            "bytes": self.size,
            "cell": self.cell,
            "source": self.source,
            "parity": self.parity.to_json() if self.parity is not None else None,
            "external": self.external,
            "automation_condition": self.automation or None,
            "freshness_policy": None if self.policy is None else self.policy.to_data(),
            "type": self.type,
            "kinds": list(self.kinds),
            "owners": list(self.owners),
            "tags": dict(self.tags),
            "checks": [
                {"name": check.name, "passed": check.passed, "blocking": check.blocking}
                for check in self.checks
            ],
        }


def asset_rows(
    now: Standing,
    *,
    cells: Mapping[AssetKey, str],
    sources: Mapping[AssetKey, str],
    keys: Iterable[AssetKey] | None = None,
    parity: Mapping[AssetKey, Parity] | None = None,
) -> tuple[AssetRow, ...]:
    """A row for each asset (or each of ``keys``), upstream first."""
    wanted = set(keys) if keys is not None else None
    answers = parity or {}
    return tuple(
        structs.replace(
            _row(now, key, state, cells.get(key, ""), sources.get(key, "this session")),
            parity=answers.get(key),
        )
        for key, state in now.states.items()
        if wanted is None or key in wanted
    )


def _row(now: Standing, key: AssetKey, state: AssetState, cell: str, source: str) -> AssetRow:
    spec = now.graph.specs[key]
    record = now.recorded.get(key)
    event = record.event if record is not None else None
    code = now.defined[key].code
    checks: Mapping[str, CheckEvaluated] = record.checks if record is not None else {}
    return AssetRow(
        key,
        state.state,
        state.reasons,
        spec.group_name,
        state.as_of,
        state.number,
        state.data_version,
        event.at if event is not None else None,
        event.duration if event is not None else None,
        row_count(event),
        stored_size(event),
        cell,
        source,
        now.defined[key].external,
        tuple(sorted(spec.kinds)),
        _checks(now, key, checks),
        spec.description or "",
        now.texts.get(key, ""),
        spec.owners,
        spec.tags,
        spec.metadata,
        state.store,
        state.beside,
        code.observed if code is not None else {},
        now.types.get(key, ""),
        spec.freshness_policy,
        now.automation.get(key, ""),
    )


def _checks(
    now: Standing, key: AssetKey, evaluated: Mapping[str, CheckEvaluated]
) -> tuple[CheckRow, ...]:
    names = dict.fromkeys([*(node.spec.name for node in now.graph.check_nodes(key)), *evaluated])
    blocking = {node.spec.name: node.spec.blocking for node in now.graph.check_nodes(key)}
    found = []
    for name in names:
        event = evaluated.get(name)
        if event is None:
            found.append(CheckRow(name, None, blocking.get(name, False)))
            continue
        found.append(
            CheckRow(
                name,
                event.passed and event.error is None,
                blocking.get(name, event.blocking),
                event.severity,
                event.description,
                event.metadata,
            )
        )
    return tuple(found)


def row_count(event: AssetMaterialized | None) -> int | None:
    """The rows of a version's table; None if it is not a table."""
    if event is None:
        return None
    value = event.metadata.get(ROW_COUNT)
    count = value.get("value") if isinstance(value, dict) else None
    return count if isinstance(count, int) else None


def stored_size(event: AssetMaterialized | None) -> int | None:
    """The bytes of a version's value; None without one, and where its own manager's are unknown."""
    if event is None or event.value is None or event.wiped_at is not None:
        return None
    value = event.value
    if value.kind == "custom" and not value.size:
        return None
    return value.size


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
