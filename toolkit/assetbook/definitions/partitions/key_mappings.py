"""Mappings that go by keys alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.partitions.mapping import PartitionMapping, Upstream
from assetbook.definitions.partitions.static import StaticPartitionsDefinition
from assetbook.errors import DefinitionError, did_you_mean
from assetbook.named_arguments import named_arguments


def _found(keys: Collection[str], definition: PartitionsDefinition, known: KnownKeys) -> Upstream:
    places = known.places(definition)
    there = known.in_order(definition, {each for each in keys if each in places})
    return Upstream(there, [each for each in keys if each not in places])


def _unlisted(keys: Collection[str], definition: PartitionsDefinition, side: str) -> str:
    """That a list of keys has not one of these; empty if it has all, or is no list."""
    if not isinstance(definition, StaticPartitionsDefinition):
        return ""
    listed = definition.partition_keys
    gone = next((each for each in keys if each not in listed), None)
    if gone is None:
        return ""
    return f"the {side} asset has no partition {gone!r}. {did_you_mean(gone, listed)}".rstrip()


class IdentityPartitionMapping(PartitionMapping):
    """Each partition is made of the one with the same key."""

    __slots__ = ()

    def upstream_of(
        self,
        key: str | None,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> Upstream:
        """The same key."""
        return Upstream(()) if key is None else _found((key,), upstream, known)

    def downstream_of(
        self,
        keys: Collection[str],
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> list[str]:
        """The same keys, as far as there are such."""
        places = known.places(downstream)
        return known.in_order(downstream, [each for each in keys if each in places])

    def gives_one(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> bool:
        """It does."""
        return True

    def refuse_unfit(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> str:
        """Both sides must have partitions."""
        return "" if downstream is not None else "the downstream asset has no partitions"


class AllPartitionMapping(PartitionMapping):
    """Each partition is made of all upstream ones."""

    __slots__ = ()

    def upstream_of(
        self,
        key: str | None,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> Upstream:
        """All keys."""
        return Upstream(known.keys(upstream))

    def downstream_of(
        self,
        keys: Collection[str],
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> list[str]:
        """All keys, if any upstream one changed."""
        return list(known.keys(downstream)) if keys else []


class LastPartitionMapping(PartitionMapping):
    """Each partition is made of the last upstream one."""

    __slots__ = ()

    def upstream_of(
        self,
        key: str | None,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> Upstream:
        """The last key."""
        return Upstream(known.keys(upstream)[-1:])

    def downstream_of(
        self,
        keys: Collection[str],
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> list[str]:
        """All keys, if the last upstream one is among them."""
        last = known.keys(upstream)[-1:]
        return list(known.keys(downstream)) if last and last[0] in keys else []

    def gives_one(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> bool:
        """It does."""
        return True


def _keys(of: str, given: Collection[str]) -> tuple[str, ...]:
    several = isinstance(given, Collection) and not isinstance(given, str | bytes)
    if several and all(isinstance(each, str) for each in given):
        return tuple(given)
    raise DefinitionError(
        f"the keys of a {of}",
        f"they are {given!r}",
        'Give a list of texts, such as ["red", "green"].',
    )


@named_arguments
class SpecificPartitionsPartitionMapping(PartitionMapping):
    """Each partition is made of the upstream ones that are named."""

    __slots__ = ("partition_keys",)

    partition_keys: tuple[str, ...]

    def __init__(self, partition_keys: Sequence[str]) -> None:
        object.__setattr__(self, "partition_keys", _keys(type(self).__name__, partition_keys))

    def upstream_of(
        self,
        key: str | None,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> Upstream:
        """Those that are named."""
        return _found(self.partition_keys, upstream, known)

    def downstream_of(
        self,
        keys: Collection[str],
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> list[str]:
        """All keys, if one that is named is among them."""
        return list(known.keys(downstream)) if {*keys} & {*self.partition_keys} else []

    def gives_one(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> bool:
        """If one is named."""
        return len(self.partition_keys) == 1

    def refuse_unfit(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> str:
        """Of keys that are listed there must be those that it names."""
        return _unlisted(self.partition_keys, upstream, "upstream")

    def __repr__(self) -> str:
        return f"SpecificPartitionsPartitionMapping({list(self.partition_keys)!r})"


@named_arguments
class StaticPartitionMapping(PartitionMapping):
    """Says for each upstream key which downstream one it is part of, or which several."""

    __slots__ = ("_upstream", "downstream_partition_keys_by_upstream_partition_key")

    downstream_partition_keys_by_upstream_partition_key: Mapping[str, tuple[str, ...]]
    _upstream: Mapping[str, tuple[str, ...]]

    def __init__(
        self,
        downstream_partition_keys_by_upstream_partition_key: Mapping[str, str | Collection[str]],
    ) -> None:
        given = {
            up: (down,) if isinstance(down, str) else _keys(type(self).__name__, down)
            for up, down in downstream_partition_keys_by_upstream_partition_key.items()
        }
        upstream: dict[str, list[str]] = {}
        for up, downs in given.items():
            for down in downs:
                upstream.setdefault(down, []).append(up)
        put = object.__setattr__
        put(self, "downstream_partition_keys_by_upstream_partition_key", MappingProxyType(given))
        put(self, "_upstream", {down: tuple(ups) for down, ups in upstream.items()})

    def upstream_of(
        self,
        key: str | None,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> Upstream:
        """The keys that name it."""
        return Upstream(()) if key is None else _found(self._upstream.get(key, ()), upstream, known)

    def downstream_of(
        self,
        keys: Collection[str],
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> list[str]:
        """What the keys are said to be part of."""
        said = self.downstream_partition_keys_by_upstream_partition_key
        found = {down for key in keys for down in said.get(key, ())}
        return known.in_order(downstream, found & known.places(downstream).keys())

    def refuse_unfit(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> str:
        """Both must have partitions, and of the keys that are listed those that it names."""
        if downstream is None:
            return "the downstream asset has no partitions"
        said = self.downstream_partition_keys_by_upstream_partition_key
        return _unlisted(said, upstream, "upstream") or _unlisted(
            self._upstream, downstream, "downstream"
        )

    def __reduce__(self) -> tuple[object, ...]:
        given = dict(self.downstream_partition_keys_by_upstream_partition_key)
        return StaticPartitionMapping, (given,)

    def __repr__(self) -> str:
        given = dict(self.downstream_partition_keys_by_upstream_partition_key)
        return f"StaticPartitionMapping({given!r})"
