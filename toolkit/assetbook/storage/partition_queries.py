"""The questions about partitions that a database answers, all of them at once."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from assetbook.keys import AssetKey, CheckKey, PartitionKey
from assetbook.storage import readings
from assetbook.storage.database_names import partition_text
from assetbook.storage.made_body import made_of_all
from assetbook.storage.partition_states import PartitionMade
from assetbook.storage.queries import (
    ASSET,
    CHECKED,
    EVENT,
    OBSERVED,
    Query,
    among,
    among_keys,
    parameters_of,
    states_of_all,
)
from assetbook.storage.readings import Row
from assetbook.storage.stored_event import CheckState, StoredEvent


def checks_of_partitions(
    keys: Collection[AssetKey] | None,
    partitions: Collection[PartitionKey] | None = None,
) -> Query[tuple[CheckKey, PartitionKey | None, CheckState]]:
    """The state of each check of each of the partitions; None is all."""
    return states_of_all(CHECKED, keys, readings.check, partitions)


def observed_of_partitions(
    keys: Collection[AssetKey] | None,
) -> Query[tuple[AssetKey, PartitionKey | None, StoredEvent]]:
    """The latest observation of each partition."""
    return states_of_all(OBSERVED, keys, readings.observed)


def latest_of_partitions(
    keys: Collection[AssetKey] | None, partitions: Collection[PartitionKey] | None = None
) -> Query[Row]:
    """The event of each partition's latest version, and what made it: rows, not looked at."""
    return Query(
        f"SELECT {EVENT}, state.body, state.sum FROM partition_state AS state"
        f" LEFT JOIN events AS event ON event.id = state.event WHERE 1{_of_assets(keys)}"
        f"{among('state.partition', partitions)}",
        (*parameters_of(keys), *map(partition_text, partitions or ())),
        None,
    )


def made_of_partitions(keys: Collection[AssetKey] | None) -> Query[PartitionMade]:
    """What made the latest version of each partition."""
    return Query(
        f"SELECT state.body, state.sum FROM partition_state AS state WHERE 1{_of_assets(keys)}",
        tuple(parameters_of(keys)),
        None,
        _made,
    )


def _made(rows: list[Row], store: Path) -> list[PartitionMade]:
    return made_of_all([each[0] for each in rows], [each[1] for each in rows], store)


def events_of_ids(ids: Collection[int] | None) -> Query[Row]:
    """Those events: rows, not looked at."""
    return Query(
        f"SELECT {EVENT} FROM events AS event WHERE 1{among('event.id', ids)}",
        tuple(ids or ()),
        None,
    )


def partition_counts(keys: Collection[AssetKey] | None) -> Query[tuple[AssetKey, int]]:
    """How many partitions of each asset have a version."""
    return Query(
        f"SELECT {ASSET}, (SELECT count(*) FROM partition_state AS state"
        f" WHERE state.asset = asset.id) FROM assets AS asset WHERE 1{among_keys(keys)}",
        tuple(parameters_of(keys)),
        readings.count_of_asset,
    )


def _of_assets(keys: Collection[AssetKey] | None) -> str:
    ids = "SELECT asset.id FROM assets AS asset WHERE 1"
    return "" if keys is None else f" AND state.asset IN ({ids}{among_keys(keys)})"
