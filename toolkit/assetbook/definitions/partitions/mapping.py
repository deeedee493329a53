"""What a partition is made of: from the partitions of one asset to those of another."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from typing import NamedTuple

from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.spec import Frozen


class Upstream(NamedTuple):
    """The partitions that one is made of."""

    keys: Sequence[str]
    missing: Sequence[str] = ()
    """Those that it needs and that there are not."""


class PartitionMapping(Frozen):
    """Says which partitions of an upstream asset each partition of a downstream one is made of.

    A ``key`` or definition of None is that of an asset without partitions.
    """

    __slots__ = ()

    @abstractmethod
    def upstream_of(
        self,
        key: str | None,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> Upstream:
        """What a downstream partition is made of."""

    def downstream_of(
        self,
        keys: Collection[str],
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        known: KnownKeys,
    ) -> list[str]:
        """The downstream partitions that are made of any of the ``keys``, in order."""
        wanted = frozenset(keys)
        return [
            each
            for each in known.keys(downstream)
            if not wanted.isdisjoint(self.upstream_of(each, downstream, upstream, known).keys)
        ]

    def gives_one(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> bool:
        """Whether each downstream partition is made of one alone, so that its function takes that
        value and not a dict of several."""
        return False

    def refuse_unfit(
        self, upstream: PartitionsDefinition, downstream: PartitionsDefinition | None
    ) -> str:
        """Why it cannot map between these; empty if it can."""
        return ""

    @property
    def looks_back(self) -> bool:
        """Whether all that a partition is made of lies before it, where both sides are divided
        alike: an asset may then be made of its own earlier partitions."""
        return False

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"
