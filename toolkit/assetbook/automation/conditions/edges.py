"""From the partitions of an asset to those that it is made of, and back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from assetbook.automation.conditions.view import AutomationView
from assetbook.definitions.automation.entity import (
    NOTHING,
    WHOLE,
    AssetJobKey,
    Entity,
    Subset,
)
from assetbook.definitions.partitions import (
    IdentityPartitionMapping,
    PartitionMapping,
    default_mapping,
)
from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.keys import AssetKey, CheckKey


@dataclass(slots=True)
class Edges:
    """What depends on what, partition by partition, as of one view."""

    view: AutomationView
    _mappings: dict[tuple[AssetKey, AssetKey], PartitionMapping] = field(default_factory=dict)
    _upstream: dict[tuple[AssetKey, AssetKey, str | None], tuple[Subset, bool]] = field(
        default_factory=dict
    )
    _full: dict[PartitionsDefinition, Subset] = field(default_factory=dict)

    def partitions_of(self, entity: Entity) -> PartitionsDefinition | None:
        """What divides it; a check is divided as its asset, a job is not."""
        if isinstance(entity, AssetJobKey):
            return None
        key = entity.asset_key if isinstance(entity, CheckKey) else entity
        spec = self.view.graph.specs.get(key)
        return None if spec is None else spec.partitions_def

    def full(self, entity: Entity) -> Subset:
        """All partitions there are."""
        definition = self.partitions_of(entity)
        if definition is None:
            return WHOLE
        if definition not in self._full:
            self._full[definition] = frozenset(self.view.known.keys(definition))
        return self._full[definition]

    def parents_of(self, entity: Entity) -> Collection[AssetKey]:
        """What it reads or follows."""
        if isinstance(entity, AssetJobKey):
            return ()
        if isinstance(entity, AssetKey):
            return self.view.graph.dag.parents_of(entity)
        needs = (
            each
            for node in self.view.graph.check_nodes(entity.asset_key)
            if node.key == entity
            for each in node.needs
        )
        return tuple(dict.fromkeys([entity.asset_key, *needs]))

    def up(self, child: Entity, parent: AssetKey, subset: Subset) -> Subset:
        """The partitions of ``parent`` that any of those of ``child`` is made of."""
        if self._same(child, parent):
            return subset & self.full(parent)
        found = [self._of_one(child, parent, each)[0] for each in subset]
        return NOTHING.union(*found)

    def down(self, child: Entity, parent: AssetKey, subset: Subset, among: Subset) -> Subset:
        """Those partitions of ``child``, ``among`` some, that are made of any in ``subset``."""
        if not subset:
            return NOTHING
        if self._same(child, parent):
            return subset & among
        return frozenset(
            each for each in among if not subset.isdisjoint(self._of_one(child, parent, each)[0])
        )

    def lacking(self, child: Entity, subset: Subset) -> Subset:
        """Those that need a partition that there is not: nobody can make them."""
        return frozenset(
            each
            for each in subset
            if any(self._of_one(child, parent, each)[1] for parent in self.parents_of(child))
        )

    def in_one_run(self, root: Entity, other: Entity) -> bool:
        """Whether one run can make a partition of both: they are divided alike, and where ``root``
        reads ``other`` it reads the same partition."""
        if isinstance(root, AssetJobKey) or isinstance(other, AssetJobKey):
            return False
        if self.partitions_of(root) != self.partitions_of(other):
            return False
        key = other.asset_key if isinstance(other, CheckKey) else other
        return key not in self.parents_of(root) or self._same(root, key)

    def _same(self, child: Entity, parent: AssetKey) -> bool:
        """Whether each partition is made of that of the same key alone."""
        if isinstance(child, CheckKey) and child.asset_key == parent:
            return True
        own, upstream = self.partitions_of(child), self.partitions_of(parent)
        if upstream is None:
            return own is None
        if own != upstream:
            return False
        mapping = self._mapping(child, parent)
        return isinstance(mapping, IdentityPartitionMapping) or mapping == default_mapping(
            upstream, own
        )

    def _mapping(self, child: Entity, parent: AssetKey) -> PartitionMapping:
        key = child.asset_key if isinstance(child, CheckKey) else child
        assert isinstance(key, AssetKey)
        known = self._mappings.get((key, parent))
        if known is None:
            upstream = self.partitions_of(parent)
            assert upstream is not None
            given = self._given(key, parent) if child is key else None
            known = given or default_mapping(upstream, self.partitions_of(child))
            self._mappings[key, parent] = known
        return known

    def _given(self, key: AssetKey, parent: AssetKey) -> PartitionMapping | None:
        graph = self.view.graph
        every = [
            *(each.partition_mapping for each in graph.inputs.get(key, ()) if each.key == parent),
            *(each.partition_mapping for each in graph.specs[key].deps if each.asset_key == parent),
        ]
        return next((each for each in every if each is not None), None)

    def _of_one(self, child: Entity, parent: AssetKey, key: str | None) -> tuple[Subset, bool]:
        """What one partition is made of, and whether it needs any that there is not."""
        upstream = self.partitions_of(parent)
        if upstream is None:
            return WHOLE, False
        own = child.asset_key if isinstance(child, CheckKey) else child
        if isinstance(own, AssetJobKey):
            return self.full(parent), False
        place = own, parent, key
        if place not in self._upstream:
            mapping = self._mapping(child, parent)
            found = mapping.upstream_of(key, self.partitions_of(child), upstream, self.view.known)
            self._upstream[place] = frozenset(found.keys), bool(found.missing)
        return self._upstream[place]
