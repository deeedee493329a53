"""What conditions ask, answered from a store and the definitions that are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from assetbook.automation.conditions.job_runs import assets_of, runs_of
from assetbook.automation.conditions.on_their_way import in_backfills, in_runs
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.automation.entity import (
    NOTHING,
    WHOLE,
    AssetJobKey,
    Entity,
    Subset,
)
from assetbook.definitions.freshness_policy import FreshnessState, freshness_state
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.events.asset_events import AssetMaterialized, AssetObserved
from assetbook.events.parts import InputVersion
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.keys import AssetKey, CheckKey
from assetbook.storage.partition_states import PartitionMade
from assetbook.storage.store import CheckState, Version

_Latest = Mapping[str | None, Version | PartitionMade]


@dataclass
class InstanceView:
    """What a store knows of loaded definitions, read as it is asked for and then once; see
    :class:`assetbook.automation.conditions.view.AutomationView`.

    ``waiting`` are requests that were made and that no run shows yet: they count as running.
    Reads the store; ends runs whose process died, as every look at runs does.
    """

    instance: Instance
    loaded: Loaded
    now: datetime
    jobs: Mapping[str, UnresolvedAssetJobDefinition] = field(default_factory=dict)
    """The asset jobs that conditions are about, by name."""
    waiting: Mapping[Entity, Subset] = field(default_factory=dict)
    last_event: int = 0

    def __post_init__(self) -> None:
        self.graph: AssetGraph = self.loaded.graph
        self.known = KnownKeys(self.now, self.instance)
        newest = self.instance.own.events(newest_first=True, limit=1)
        self.last_event = newest[0].id if newest else 0
        self._tags: dict[str, Mapping[str, str]] = {"": {}}
        self._versions: dict[AssetKey, Mapping[str | None, Version]] = {}
        self._selected: dict[str, Collection[AssetKey]] = {}
        self._new: dict[tuple[AssetKey, int], list[AssetMaterialized]] = {}

    # -- what was made

    @cached_property
    def _latest(self) -> Mapping[AssetKey, _Latest]:
        store, specs = self.instance.store, self.graph.specs
        whole = [key for key, spec in specs.items() if spec.partitions_def is None]
        parts = [key for key, spec in specs.items() if spec.partitions_def is not None]
        found: dict[AssetKey, _Latest] = {
            key: {None: version} for key, version in store.latest(whole).items()
        }
        if parts:
            for key, made in store.made_of_partitions(parts).items():
                found[key] = {str(partition): each for partition, each in made.items()}
        return found

    @cached_property
    def _checks(self) -> Mapping[CheckKey, Mapping[str | None, CheckState]]:
        store, keys = self.instance.store, list(self.graph.checks)
        found: dict[CheckKey, dict[str | None, CheckState]] = {}
        for check, state in store.checks(keys).items() if keys else ():
            found.setdefault(check, {})[None] = state
        for check, states in store.checks_of_partitions(keys).items() if keys else ():
            found.setdefault(check, {}).update({str(each): at for each, at in states.items()})
        return found

    def _current_checks(self, check: CheckKey) -> dict[str | None, CheckState]:
        """What it said of the latest versions."""
        latest = self._latest.get(check.asset_key, {})
        return {
            each: state
            for each, state in self._checks.get(check, {}).items()
            if each in latest and latest[each].number == state.version
        }

    def made(self, entity: Entity) -> Subset:
        if isinstance(entity, AssetKey):
            return frozenset(self._latest.get(entity, ()))
        if isinstance(entity, CheckKey):
            return frozenset(self._current_checks(entity))
        return WHOLE if runs_of(self.instance, entity, 0, succeeded=True) else NOTHING

    def updated(self, entity: Entity, after: int, since: datetime) -> Subset:
        if isinstance(entity, AssetJobKey):
            ran = runs_of(self.instance, entity, after, succeeded=True)
            return WHOLE if ran else NOTHING
        if isinstance(entity, CheckKey):
            states = self._checks.get(entity, {}).items()
            return frozenset(e for e, state in states if after < state.event_id <= self.last_event)
        latest = self._latest.get(entity, {}).items()
        return frozenset(each for each, made in latest if self._is_new(made, after, since))

    def _is_new(self, made: Version | PartitionMade, after: int, since: datetime) -> bool:
        if made.store is not None:  # events of another store have numbers of its own
            return since < made.at <= self.now
        return after < made.event_id <= self.last_event

    def data_changed(self, key: AssetKey, after: int, since: datetime) -> Subset:
        updated = self.updated(key, after, since)
        if not updated:
            return NOTHING
        before: dict[str | None, str] = {}
        for version in self.instance.store.versions(key):  # newest first
            if version.partition in updated and not self._is_new(version, after, since):
                before.setdefault(version.partition, version.event.data_version)
        now = self._versions_of(key)
        return frozenset(
            each for each in updated if before.get(each) != now[each].event.data_version
        )

    def behind(self, key: AssetKey, among: Subset) -> Subset:
        versions = self._versions_of(key)
        return frozenset(
            each
            for each in among
            if each in versions and any(map(self._moved, versions[each].event.inputs.values()))
        )

    def _moved(self, read: InputVersion) -> bool:
        """Whether what was read has other data by now."""
        now = self._latest.get(AssetKey.from_text(read.key), {}).get(read.partition)
        if now is None or read.data_version is None:
            return False
        data = now.event.data_version if isinstance(now, Version) else now.data_version
        return data != read.data_version

    @cached_property
    def _observed(self) -> Mapping[AssetKey, str | None]:
        sources = [key for key in self.graph.specs if key not in self.graph.makers]
        found = self.instance.store.observed(sources) if sources else {}
        events = {key: stored.event for key, stored in found.items()}
        return {
            key: each.data_version
            for key, each in events.items()
            if isinstance(each, AssetObserved)
        }

    def seen_data_version(self, key: AssetKey) -> str | None:
        return self._observed.get(key)

    def code_version(self, key: AssetKey) -> str | None:
        spec, maker = self.graph.specs[key], self.graph.makers.get(key)
        if spec.code_version is not None or maker is None:
            return spec.code_version
        code = self.loaded.provenance.code_of(maker)
        return None if code is None else code.digest

    def checks(self, entity: Entity, *, passed: bool) -> Subset:
        if not isinstance(entity, CheckKey):
            return NOTHING
        found = self._current_checks(entity).items()
        return frozenset(each for each, state in found if state.passed is passed)

    def freshness(self, key: AssetKey, partition: str | None, now: datetime) -> FreshnessState:
        policy = self.graph.specs[key].freshness_policy
        if policy is None:
            return "unknown"
        made = self._latest.get(key, {}).get(partition)
        return freshness_state(policy, None if made is None else made.at, now)

    # -- what is on its way, and what failed

    @cached_property
    def _in_runs(self) -> Mapping[Entity, Subset]:
        return in_runs(self.instance, self.graph, self.known, self.run_ids)

    @cached_property
    def _in_backfills(self) -> Mapping[Entity, Subset]:
        return in_backfills(self.instance)

    def running(self, entity: Entity) -> Subset:
        return self._in_runs.get(entity, NOTHING) | self.waiting.get(entity, NOTHING)

    def in_backfill(self, entity: Entity) -> Subset:
        return self._in_backfills.get(entity, NOTHING)

    @cached_property
    def _failed(self) -> Mapping[AssetKey, Subset]:
        found = self.instance.store.failed_partitions(list(self.graph.specs))
        return {key: frozenset(some) for key, some in found.items()}

    def failed(self, entity: Entity) -> Subset:
        if isinstance(entity, AssetJobKey):
            return WHOLE if runs_of(self.instance, entity, 0, succeeded=False) else NOTHING
        return self._failed.get(entity, NOTHING) if isinstance(entity, AssetKey) else NOTHING

    # -- runs

    def _versions_of(self, key: AssetKey) -> Mapping[str | None, Version]:
        if key not in self._versions:
            store = self.instance.store
            if self.graph.specs[key].partitions_def is None:
                found: dict[str | None, Version] = {
                    each: made
                    for each, made in self._latest.get(key, {}).items()
                    if isinstance(made, Version)
                }
            else:
                made = store.latest_of_partitions([key]).get(key, {})
                found = {str(each): version for each, version in made.items()}
            self._versions[key] = found
        return self._versions[key]

    def run_ids(self, key: AssetKey) -> Mapping[str | None, str]:
        return {each: version.run_id for each, version in self._versions_of(key).items()}

    def new_run_ids(
        self, key: AssetKey, after: int, since: datetime
    ) -> Mapping[str | None, Collection[str]]:
        place = key, after
        if place not in self._new:
            stored = self.instance.own.events(after=after, key=key, kinds=[AssetMaterialized])
            events = (each.event for each in stored if each.id <= self.last_event)
            self._new[place] = [each for each in events if isinstance(each, AssetMaterialized)]
        found: dict[str | None, set[str]] = {}
        for event in self._new[place]:
            if not event.overridden:
                found.setdefault(event.partition, set()).add(event.run_id)
        return found

    def run_tags(self, run_id: str) -> Mapping[str, str]:
        if run_id not in self._tags:
            found = self.instance.own.runs(beginning=run_id, limit=1)
            self._tags[run_id] = found[0].tags if found else {}
        return self._tags[run_id]

    # -- what is meant

    def job_assets(self, job: AssetJobKey) -> Collection[AssetKey]:
        found = self.jobs.get(job.job_name)
        return () if found is None else assets_of(found, self._selection_graph)

    def selected(self, selection: str) -> Collection[AssetKey]:
        if selection not in self._selected:
            meant = AssetSelection.from_string(selection, include_sources=True)
            self._selected[selection] = meant.resolve(self._selection_graph)
        return self._selected[selection]

    @cached_property
    def _selection_graph(self) -> SelectionGraph:
        return SelectionGraph(self.graph.dag, self.graph.facts())
