"""How the partitions of an asset stand, in Dagster's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum

from assetbook.definitions.partitions import PartitionKeyRange, PartitionsDefinition
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.run_events import RunStarted, StepEnded
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey
from assetbook.storage.run_record import ON_THEIR_WAY

_NAME = re.compile(r"(?P<name>.+?)\[(?P<first>.+?)(?:\.\.(?P<last>.+))?\]")


class AssetPartitionStatus(Enum):
    """How a partition stands that was made, or is to be."""

    MATERIALIZED = "MATERIALIZED"
    IN_PROGRESS = "IN_PROGRESS"
    FAILED = "FAILED"


def statuses_of(
    instance: Instance, key: AssetKey, partitions: Sequence[str], definition: PartitionsDefinition
) -> dict[str, AssetPartitionStatus | None]:
    """How each of the partitions stands: to be made by a run that goes on, failed when it was last
    tried, made; None for one that was never made."""
    store, words = instance.store, AssetPartitionStatus
    made = store.made_of_partitions([key]).get(key, {})
    found: dict[str, AssetPartitionStatus] = dict.fromkeys(made, words.MATERIALIZED)
    for failed in store.failed_partitions([key]).get(key, {}):
        found[str(failed)] = words.FAILED
    for run in store.runs(statuses=ON_THEIR_WAY):
        ended = _ended(instance, run.id, key)
        for named in _to_be_made(instance, run.id, key, definition):
            if named not in ended:
                found[named] = words.IN_PROGRESS
    return {each: found.get(each) for each in partitions}


def _ended(instance: Instance, run_id: str, key: AssetKey) -> set[str | None]:
    """The partitions of an asset that a run made, or could not make."""
    found: set[str | None] = set()
    for stored in instance.events(run_id=run_id, kinds=(AssetMaterialized, StepEnded)):
        event = stored.event
        if isinstance(event, AssetMaterialized) and event.key == key.text:
            found.add(event.partition)
        elif isinstance(event, StepEnded) and key.text in event.keys:
            found.update(event.partitions)
    return found


def _to_be_made(
    instance: Instance, run_id: str, key: AssetKey, definition: PartitionsDefinition
) -> Iterator[str]:
    """The partitions that a run's plan names; of a function that makes several assets those of all
    steps, since its name is not the asset's."""
    for stored in instance.events(run_id=run_id, kinds=(RunStarted,)):
        event = stored.event
        if not isinstance(event, RunStarted) or key.text not in event.keys:
            continue
        named = [found for each in event.steps if (found := _NAME.fullmatch(each))]
        own = [each for each in named if each["name"] == str(key)]
        for each in own or named:
            ends = PartitionKeyRange(each["first"], each["last"] or each["first"])
            yield from definition.get_partition_keys_in_range(
                ends, dynamic_partitions_store=instance
            )
