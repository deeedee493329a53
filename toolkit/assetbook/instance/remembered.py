"""How assets stand by what the store remembers alone, with no notebook open.

States are computed from the newest snapshot of each location: what its cells defined when it was
taken. Whoever shows them says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

import msgspec

from assetbook.definitions.code import CodeVersion, Piece, PieceKind, Unknown
from assetbook.definitions.parts import Parts
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, Defined, Recorded
from assetbook.dependencies.code_changes import ignored_in, observed_in, pieces_in
from assetbook.dependencies.freshness import states
from assetbook.instance.asset_record import AssetRecord, Snapshot, spec_of
from assetbook.instance.instance import Instance
from assetbook.instance.partition_columns import judged
from assetbook.instance.partition_standing import (
    any_partitions,
    as_wholes,
    every_partition,
    with_judged,
)
from assetbook.instance.recorded_latest import recorded_partitions
from assetbook.instance.remembered_graph import remembered_graph
from assetbook.instance.snapshots import recall_all
from assetbook.instance.states import Standing, manifests_of, pending_checks
from assetbook.keys import AssetKey, CheckKey


def remembered_standing(instance: Instance) -> tuple[Standing, dict[AssetKey, Snapshot]]:
    """How every remembered asset stands, and the snapshot that each is from.

    Assets that have versions but that no snapshot defines are there too, as remembered.
    """
    records: dict[AssetKey, AssetRecord] = {}
    source: dict[AssetKey, Snapshot] = {}
    specs: dict[AssetKey, AssetSpec] = {}
    for snapshot, record in _by_claim(recall_all(instance).values()):
        key = AssetKey.from_text(record.key)
        specs[key] = spec_of(record)
        records[key] = record
        source[key] = snapshot
    recorded = instance.recorded()
    read = {dep.asset_key for spec in specs.values() for dep in spec.deps}
    for key in [*recorded, *sorted(read)]:  # what is read may be defined nowhere any more
        specs.setdefault(key, AssetSpec(key))
    graph = remembered_graph(specs, records)
    remembered = Remembered.of(instance, records)
    whole = remembered.standing(instance, graph, recorded)
    if not any_partitions(graph):
        return whole, source
    found = judged(instance, whole, manifests_of(instance))
    if found.others:
        known, ends = instance.known_partitions(), found.partitions.keys()
        nodes = every_partition(graph, known, found.others, ends)
        parts = remembered.standing(instance, nodes, recorded, found.states_of(nodes.specs))
        made = instance.store.made_of_partitions(found.others)
        whole = as_wholes(whole, parts, found.others, made)
    return with_judged(whole, found), source


def standing_of(instance: Instance, graph: AssetGraph) -> Standing:
    """How the nodes of a remembered graph in partitions stand."""
    every = _by_claim(recall_all(instance).values())
    records = {AssetKey.from_text(record.key): record for _, record in every}
    return Remembered.of(instance, records).standing(instance, graph, instance.recorded())


class Remembered(msgspec.Struct, frozen=True):
    """What snapshots say of assets, by key, with the source texts that they refer to."""

    records: Mapping[AssetKey, AssetRecord]
    texts: Mapping[str, str]

    @classmethod
    def of(cls, instance: Instance, records: Mapping[AssetKey, AssetRecord]) -> Remembered:
        """The same with their texts read from the store."""
        digests = [
            digest
            for record in records.values()
            for digest in (record.manifest, record.config, record.reads)
            if digest is not None
        ]
        return cls(records, instance.store.texts(digests))

    def standing(
        self,
        instance: Instance,
        graph: AssetGraph,
        recorded: Mapping[AssetKey, Recorded],
        given: Mapping[AssetKey, AssetState] = {},
    ) -> Standing:
        """How the nodes of a graph stand: assets, or partitions of them; ``given`` are known."""
        nodes, records = graph.specs.keys(), self.records
        if graph.in_partitions:
            asked = nodes - given.keys()
            parts = recorded_partitions(instance.store, asked, instance.file_gone)
            recorded = {**recorded, **parts}
        defined = {
            node: Defined(node) if node in given else self._defined(graph, node) for node in nodes
        }
        now, manifests = instance.clock.now(), manifests_of(instance)
        found = states(graph.order, defined, recorded, now, manifests, given)
        codes = {
            CheckKey(node, check.name): check.code
            for node in nodes
            if node.asset in records
            for check in records[node.asset].check_records
        }
        pending = pending_checks(recorded, codes)
        about = {key: each.documentation for key, each in records.items() if each.documentation}
        types = {key: each.type for key, each in records.items() if each.type}
        alone = {key: each.automation for key, each in records.items() if each.automation}
        return Standing(graph, defined, recorded, found, pending, codes, about, types, alone)

    def _defined(self, graph: AssetGraph, node: AssetKey) -> Defined:
        record = self.records.get(node.asset)
        if record is None:
            return Defined(node)
        found = _defined(node, record, self.texts)
        if not graph.in_partitions:
            return found
        return replace(found, inputs=graph.data_inputs(node), meaning=graph.meaning_of(node))


def remembered_records(instance: Instance) -> dict[AssetKey, AssetRecord]:
    """What the snapshots say of each asset: its own location's, where several name it."""
    found = _by_claim(recall_all(instance).values())
    return {AssetKey.from_text(record.key): record for _, record in found}


def _by_claim(snapshots: Iterable[Snapshot]) -> list[tuple[Snapshot, AssetRecord]]:
    """Each record with its snapshot; those that count over others of their key come later.

    A notebook's own assets count over what others say of them, the newest over older ones.
    """
    found = [(snapshot, record) for snapshot in snapshots for record in snapshot.assets]
    return sorted(found, key=lambda each: each[0].claims(each[1]))


def _defined(key: AssetKey, record: AssetRecord, texts: Mapping[str, str]) -> Defined:
    return Defined(
        key,
        _code(record, texts),
        record.authored,
        _parts(record.config, texts),
        record.io_manager,
        {name: AssetKey.from_text(text) for name, text in record.inputs.items()},
        _parts(record.reads, texts),
        timedelta(seconds=record.max_age) if record.max_age is not None else None,
        external=record.external,
        equal_code=record.equal_code,
        blocking_checks=record.blocking,
        resources=frozenset(record.resources),
    )


def _parts(digest: str | None, texts: Mapping[str, str]) -> Parts | None:
    return None if digest is None else Parts(digest, texts.get(digest, "{}"))


def _code(record: AssetRecord, texts: Mapping[str, str]) -> CodeVersion | None:
    if record.code is None:
        return None
    entries: dict[str, str] = json.loads(texts.get(record.manifest or "", "{}"))
    pieces = {name: _piece(name, entry) for name, entry in pieces_in(entries).items()}
    unknowns = tuple(Unknown("", why) for why in record.unknowns)
    ignored, observed = ignored_in(entries), observed_in(entries)
    return CodeVersion(record.code, pieces, unknowns, ignored=ignored, observed=observed)


def _piece(name: str, entry: str) -> Piece:
    kind, _, short = name.partition(":")
    digest, _, shown = entry.partition(" ")
    return Piece(_kind(kind), short, digest, shown)


def _kind(text: str) -> PieceKind:
    return text  # type: ignore[return-value]
