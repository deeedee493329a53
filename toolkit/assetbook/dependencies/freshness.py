"""In which of five states an asset is, and why: pure, from what is defined and what is recorded.

The rules are those of ``docs/freshness.md``. Two principles decide what they do not list: never
fresh where the value could differ; and where nothing that matters changed, fresh. Precedence:
missing, stale, blocked, unknown, fresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from assetbook.definitions.code import CodeVersion
from assetbook.dependencies.asset_state import AssetState, Defined, Recorded
from assetbook.dependencies.code_changes import changes_of, changes_of_authored
from assetbook.dependencies.ignored_names import changes_ignoring, settled
from assetbook.dependencies.part_changes import (
    Manifests,
    config_changes,
    differing_parts,
    other_settings,
)
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.wiping import when_wiped
from assetbook.keys import AssetKey


def states(
    order: Iterable[AssetKey],
    defined: Mapping[AssetKey, Defined],
    recorded: Mapping[AssetKey, Recorded],
    now: datetime,
    manifests: Manifests = lambda digest: None,
    given: Mapping[AssetKey, AssetState] = {},
) -> dict[AssetKey, AssetState]:
    """The state of each asset; ``order`` is topological and holds every defined key.

    ``given`` are states that hold whatever is defined and recorded.
    """
    found: dict[AssetKey, AssetState] = {}
    for key in order:
        definition = defined.get(key)
        if definition is None:
            continue
        record = recorded.get(key)
        found[key] = given.get(key) or (
            _external(definition, record)
            if definition.external
            else _state(definition, record, found, now, manifests)
        )
        if record is not None and record.store is not None:
            beside = _beside(definition, record, manifests)
            found[key] = replace(found[key], store=record.store, beside=beside)
    return found


def nothing_made(keys: Iterable[AssetKey]) -> dict[AssetKey, AssetState]:
    """The states of assets of which nothing is recorded anywhere: all are missing."""
    why = (Reason(ReasonKind.NEVER_MATERIALIZED),)
    return {key: AssetState(key, "missing", why) for key in keys}


def _external(defined: Defined, recorded: Recorded | None) -> AssetState:
    if recorded is None:
        kind = ReasonKind.NEVER_OBSERVED if defined.observed else ReasonKind.NOTHING_REPORTED
        return AssetState(defined.key, "missing", (Reason(kind),))
    event = recorded.event
    if event.wiped_at is not None:
        return AssetState(defined.key, "missing", (Reason(ReasonKind.WIPED, when_wiped(event)),))
    return AssetState(defined.key, "fresh", (), event.at, True, recorded.number, event.data_version)


def _state(
    defined: Defined,
    recorded: Recorded | None,
    found: Mapping[AssetKey, AssetState],
    now: datetime,
    manifests: Manifests,
) -> AssetState:
    key = defined.key
    if recorded is None:
        return AssetState(key, "missing", (Reason(ReasonKind.NEVER_MATERIALIZED),))
    event = recorded.event
    if event.wiped_at is not None:
        return AssetState(key, "missing", (Reason(ReasonKind.WIPED, when_wiped(event)),))
    number, data_version = recorded.number, event.data_version
    stale = _stale(defined, recorded, found, now, manifests)
    if stale:
        return AssetState(key, "stale", stale, None, False, number, data_version)
    own = _own_as_of(defined, event)
    as_of = _oldest(own, defined.inputs.values(), found)
    if defined.blocking_checks:
        blocked = _blocked(defined, recorded)
        if blocked:
            return AssetState(key, "blocked", blocked, as_of, own is not None, number, data_version)
    unknown = _unknown(defined, recorded, found)
    if unknown:
        return AssetState(key, "unknown", unknown, None, False, number, data_version)
    return AssetState(key, "fresh", (), as_of, own is not None, number, data_version)


def _own_as_of(defined: Defined, event: AssetMaterialized) -> datetime | None:
    """When it read the world outside, if nothing settles that."""
    if defined.max_age is not None:
        return None
    if event.reads is not None and defined.reads is None:  # what settled it then is gone
        return event.as_of or event.at
    return event.as_of


def _oldest(
    own: datetime | None, inputs: Iterable[AssetKey], found: Mapping[AssetKey, AssetState]
) -> datetime | None:
    """The oldest instant at which it or what it reads read the world outside."""
    oldest = own
    for key in inputs:
        state = found.get(key)
        if state is not None and state.as_of is not None and not (oldest and oldest <= state.as_of):
            oldest = state.as_of
    return oldest


def _stale(
    defined: Defined,
    recorded: Recorded,
    found: Mapping[AssetKey, AssetState],
    now: datetime,
    manifests: Manifests,
) -> tuple[Reason, ...]:
    event = recorded.event
    reasons: list[Reason] = []
    if recorded.file_gone and event.value is not None:
        reasons.append(Reason(ReasonKind.FILE_GONE, event.value.path or ""))
    reasons += _code_reasons(defined, event, manifests)
    if event.meaning and event.meaning != defined.meaning:
        reasons.append(Reason(ReasonKind.PARTITIONS_CHANGED, event.meaning, defined.meaning))
    if defined.code is not None:  # else its configuration is not known here either
        names = config_changes(
            defined.config,
            event.config,
            manifests,
            defined.config_text,
            event.config_text,
            aside=_differing_settings(defined, recorded, manifests),
        )
        if names is not None:
            reasons.append(Reason(ReasonKind.CONFIG_CHANGED, names))
        manager = event.value.io_manager if event.value is not None else defined.io_manager
        if manager != defined.io_manager:
            reasons.append(Reason(ReasonKind.IO_MANAGER_CHANGED, manager, defined.io_manager))
        names = differing_parts(defined.reads, event.reads, manifests) if defined.reads else None
        if names is not None:
            newly = event.reads is None
            kind = ReasonKind.SOURCE_FILES_NAMED if newly else ReasonKind.SOURCE_FILES_CHANGED
            reasons.append(Reason(kind, names))
    reasons += _input_reasons(defined, event, found)
    limit = defined.max_age
    if limit is not None and event.as_of is not None and now - event.as_of > limit:
        reasons.append(Reason(ReasonKind.TOO_OLD, str(limit)))
    return tuple(reasons)


def _differing_settings(
    defined: Defined, recorded: Recorded, manifests: Manifests
) -> frozenset[str]:
    """The resources that have other settings here; in another store they do not decide."""
    if recorded.store is None or not defined.resources:
        return frozenset()
    before = recorded.event.config
    return other_settings(defined.config, before, manifests) & defined.resources


def _beside(defined: Defined, recorded: Recorded, manifests: Manifests) -> tuple[Reason, ...]:
    names = sorted(_differing_settings(defined, recorded, manifests))
    store = recorded.store or ""
    return tuple(Reason(ReasonKind.SET_OTHERWISE, name, store) for name in names)


def _code_reasons(defined: Defined, event: AssetMaterialized, manifests: Manifests) -> list[Reason]:
    """Why the code differs; empty if it does not, or if nobody can tell."""
    recorded = event.code
    if defined.authored is not None and recorded.authored is not None:
        return changes_of_authored(recorded.authored, defined.authored)
    code = defined.code
    if code is None or recorded.digest is None:
        return []
    if recorded.digest in (code.digest, defined.equal_code):
        return []
    before = manifests(recorded.manifest) if recorded.manifest is not None else None
    if defined.code_as_before is not None:
        return changes_ignoring(before, recorded.digest, code, defined.code_as_before)
    return changes_of(before, code)


def _input_reasons(
    defined: Defined, event: AssetMaterialized, found: Mapping[AssetKey, AssetState]
) -> list[Reason]:
    reasons: list[Reason] = []
    inputs, was = defined.inputs, event.inputs
    for name, key in inputs.items():
        before = was.get(name)
        if before is None:
            reasons.append(Reason(ReasonKind.INPUT_ADDED, str(key)))
            continue
        if before.key != key.text:
            reasons.append(Reason(ReasonKind.INPUT_REPLACED, str(key), name))
            continue
        upstream = found.get(key)
        if upstream is None or upstream.number is None:
            if upstream is None or upstream.state == "missing":
                reasons.append(Reason(ReasonKind.INPUT_MISSING, str(key)))
            continue
        if before.data_version is not None and before.data_version != upstream.data_version:
            reasons.append(Reason(ReasonKind.INPUT_NEWER, str(key)))
        elif upstream.state == "stale":
            reasons.append(Reason(ReasonKind.UPSTREAM_STALE, str(key)))
    for name, before in was.items():
        if name not in inputs and defined.code is not None:
            reasons.append(Reason(ReasonKind.INPUT_REMOVED, before.key))
    return reasons


def _blocked(defined: Defined, recorded: Recorded) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    for name, code in defined.blocking_checks.items():
        evaluation = recorded.checks.get(name)
        if evaluation is None:
            reasons.append(Reason(ReasonKind.CHECK_NOT_RUN, name))
        elif evaluation.error is not None:
            reasons.append(Reason(ReasonKind.CHECK_ERRORED, name))
        elif not evaluation.passed and evaluation.severity == "error":
            reasons.append(Reason(ReasonKind.CHECK_FAILED, name))
        elif code is not None and evaluation.code is not None and code != evaluation.code:
            reasons.append(Reason(ReasonKind.CHECK_CHANGED, name))
    return tuple(reasons)


def _unknown(
    defined: Defined, recorded: Recorded, found: Mapping[AssetKey, AssetState]
) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    event = recorded.event
    if defined.code is None:
        kind = ReasonKind.NOT_DEFINED if defined.ended else ReasonKind.CELL_NOT_RUN
        reasons.append(Reason(kind))
    elif event.code.digest is None and event.code.authored is None:
        reasons.append(Reason(ReasonKind.CODE_NOT_RECORDED))
    elif defined.authored is None:
        reasons += _unversionable(defined, defined.code, event)
    elif event.code.authored is None and event.code.unknowns:
        reasons.append(Reason(ReasonKind.VERSION_NOT_VOUCHED))
    for name, key in defined.inputs.items():
        upstream = found.get(key)
        before = event.inputs.get(name)
        if upstream is not None and upstream.state == "unknown":
            reasons.append(Reason(ReasonKind.UPSTREAM_UNKNOWN, str(key)))
        elif before is not None and before.data_version is None:
            reasons.append(Reason(ReasonKind.INPUT_UNVERSIONED, str(key)))
    return tuple(reasons)


def _unversionable(defined: Defined, code: CodeVersion, event: AssetMaterialized) -> list[Reason]:
    """What cannot be versioned now, and what could not be when the version was made."""
    now = {unknown.why: unknown.name for unknown in code.unknowns}
    as_before = defined.code_as_before
    over = settled(code, as_before) if as_before is not None else frozenset()
    then = {why: "" for why in event.code.unknowns if why not in now and why not in over}
    return [Reason(ReasonKind.NOT_VERSIONABLE, name, why) for why, name in {**now, **then}.items()]
