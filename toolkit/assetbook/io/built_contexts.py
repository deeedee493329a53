"""Contexts for calling the methods of an I/O manager directly, in a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.keys import AssetKey, PartitionKey
from assetbook.named_arguments import named_arguments


@named_arguments
def build_output_context(
    step_key: str = "",
    name: str = "result",
    definition_metadata: Mapping[str, Any] | None = None,
    run_id: str = "test",
    *,
    config: object = None,
    python_type: object = None,
    resources: Mapping[str, object] | None = None,
    asset_key: AssetKey | str | Sequence[str] | None = None,
    output_metadata: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
) -> OutputContext:
    """A context for calling ``handle_output`` directly in a test.

    ``partition_key`` is that of the partition which is stored; None for an asset without.
    """
    return OutputContext(
        name=name,
        step_key=step_key,
        asset_key=AssetKey.from_coercible(asset_key) if asset_key is not None else None,
        run_id=run_id,
        definition_metadata=definition_metadata,
        output_metadata=output_metadata,
        python_type=python_type,
        config=config,
        resources=resources,
        partitions=_partitions(partition_key, asset_partitions_def),
    )


@named_arguments
def build_input_context(
    name: str = "",
    config: object = None,
    definition_metadata: Mapping[str, Any] | None = None,
    upstream_output: OutputContext | None = None,
    *,
    python_type: object = None,
    resources: Mapping[str, object] | None = None,
    asset_key: AssetKey | str | Sequence[str] | None = None,
    run_id: str = "",
    partition_key: str | None = None,
    asset_partition_keys: Sequence[str] = (),
    asset_partitions_def: PartitionsDefinition | None = None,
) -> InputContext:
    """A context for calling ``load_input`` directly in a test.

    ``asset_partition_keys``, or the only ``partition_key``, are those of the partitions that are
    loaded. Key and run are those of ``upstream_output``, if they are not given.
    """
    key = AssetKey.from_coercible(asset_key) if asset_key is not None else None
    if upstream_output is not None:
        key = key or (upstream_output.asset_key if upstream_output.has_asset_key else None)
        run_id = run_id or upstream_output.run_id
    return InputContext(
        name=name,
        asset_key=key,
        run_id=run_id or "test",
        metadata=definition_metadata,
        upstream_metadata=upstream_output.output_metadata if upstream_output else None,
        upstream_output=upstream_output,
        python_type=python_type,
        config=config,
        resources=resources,
        partitions=_partitions(partition_key, asset_partitions_def, asset_partition_keys),
    )


def _partitions(
    key: str | None, definition: PartitionsDefinition | None, keys: Sequence[str] = ()
) -> AssetPartitions | None:
    every = [*([key] if key is not None else []), *keys]
    found = tuple(PartitionKey(each) for each in dict.fromkeys(every))
    return AssetPartitions(found, definition) if found else None
