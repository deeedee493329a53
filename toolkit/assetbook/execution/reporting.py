"""What is reported of assets that are made elsewhere, as events."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from assetbook.definitions.partitions.definition import checked_key
from assetbook.definitions.results import AssetMaterialization, AssetObservation
from assetbook.errors import DefinitionError, with_article
from assetbook.events.asset_events import AssetMaterialized, AssetObserved
from assetbook.events.parts import CodeRef
from assetbook.keys import AssetKey
from assetbook.metadata import metadata_value, to_wire

_DATA_VERSION_TAG = "dagster/data_version"


def told_event(
    told: AssetMaterialization | AssetObservation, now: datetime, run_id: str
) -> AssetMaterialized | AssetObserved:
    """The event of what a step of a run told of an asset that others make."""
    event = reported_event(told, now)
    if isinstance(event, AssetObserved):
        return structs.replace(event, run_id=run_id)
    if not event.authored_data_version:
        event = structs.replace(event, data_version=f"unique:{run_id}:{event.key}")
    return structs.replace(event, run_id=run_id)


def reported_event(
    event: AssetMaterialization | AssetObservation, now: datetime
) -> AssetMaterialized | AssetObserved:
    """The event to store for what was reported.

    The tag ``dagster/data_version`` gives the version of the data; a materialization without it is
    new data. Raises DefinitionError for anything else than such a report.
    """
    if not isinstance(event, AssetMaterialization | AssetObservation):
        raise DefinitionError(
            "reporting an event of an asset",
            f"it is {with_article(type(event).__name__)}",
            "Give AssetMaterialization(asset_key=...) or AssetObservation(asset_key=...).",
        )
    key = AssetKey.from_coercible(event.asset_key)
    metadata = {name: to_wire(metadata_value(raw, name)) for name, raw in event.metadata.items()}
    if event.description:
        metadata["description"] = to_wire(metadata_value(event.description, "description"))
    partition = None
    if event.partition is not None:
        partition = checked_key(event.partition, f"the partition of the event of `{key}`")
    tags = dict(event.tags)
    given = tags.get(_DATA_VERSION_TAG)
    if isinstance(event, AssetObservation):
        return AssetObserved(
            at=now,
            key=key.text,
            partition=partition,
            data_version=given,
            metadata=metadata,
            tags=tags,
        )
    return AssetMaterialized(
        at=now,
        key=key.text,
        partition=partition,
        data_version=given or f"unique:reported:{now.isoformat()}",
        authored_data_version=given is not None,
        code=CodeRef(),
        metadata=metadata,
        tags=tags,
    )
