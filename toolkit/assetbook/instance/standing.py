"""How every asset stands at one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, Defined, Recorded
from assetbook.dependencies.partition_summary import PartitionSummary
from assetbook.keys import AssetKey, CheckKey


class Standing(msgspec.Struct, frozen=True):
    """How every asset stands at one moment: what is defined, what is recorded, the states."""

    graph: AssetGraph
    defined: Mapping[AssetKey, Defined]
    recorded: Mapping[AssetKey, Recorded]
    states: Mapping[AssetKey, AssetState]
    pending_checks: frozenset[CheckKey] = frozenset()
    """Checks that have not run, in their present form, on the latest version."""
    check_codes: Mapping[CheckKey, str | None] = msgspec.field(default_factory=dict)
    """The code version of each check; None if it has none."""
    texts: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    """The longer documentation of assets that have one, as Markdown."""
    types: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    """The names of the types that check values, for those that have one."""
    automation: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    """The conditions, for people, of assets that are made by themselves."""
    partitions: Mapping[AssetKey, PartitionSummary] = msgspec.field(default_factory=dict)
    """How the partitions of each asset stand that has some."""
    of_wholes: Callable[[], Standing] | None = None
    """Gives the same with a node for each asset, for one whose nodes are partitions."""
