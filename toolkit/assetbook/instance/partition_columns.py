"""How all partitions of assets stand, without a node or a look at the event of each.

Only of assets whose partitions each read the one of the same key, and what has none; what else
there is gets its nodes (see :mod:`assetbook.dependencies.partition_graph`), and both say the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat
from operator import attrgetter, ne

import msgspec
from msgspec import structs

from assetbook.dependencies.asset_state import AssetState, Defined, Recorded, State
from assetbook.dependencies.code_changes import ignored_in, observed_in
from assetbook.dependencies.freshness import states
from assetbook.dependencies.part_changes import Manifests
from assetbook.dependencies.partition_summary import PartitionSummary, state_of_counts
from assetbook.dependencies.state_columns import StateColumn, oldest_below, states_below
from assetbook.instance.instance import Instance
from assetbook.instance.partition_shapes import reads_alike
from assetbook.instance.standing import Standing
from assetbook.keys import AssetKey, PartitionKey
from assetbook.storage.made_kind import data_versions_of
from assetbook.storage.partition_states import PartitionMade
from assetbook.storage.version import Version

_KIND, _NUMBER = attrgetter("kind"), attrgetter("number")
_INPUTS, _DATA_VERSION = attrgetter("inputs"), attrgetter("data_version")
_PATH = attrgetter("path")
_NOT_MADE = PartitionMade(0, "", 0, 0, 0.0, "", None, None, None, kind=-1)


class _Rows(msgspec.Struct, frozen=True):
    """What made the partitions of one asset."""

    keys: Sequence[str]
    """In the order of their definition."""
    rows: Sequence[PartitionMade]
    """Of each of the keys; ``_NOT_MADE`` where nothing made it."""
    made: Collection[str]
    """Every key under which there is a version."""
    examples: Mapping[int | None, PartitionMade]
    """One of each kind."""
    newest: PartitionMade | None


class Judged(msgspec.Struct, frozen=True):
    """How assets stand whose partitions were judged at once."""

    states: dict[AssetKey, AssetState] = msgspec.field(default_factory=dict)
    partitions: dict[AssetKey, PartitionSummary] = msgspec.field(default_factory=dict)
    recorded: dict[AssetKey, Recorded] = msgspec.field(default_factory=dict)
    """The newest version of each."""
    others: frozenset[AssetKey] = frozenset()
    """Those that need a node for each partition, and what is made of them."""
    made: dict[AssetKey, _Rows] = msgspec.field(default_factory=dict)
    columns: dict[AssetKey, StateColumn] = msgspec.field(default_factory=dict)

    def states_of(self, nodes: Iterable[AssetKey]) -> dict[AssetKey, AssetState]:
        """The states of those of the nodes that are partitions of these assets; without reasons."""
        wanted: dict[AssetKey, set[str]] = {}
        for node in nodes:
            if node.asset in self.columns and node.partition is not None:
                wanted.setdefault(node.asset, set()).add(node.partition)
        found: dict[AssetKey, AssetState] = {}
        for key, some in wanted.items():
            for at, name in enumerate(self.made[key].keys):
                if name in some:
                    found[key.at(name)] = self._state(key.at(name), at)
        return found

    def _state(self, node: AssetKey, at: int) -> AssetState:
        column, row = self.columns[node.asset], self.made[node.asset].rows[at]
        if row is _NOT_MADE:
            return AssetState(node, "missing")
        as_of = None if column.as_of is None else _instant(column.as_of[at])
        return AssetState(
            node,
            column.states[at],
            as_of=as_of,
            number=row.number,
            data_version=row.data_version,
        )


def judged(
    instance: Instance,
    whole: Standing,
    manifests: Manifests,
    elsewhere: Collection[AssetKey] = (),
) -> Judged:
    """How the partitions stand that can be judged at once, of what ``whole`` tells as assets;
    ``elsewhere`` are those that other locations make."""
    return _Judging(instance, whole, manifests, elsewhere).all()


class _Judging:
    def __init__(
        self,
        instance: Instance,
        whole: Standing,
        manifests: Manifests,
        elsewhere: Collection[AssetKey],
    ) -> None:
        self.instance, self.whole, self.graph = instance, whole, whole.graph
        self.elsewhere, self.manifests = elsewhere, manifests
        self.known = instance.known_partitions()
        self.found = Judged()

    def all(self) -> Judged:
        graph = self.graph
        rows = self._rows([key for key in graph.order if self._may_be(key)])
        versions = self.instance.store.versions_made(_wanted(rows))
        others: set[AssetKey] = set()
        for key in graph.order:
            parents = graph.dag.parents_of(key)
            if not others.isdisjoint(parents):
                others.add(key)
            elif graph.specs[key].partitions_def is not None:
                if key not in rows or not self._judge(key, rows[key], versions):
                    others.add(key)
            elif any(graph.specs[each].partitions_def is not None for each in parents):
                others.add(key)
            # else it has no partitions, nor has anything that it is made of
        return structs.replace(self.found, others=frozenset(others))

    def _may_be(self, key: AssetKey) -> bool:
        return (
            self.graph.specs[key].partitions_def is not None
            and self.whole.defined[key].max_age is None
            and key not in self.elsewhere
            and key not in self.whole.recorded  # of the time before it had partitions
            and reads_alike(self.graph, key)
        )

    def _rows(self, keys: Sequence[AssetKey]) -> dict[AssetKey, _Rows]:
        store, specs = self.instance.store, self.graph.specs
        if not keys:
            return {}
        checked = {check.asset_key for check in store.checks_of_partitions(keys)}
        made = store.made_of_partitions(keys)
        found: dict[AssetKey, _Rows] = {}
        for key in keys:
            definition, some = specs[key].partitions_def, made.get(key, {})
            if definition is None or key in checked:
                continue
            names = self.known.keys(definition)
            rows = _in_order(some, names)
            examples = dict(zip(map(_KIND, rows), rows, strict=True))
            newest = max(rows, key=_NUMBER, default=_NOT_MADE)
            if None not in examples:
                found[key] = _Rows(
                    list(names),
                    rows,
                    some.keys(),
                    examples,
                    None if newest is _NOT_MADE else newest,
                )
        return found

    def _judge(self, key: AssetKey, made: _Rows, versions: Mapping[AssetKey, Version]) -> bool:
        """Takes what it finds; False if only nodes can tell."""
        rows = made.rows
        defined = self.whole.defined[key]
        upstream = [self._column(each, len(rows)) for _, each in sorted(defined.inputs.items())]
        columns = [each for each in upstream if each is not None]
        if len(columns) < len(upstream):
            return False
        own: dict[int | None, State] = {}
        for kind, example in made.examples.items():
            state = self._own(defined, example, versions)
            if state is None:
                return False
            own[kind] = state
        gone: Collection[str] = ()
        if any(each.path is not None for each in made.examples.values()):
            gone = self.instance.values.gone_among(filter(None, map(_PATH, rows)))
        differing = _differing(rows, columns, gone)
        by_itself = _spread(own, rows)
        found = states_below(by_itself, differing, columns)
        reads = self._reads(defined, made, versions)
        as_of = oldest_below(found, reads, columns)
        self.found.made[key] = made
        self.found.columns[key] = StateColumn(found, list(map(_DATA_VERSION, rows)), as_of)
        self._take(key, made, reads, gone, versions)
        return True

    def _column(self, key: AssetKey, count: int) -> StateColumn | None:
        """How what is read stands; None if that has no number to compare, and may be there."""
        if key in self.found.columns:
            return self.found.columns[key]
        state = self.whole.states[key]
        if state.number is None and state.state != "missing":
            return None
        return StateColumn.repeated(state, count)

    def _own(
        self, defined: Defined, row: PartitionMade, versions: Mapping[AssetKey, Version]
    ) -> State | None:
        """The state that one gives itself, were its inputs as they were; None if nodes differ."""
        if row is _NOT_MADE:
            return "missing"
        key = defined.key
        event = versions[key.at(row.partition)].event
        code, was = defined.code, event.code
        if code is not None and (code.digest != was.digest or code.ignored):
            seen = self.manifests(was.manifest or "") or {}
            if observed_in(seen) != code.observed or ignored_in(seen) != code.ignored:
                return None
        return self._by_the_rules(defined, Recorded(row.number, event)).state

    def _by_the_rules(self, defined: Defined, recorded: Recorded) -> AssetState:
        key, read = defined.key, recorded.event.inputs
        definition = self.graph.specs[key].partitions_def
        assert definition is not None
        stubs = {name: each.at(name) for name, each in defined.inputs.items()}
        given = {
            stub: AssetState(
                stub,
                "fresh",
                number=1,
                data_version=read[name].data_version if name in read else None,
            )
            for name, stub in stubs.items()
        }
        itself = replace(defined, inputs=stubs, meaning=definition.meaning)
        order = {**{stub: Defined(stub) for stub in given}, key: itself}
        now = self.instance.clock.now()
        return states(order, order, {key: recorded}, now, self.manifests, given)[key]

    def _reads(
        self, defined: Defined, made: _Rows, versions: Mapping[AssetKey, Version]
    ) -> Sequence[float | None] | None:
        """When each read the world outside; None if none did."""
        unsettled = set()
        if defined.reads is None:  # what settled it then is gone
            for kind, row in made.examples.items():
                if row is not _NOT_MADE:
                    event = versions[defined.key.at(row.partition)].event
                    if event.reads is not None:
                        unsettled.add(kind)
        if not unsettled and all(each.as_of is None for each in made.examples.values()):
            return None
        return [
            row.seconds if row.as_of is None and row.kind in unsettled else row.as_of
            for row in made.rows
        ]

    def _take(
        self,
        key: AssetKey,
        made: _Rows,
        reads: Sequence[float | None] | None,
        gone: Collection[str],
        versions: Mapping[AssetKey, Version],
    ) -> None:
        column, newest = self.found.columns[key], made.newest
        summary = PartitionSummary.of(made.keys, column.states, made.made)
        self.found.partitions[key] = summary
        found = self.found.states[key] = state_of_counts(key, summary)
        if newest is None:
            return
        oldest = min((each for each in column.as_of or () if each is not None), default=None)
        own = reads is not None and any(
            state in ("fresh", "blocked") and each is not None
            for state, each in zip(column.states, reads, strict=True)
        )
        self.found.states[key] = AssetState(
            key,
            found.state,
            found.reasons,
            as_of=_instant(oldest),
            own_as_of=own,
            number=newest.number,
            data_version=newest.data_version,
        )
        event = versions[key.at(newest.partition)].event
        self.found.recorded[key] = Recorded(
            newest.number, event, {}, newest.path is not None and newest.path in gone
        )


def _in_order(
    made: Mapping[PartitionKey, PartitionMade], names: Sequence[str]
) -> list[PartitionMade]:
    """What made each of the names, in their order; a store often has them in it."""
    if [*made] == names:
        return list(made.values())
    return list(map(made.get, names, repeat(_NOT_MADE)))  # type: ignore[arg-type]


def _spread(own: Mapping[int | None, State], rows: Sequence[PartitionMade]) -> Sequence[State]:
    """The state of the kind of each row."""
    if len(own) == 1:
        return [*own.values()] * len(rows)
    return [own[row.kind] for row in rows]


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _differing(
    rows: Sequence[PartitionMade], columns: Sequence[StateColumn], gone: Collection[str]
) -> Sequence[bool] | None:
    """Which have read other data than there is now, or have lost their file; None if none."""
    if not columns and not gone:
        return None
    read = list(map(_INPUTS, rows))
    if len(columns) == 1:
        there: Sequence[str | None] = columns[0].data_versions
    else:
        every = zip(*[each.data_versions for each in columns], strict=True)
        there = [data_versions_of([each or "" for each in some]) for some in every]
    same = read == there or not columns
    if same and not gone:
        return None
    moved = [False] * len(rows) if same else list(map(ne, read, there))
    if gone:
        moved = [each or row.path in gone for each, row in zip(moved, rows, strict=True)]
    return moved


def _wanted(rows: Mapping[AssetKey, _Rows]) -> dict[AssetKey, PartitionMade]:
    wanted = {}
    for key, made in rows.items():
        for row in (*made.examples.values(), made.newest):
            if row is not None and row is not _NOT_MADE:
                wanted[key.at(row.partition)] = row
    return wanted
