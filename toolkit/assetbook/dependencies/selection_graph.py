"""What selections are asked of: the assets' graph, and the facts that attributes speak of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from assetbook.dependencies.dag import Dag
from assetbook.keys import AssetKey


class NodeFacts(Protocol):
    """What a selection asks about one asset."""

    @property
    def group_name(self) -> str:
        """Its group."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags."""

    @property
    def kinds(self) -> Collection[str]:
        """Its kinds."""

    @property
    def owners(self) -> Collection[str]:
        """Its owners."""

    @property
    def is_external(self) -> bool:
        """Whether it is made elsewhere."""


@dataclass(frozen=True, slots=True)
class SelectionGraph:
    """What selections are resolved against; a node without facts is external."""

    dag: Dag
    facts: Mapping[AssetKey, NodeFacts]
    checks: Mapping[AssetKey, Collection[str]] = field(default_factory=dict)
    """The names of the checks of each asset, as ``orders:full``."""

    def is_external(self, key: AssetKey) -> bool:
        """Whether the asset is made elsewhere."""
        facts = self.facts.get(key)
        return facts is None or facts.is_external
