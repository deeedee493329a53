"""What each kind of condition without parts is true of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta

from assetbook.automation.conditions.scope import Scope
from assetbook.definitions.automation.entity import NOTHING, AssetJobKey, Entity, Subset
from assetbook.definitions.automation.node import Node
from assetbook.definitions.partitions import (
    MultiPartitionsDefinition,
    TimeWindowPartitionsDefinition,
)
from assetbook.keys import AssetKey, CheckKey

_REMEMBERING = frozenset(["newly_updated", "data_version_changed", "code_version_changed"])
"""The kinds that note what they see, also when nothing is asked."""
_Operand = Callable[[Scope, Node, Entity, Subset, str], Subset]


def operand(scope: Scope, node: Node, entity: Entity, candidates: Subset, place: str) -> Subset:
    """Of which candidates the node is true, asked about ``entity``."""
    if not candidates and node.kind not in _REMEMBERING:
        return NOTHING
    return _OPERANDS[node.kind](scope, node, entity, candidates, place) & candidates


def _missing(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    return asked - scope.view.made(entity)


def _running(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    return scope.view.running(entity)


def _in_backfill(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    return scope.view.in_backfill(entity)


def _failed(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    return scope.view.failed(entity)


def _updated(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    seen = scope.view.seen_data_version(entity) if isinstance(entity, AssetKey) else None
    if seen is not None:
        scope.nodes[place] = seen
    if scope.since is None:
        return NOTHING
    before = scope.recall(place)
    looked = asked if seen is not None and before not in (None, seen) else NOTHING
    return scope.view.updated(entity, *scope.since) | looked


def _data_changed(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    if not isinstance(entity, AssetKey):
        return NOTHING
    seen = scope.view.seen_data_version(entity)
    if seen is not None:
        scope.nodes[place] = seen
    if scope.since is None:
        return NOTHING
    before = scope.recall(place)
    looked = asked if seen is not None and before not in (None, seen) else NOTHING
    return scope.view.data_changed(entity, *scope.since) | looked


def _code_changed(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    now = scope.view.code_version(entity) if isinstance(entity, AssetKey) else None
    before = scope.recall(place)
    if now is None:
        if before is not None:
            scope.nodes[place] = before
        return NOTHING
    scope.nodes[place] = now
    return asked if before not in (None, now) else NOTHING


def _requested(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    return scope.run.requested_before(entity)


def _ticked(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    tick = scope.run.last_tick(node.option("cron_schedule"), node.option("cron_timezone"))
    return asked if scope.since is not None and tick and tick > scope.since[1] else NOTHING


def _latest(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    definition = scope.run.edges.partitions_of(entity)
    lookback = timedelta(seconds=node.option("lookback_seconds", 0))
    if isinstance(definition, TimeWindowPartitionsDefinition):
        return frozenset(_last_windows(scope, definition, lookback))
    if isinstance(definition, MultiPartitionsDefinition) and definition.time_dimension is not None:
        name = definition.time_dimension
        windows = definition.dimensions[name]
        assert isinstance(windows, TimeWindowPartitionsDefinition)
        last = frozenset(_last_windows(scope, windows, lookback))
        return frozenset(
            each
            for each in asked
            if each is not None and definition.multi_key(each).keys_by_dimension[name] in last
        )
    return asked


def _last_windows(
    scope: Scope, definition: TimeWindowPartitionsDefinition, lookback: timedelta
) -> Iterable[str]:
    """The keys of the latest window, and of those that end within ``lookback`` before its end."""
    keys = scope.view.known.keys(definition)
    if not keys:
        return
    end = definition.time_window_for_partition_key(keys[-1]).end
    for key in reversed(keys):
        window = definition.time_window_for_partition_key(key)
        if key != keys[-1] and window.end.astimezone(end.tzinfo) <= end - lookback:
            return
        yield key


def _will_be(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    requested = scope.run.requested.get(entity, NOTHING)
    return requested if requested and scope.run.edges.in_one_run(scope.root, entity) else NOTHING


def _initial(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    return asked if scope.memory is None else NOTHING


def _passed(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    return scope.view.checks(entity, passed=node.kind == "check_passed")


def _fresh(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    if not isinstance(entity, AssetKey):
        return NOTHING
    wanted = {"freshness_passed": "pass", "freshness_warned": "warn", "freshness_failed": "fail"}
    state, now = wanted[node.kind], scope.run.now
    return frozenset(each for each in asked if scope.view.freshness(entity, each, now) == state)


def _with_root(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    """Compared partition by partition where both are divided alike, else by any run of the root."""
    root = scope.root.asset_key if isinstance(scope.root, CheckKey) else scope.root
    if not isinstance(entity, AssetKey) or isinstance(root, AssetJobKey):
        return NOTHING
    runs, of_root = scope.view.run_ids(entity), scope.view.run_ids(root)
    alike = scope.run.edges.partitions_of(entity) == scope.run.edges.partitions_of(root)
    every = frozenset(of_root.values())
    return frozenset(
        each
        for each, run in runs.items()
        if run and (of_root.get(each) == run if alike else run in every)
    )


def _tagged(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    if not isinstance(entity, AssetKey):
        return NOTHING
    runs = scope.view.run_ids(entity)
    return frozenset(each for each in asked if each in runs and _has(scope, node, runs[each]))


def _new_tagged(scope: Scope, node: Node, entity: Entity, asked: Subset, place: str) -> Subset:
    if not isinstance(entity, AssetKey) or scope.since is None:
        return NOTHING
    every: Mapping[str | None, Collection[str]] = scope.view.new_run_ids(entity, *scope.since)
    test = any if node.kind.startswith("any") else all
    return frozenset(
        each for each, runs in every.items() if test(_has(scope, node, run) for run in runs)
    )


def _has(scope: Scope, node: Node, run_id: str) -> bool:
    tags = scope.view.run_tags(run_id)
    values: Mapping[str, str] = node.option("tag_values", {})
    named = all(name in tags for name in node.option("tag_keys", ()))
    return named and all(tags.get(name) == value for name, value in values.items())


_OPERANDS: Mapping[str, _Operand] = {
    "missing": _missing,
    "run_in_progress": _running,
    "backfill_in_progress": _in_backfill,
    "execution_failed": _failed,
    "newly_updated": _updated,
    "newly_requested": _requested,
    "code_version_changed": _code_changed,
    "data_version_changed": _data_changed,
    "cron_tick_passed": _ticked,
    "in_latest_time_window": _latest,
    "will_be_requested": _will_be,
    "initial_evaluation": _initial,
    "check_passed": _passed,
    "check_failed": _passed,
    "freshness_passed": _fresh,
    "freshness_warned": _fresh,
    "freshness_failed": _fresh,
    "executed_with_root_target": _with_root,
    "executed_with_tags": _tagged,
    "any_new_update_has_run_tags": _new_tagged,
    "all_new_updates_have_run_tags": _new_tagged,
}
