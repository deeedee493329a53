"""The assets of all locations by their snapshots, for one who looks again and again."""

from __future__ import annotations

from collections.abc import Iterator

from assetbook.dependencies.asset_graph import NodeFacts
from assetbook.dependencies.dag import Dag
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.instance.asset_record import AssetRecord, Snapshot, spec_of
from assetbook.instance.instance import Instance
from assetbook.instance.snapshot_pages import taken_snapshot
from assetbook.keys import AssetKey
from assetbook.storage.sources import StoredSnapshot


class KnownAssets:
    """What locations define; what is as it was is not decoded anew."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._seen: dict[str, tuple[StoredSnapshot, Snapshot]] = {}
        self._chosen: dict[str, frozenset[str]] = {}

    def look(self) -> None:
        """Takes in what locations define by now."""
        stored = self._instance.store.snapshots()
        if stored == {location: seen for location, (seen, _) in self._seen.items()}:
            return
        self._chosen.clear()
        self._seen = {location: self._taken(location, each) for location, each in stored.items()}

    def _taken(self, location: str, stored: StoredSnapshot) -> tuple[StoredSnapshot, Snapshot]:
        before = self._seen.get(location)
        if before is not None and before[0] == stored:
            return before
        return stored, taken_snapshot(self._instance.store, stored)

    def __iter__(self) -> Iterator[tuple[str, AssetRecord]]:
        """Each asset that a location owns, with that location."""
        for location, (_, snapshot) in self._seen.items():
            for record in snapshot.assets:
                if not record.owner and not record.external:
                    yield location, record

    def chosen(self, selection: str) -> frozenset[str]:
        """The texts of the keys that the selection means.

        Raises SelectionError if it cannot be read, or names what is not there.
        """
        if selection not in self._chosen:
            found = AssetSelection.from_string(selection).resolve(self._graph())
            self._chosen[selection] = frozenset(key.text for key in found)
        return self._chosen[selection]

    def target_of(self, location: str, selection: str, job: str) -> str:
        """The assets that a schedule runs, as typed: its own selection or that of its job; empty
        for a job of ops."""
        jobs = self._seen[location][1].jobs if location in self._seen else ()
        return selection or next((each.selection for each in jobs if each.name == job), "")

    def _graph(self) -> SelectionGraph:
        records: dict[AssetKey, AssetRecord] = {}
        for _, snapshot in self._seen.values():
            for record in snapshot.assets:
                if snapshot.claims(record) or AssetKey.from_text(record.key) not in records:
                    records[AssetKey.from_text(record.key)] = record
        specs = {key: spec_of(record) for key, record in records.items()}
        dag = Dag({key: [dep.asset_key for dep in spec.deps] for key, spec in specs.items()})
        facts = {key: NodeFacts(spec, records[key].external) for key, spec in specs.items()}
        return SelectionGraph(dag, facts)
