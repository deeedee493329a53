"""Mappings from and to partitions of several dimensions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import product
from typing import NamedTuple

from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.partitions.key_mappings import (
    AllPartitionMapping,
    IdentityPartitionMapping,
)
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.partitions.mapping import PartitionMapping, Upstream
from assetbook.definitions.partitions.multi import MultiPartitionsDefinition
from assetbook.named_arguments import named_arguments


@named_arguments
class DimensionPartitionMapping(NamedTuple):
    """Which downstream dimension an upstream one is mapped to, and how."""

    dimension_name: str
    partition_mapping: PartitionMapping


@named_arguments
class MultiPartitionMapping(PartitionMapping):
    """Maps dimension by dimension; ``downstream_mappings_by_upstream_dimension`` names them.

    All keys of an upstream dimension that is not named count, and for each downstream dimension
    that is not named the same.
    """

    __slots__ = ("downstream_mappings_by_upstream_dimension",)

    downstream_mappings_by_upstream_dimension: Mapping[str, DimensionPartitionMapping]

    def __init__(
        self, downstream_mappings_by_upstream_dimension: Mapping[str, DimensionPartitionMapping]
    ) -> None:
        given = dict(downstream_mappings_by_upstream_dimension)
        object.__setattr__(self, "downstream_mappings_by_upstream_dimension", given)

    def upstream_of(
        self,
        key: str | None,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> Upstream:
        """The combinations of what each upstream dimension's mapping gives."""
        assert isinstance(upstream, MultiPartitionsDefinition)
        parts = _parts(key, downstream)
        found: list[Collection[str]] = []
        missing: list[str] = []
        for name, definition in upstream.dimensions.items():
            named = self.downstream_mappings_by_upstream_dimension.get(name)
            if named is None or not isinstance(downstream, MultiPartitionsDefinition):
                found.append(known.keys(definition))
                continue
            other = named.dimension_name
            of = named.partition_mapping.upstream_of(
                parts.get(other), downstream.dimension(other), definition, known
            )
            found.append(of.keys)
            missing += of.missing
        return Upstream(_joined(found), missing)

    def downstream_of(
        self,
        keys: Collection[str],
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> list[str]:
        """The combinations that any of the keys is mapped to."""
        assert isinstance(upstream, MultiPartitionsDefinition)
        assert isinstance(downstream, MultiPartitionsDefinition)
        found: set[str] = set()
        for key in keys:
            parts = upstream.multi_key(key).keys_by_dimension
            reached = {name: known.keys(each) for name, each in downstream.dimensions.items()}
            for other, (name, mapping) in self.downstream_mappings_by_upstream_dimension.items():
                definition, of = downstream.dimension(name), upstream.dimension(other)
                those = {*mapping.downstream_of((parts[other],), definition, of, known)}
                reached[name] = [each for each in reached[name] if each in those]
            found.update(_joined(reached.values()))
        return known.in_order(downstream, found)

    def gives_one(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> bool:
        """If every upstream dimension is named, and its mapping gives one."""
        if not isinstance(upstream, MultiPartitionsDefinition):
            return False
        if not isinstance(downstream, MultiPartitionsDefinition):
            return False
        named = self.downstream_mappings_by_upstream_dimension
        return all(
            name in named
            and named[name].partition_mapping.gives_one(
                each, downstream.dimension(named[name].dimension_name)
            )
            for name, each in upstream.dimensions.items()
        )

    def refuse_unfit(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> str:
        """Both must have the dimensions that are named."""
        if not isinstance(upstream, MultiPartitionsDefinition):
            return "the partitions of the upstream asset have one dimension"
        if not isinstance(downstream, MultiPartitionsDefinition):
            return "the partitions of the downstream asset have one dimension"
        for name, each in self.downstream_mappings_by_upstream_dimension.items():
            if name not in upstream.dimensions:
                return f"the upstream asset has no dimension `{name}`"
            if each.dimension_name not in downstream.dimensions:
                return f"the downstream asset has no dimension `{each.dimension_name}`"
            unfit = each.partition_mapping.refuse_unfit(
                upstream.dimensions[name], downstream.dimensions[each.dimension_name]
            )
            if unfit:
                return f"by the dimension `{name}`, {unfit}"
        return ""

    @property
    def looks_back(self) -> bool:
        """Whether that of a dimension does which is mapped to itself."""
        named = self.downstream_mappings_by_upstream_dimension.items()
        return any(
            each.dimension_name == name and each.partition_mapping.looks_back
            for name, each in named
        )

    def __repr__(self) -> str:
        return f"MultiPartitionMapping({self.downstream_mappings_by_upstream_dimension!r})"


@named_arguments
class MultiToSingleDimensionPartitionMapping(PartitionMapping):
    """Between partitions of several dimensions and of one: by the dimension that is the same.

    ``partition_dimension_name`` names it; None for the only one that is divided alike.
    ``partition_mapping`` says how its keys are mapped: the same key unless given.
    """

    __slots__ = ("partition_dimension_name", "partition_mapping")

    partition_dimension_name: str | None
    partition_mapping: PartitionMapping

    def __init__(
        self,
        partition_dimension_name: str | None = None,
        partition_mapping: PartitionMapping | None = None,
    ) -> None:
        object.__setattr__(self, "partition_dimension_name", partition_dimension_name)
        object.__setattr__(
            self, "partition_mapping", partition_mapping or IdentityPartitionMapping()
        )

    def upstream_of(
        self,
        key: str | None,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> Upstream:
        """Every combination with the key, or the key's part of the dimension."""
        if key is None or downstream is None:
            return AllPartitionMapping().upstream_of(key, downstream, upstream, known)
        if isinstance(upstream, MultiPartitionsDefinition):
            name = self._dimension(upstream, downstream)
            of = self.partition_mapping.upstream_of(
                key, downstream, upstream.dimensions[name], known
            )
            each = [
                of.keys if other == name else known.keys(definition)
                for other, definition in upstream.dimensions.items()
            ]
            return Upstream(_joined(each), of.missing)
        assert isinstance(downstream, MultiPartitionsDefinition)
        name = self._dimension(downstream, upstream)
        part = downstream.multi_key(key).keys_by_dimension[name]
        return self.partition_mapping.upstream_of(
            part, downstream.dimensions[name], upstream, known
        )

    def downstream_of(
        self,
        keys: Collection[str],
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> list[str]:
        """The keys' parts of the dimension, or every combination with one of them."""
        if isinstance(upstream, MultiPartitionsDefinition):
            name = self._dimension(upstream, downstream)
            parts = {upstream.multi_key(key).keys_by_dimension[name] for key in keys}
            of = upstream.dimensions[name]
            return self.partition_mapping.downstream_of(parts, downstream, of, known)
        assert isinstance(downstream, MultiPartitionsDefinition)
        name = self._dimension(downstream, upstream)
        own = downstream.dimensions[name]
        reached = self.partition_mapping.downstream_of(keys, own, upstream, known)
        each = [
            reached if other == name else known.keys(definition)
            for other, definition in downstream.dimensions.items()
        ]
        return _joined(each)

    def gives_one(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> bool:
        """If the downstream side has the dimensions, and the mapping of the one gives one."""
        if not isinstance(downstream, MultiPartitionsDefinition):
            return False
        name = self._dimension(downstream, upstream)
        return self.partition_mapping.gives_one(upstream, downstream.dimensions[name])

    def refuse_unfit(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> str:
        """One side must have several dimensions, and the other be divided as one of them."""
        multi, single = _sides(upstream, downstream)
        if multi is None or single is None:
            return "one side must have several dimensions, and the other one"
        name = self._named(multi, single)
        if name is None:
            wanted = self.partition_dimension_name
            return (
                f"there is no dimension `{wanted}`"
                if wanted is not None
                else "not one dimension alone is divided as the other side is: name it"
            )
        own = multi.dimensions[name]
        sides = (own, single) if multi is upstream else (single, own)
        return self.partition_mapping.refuse_unfit(*sides)

    def _dimension(self, multi: MultiPartitionsDefinition, single: PartitionsDefinition) -> str:
        name = self._named(multi, single)
        assert name is not None, "mappings are checked as definitions are gathered"
        return name

    def _named(self, multi: MultiPartitionsDefinition, single: PartitionsDefinition) -> str | None:
        if self.partition_dimension_name is not None:
            known = self.partition_dimension_name in multi.dimensions
            return self.partition_dimension_name if known else None
        return dimension_alike(multi, single)

    def __repr__(self) -> str:
        given = f"{self.partition_dimension_name!r}, {self.partition_mapping!r}"
        return f"MultiToSingleDimensionPartitionMapping({given})"


def dimension_alike(multi: MultiPartitionsDefinition, single: PartitionsDefinition) -> str | None:
    """The only dimension that is divided as ``single`` is; None without one, or with several."""
    alike = [name for name, each in multi.dimensions.items() if each == single]
    return alike[0] if len(alike) == 1 else None


def _sides(
    upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
) -> tuple[MultiPartitionsDefinition | None, PartitionsDefinition | None]:
    """The side of several dimensions, and the one of one."""
    if isinstance(upstream, MultiPartitionsDefinition):
        is_single = not isinstance(downstream, MultiPartitionsDefinition)
        return upstream, downstream if is_single else None
    return (downstream if isinstance(downstream, MultiPartitionsDefinition) else None), upstream


def _parts(key: str | None, definition: PartitionsDefinition | None) -> Mapping[str, str]:
    if key is None or not isinstance(definition, MultiPartitionsDefinition):
        return {}
    return definition.multi_key(key).keys_by_dimension


def _joined(each: Iterable[Collection[str]]) -> list[str]:
    return list(map("|".join, product(*each)))
