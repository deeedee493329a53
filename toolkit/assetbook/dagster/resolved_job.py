"""A job of assets with the definitions that it belongs to, which can be run here and now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.dagster.in_process import run_everything
from assetbook.dagster.run_result import ExecuteInProcessResult
from assetbook.dagster.stored_instance import DagsterInstance
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.collection import Definitions
from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.instance.instance import Instance
from assetbook.instance.job_partition import config_of_partition, tags_of_partition


class ResolvedAssetJob:
    """A job of assets of ``Definitions``, as ``resolve_job_def`` gives it."""

    def __init__(self, definitions: Definitions, job: UnresolvedAssetJobDefinition) -> None:
        self._definitions = definitions
        self.unresolved = job
        """What ``define_asset_job`` made."""
        self.name = job.name

    def execute_in_process(
        self,
        run_config: Any = None,
        instance: Instance | DagsterInstance | None = None,
        raise_on_error: bool = True,
        tags: Mapping[str, str] | None = None,
        resources: Mapping[str, object] | None = None,
        partition_key: str | None = None,
    ) -> ExecuteInProcessResult:
        """How a run of what it selects ended; see ``materialize``."""
        own = self.unresolved
        config: Any = own.config
        of_key: Mapping[str, str] = {}
        if isinstance(config, PartitionedConfig):
            config = config_of_partition(own, partition_key)
            of_key = tags_of_partition(own, partition_key)
        return run_everything(
            [
                *self._definitions.assets,
                *self._definitions.asset_checks,
                Definitions(loggers=self._definitions.loggers),
            ],
            config if run_config is None else run_config,
            instance,
            {**self._definitions.resources, **(resources or {})},
            raise_on_error=raise_on_error,
            tags={**(own.run_tags or own.tags), **(tags or {}), **of_key},
            selection=own.selection,
            job=own,
            partition_key=partition_key,
        )

    def __repr__(self) -> str:
        return repr(self.unresolved)
