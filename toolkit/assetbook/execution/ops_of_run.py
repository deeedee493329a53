"""The ops that a run has steps of, with what the run gives to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.run_config import NodeConfig
from assetbook.events.run_events import StepOutput
from assetbook.io.asset_partitions import AssetPartitions

StoredOutputs = Mapping[tuple[str, str, str | None], tuple[str, StepOutput]]
"""By step, output and mapping key (None for an output that is not dynamic) of an earlier run: its
id, and what it stored."""


class OpsOfRun(msgspec.Struct, frozen=True):
    """What a run knows of its ops, by their paths."""

    job_name: str | None = None
    """None for a run of assets, whose graphs the ops are of."""
    ops: Mapping[str, OpDefinition] = msgspec.field(default_factory=dict)
    configs: Mapping[str, NodeConfig] = msgspec.field(default_factory=dict)
    """Of those that are configured, graphs too."""
    inputs: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """Values for inputs of the job."""
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Of the run."""
    partitions: AssetPartitions | None = None
    """The partition of the job that the run is of; None for none, and for a run of assets."""
    stored: StoredOutputs = msgspec.field(default_factory=dict)
    """What an earlier run gave, for the inputs of ops that need one that does not run."""


NO_OPS = OpsOfRun()
