"""``DagsterInstance``: a store asked by Dagster's names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from assetbook.dagster.partition_status import AssetPartitionStatus, statuses_of
from assetbook.definitions.event_log_entry import EventLogEntry, entry_of
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.results import AssetMaterialization, AssetObservation
from assetbook.errors import SelectionError, UsageError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments
from assetbook.storage.store import RunRecord


class DagsterInstance:
    """The store of the project, or one that goes with the process.

    ``own`` is assetbook's Instance, which knows more.
    """

    def __init__(self, own: Instance) -> None:
        self.own = own

    @classmethod
    def get(cls) -> DagsterInstance:
        """The store of the project around the current folder."""
        return cls(Instance.get())

    @classmethod
    def ephemeral(cls) -> DagsterInstance:
        """A fresh store that leaves nothing behind."""
        return cls(Instance.ephemeral())

    @property
    def is_ephemeral(self) -> bool:
        """Whether it goes with the process."""
        return self.own.is_ephemeral

    def get_latest_materialization_event(self, asset_key: AssetKey) -> EventLogEntry | None:
        """The latest materialization of an asset; None if it has none."""
        found = self._materializations(asset_key, 1)
        return found[0] if found else None

    def fetch_materializations(self, records_filter: Any, limit: int) -> Any:
        """The newest materializations of an asset, newest first, as ``.records``."""
        found = self._materializations(records_filter, limit)
        return SimpleNamespace(
            records=[SimpleNamespace(event_log_entry=each, **_facts(each)) for each in found]
        )

    def get_asset_keys(self) -> Sequence[AssetKey]:
        """The keys of the assets that anything is recorded of."""
        return sorted(self.own.recorded())

    def has_asset_key(self, asset_key: AssetKey) -> bool:
        """Whether anything is recorded of an asset."""
        return asset_key in self.own.recorded([asset_key])

    def get_run_by_id(self, run_id: str) -> RunRecord | None:
        """The record of a run; None if there is none."""
        try:
            return self.own.run(run_id)
        except SelectionError:
            return None

    def get_runs(self, limit: int | None = None) -> Sequence[RunRecord]:
        """The runs, newest first."""
        return self.own.runs(limit)

    def report_runless_asset_event(
        self, asset_event: AssetMaterialization | AssetObservation
    ) -> None:
        """Records that something happened to an asset that is made elsewhere."""
        self.own.report_runless_asset_event(asset_event)

    def get_materialized_partitions(self, asset_key: AssetKey) -> set[str]:
        """The keys of the partitions of an asset that were ever made, or reported."""
        return {*map(str, self.own.store.made_of_partitions([asset_key]).get(asset_key, ()))}

    def get_status_by_partition(
        self,
        asset_key: AssetKey,
        partition_keys: Sequence[str],
        partitions_def: PartitionsDefinition,
    ) -> dict[str, AssetPartitionStatus | None]:
        """How each of the partitions stands; None for one that was never made."""
        return statuses_of(self.own, asset_key, partition_keys, partitions_def)

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """The keys of the dynamic partitions of that name, in the order of their additions."""
        return self.own.get_dynamic_partitions(partitions_def_name)

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is that key."""
        return self.own.has_dynamic_partition(partitions_def_name, partition_key)

    def add_dynamic_partitions(
        self, partitions_def_name: str, partition_keys: Sequence[str]
    ) -> None:
        """Adds keys; those that are there stay where they are."""
        self.own.add_dynamic_partitions(partitions_def_name, partition_keys)

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Takes a key away; what was made of it stays."""
        self.own.delete_dynamic_partition(partitions_def_name, partition_key)

    def dispose(self) -> None:
        """Lets go of the store."""
        self.own.close()

    def __getattr__(self, name: str) -> Any:
        if name not in ELSEWHERE:
            raise AttributeError(f"a DagsterInstance has no member {name}")
        raise UsageError(f"DagsterInstance.{name}", "assetbook does not have it", ELSEWHERE[name])

    def __enter__(self) -> DagsterInstance:
        return self

    def __exit__(self, *error: object) -> None:
        self.dispose()

    def _materializations(self, asset_key: AssetKey, limit: int) -> list[EventLogEntry]:
        found = self.own.events(
            key=asset_key, kinds=(AssetMaterialized,), newest_first=True, limit=limit
        )
        return [entry_of(each) for each in found]

    def __repr__(self) -> str:
        return f"<DagsterInstance of {self.own!r}>"


ELSEWHERE: dict[str, str] = {
    **dict.fromkeys(
        ("fetch_observations", "fetch_run_status_changes", "get_asset_records"),
        "Ask `instance.own.events(key=..., kinds=...)`.",
    ),
    **dict.fromkeys(
        ("get_run_record", "get_run_records"), "Ask `instance.own.run(id)`, `instance.own.runs()`."
    ),
    "delete_run": "Runs stay on record; `%wipe` takes the values of an asset away.",
    "get_latest_materialization_code_versions": "Ask `instance.own.version(key).event.code`.",
    "local_temp": "Use DagsterInstance.ephemeral(), or Instance.open(folder).",
    "wipe_assets": "Use `%wipe`, in Python assetbook's `wipe`.",
}
"""Members of Dagster's that this has not, and what to do instead."""


def own_instance(instance: Instance | DagsterInstance) -> Instance:
    """assetbook's own Instance of either."""
    return instance.own if isinstance(instance, DagsterInstance) else instance


@named_arguments
@contextmanager
def instance_for_test() -> Iterator[DagsterInstance]:
    """A fresh store for the time of a block."""
    with DagsterInstance.ephemeral() as instance:
        yield instance


def _facts(entry: EventLogEntry) -> dict[str, Any]:
    return {
        "asset_materialization": entry.asset_materialization,
        "run_id": entry.run_id,
        "storage_id": entry.storage_id,
        "timestamp": entry.timestamp,
    }
