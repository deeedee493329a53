"""What a run of a job in process gave, by Dagster's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assetbook.dagster.job_events import job_events
from assetbook.dagster.run_result import ExecuteInProcessResult
from assetbook.dagster.step_events import DagsterEvent
from assetbook.definitions.run_status_context import MonitoredRun, monitored_run
from assetbook.errors import SelectionError
from assetbook.instance.job_result import JobResult
from assetbook.keys import AssetKey


class JobInProcessResult(ExecuteInProcessResult):
    """How a run of a job ended, and what its ops gave; ``own`` is assetbook's own result."""

    def __init__(self, own: JobResult) -> None:
        self.own = own
        self.job_def = own.job_def

    @property
    def success(self) -> bool:
        """Whether every step ended well, or was skipped."""
        return self.own.success

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.own.run_id

    @property
    def dagster_run(self) -> MonitoredRun:
        """The run, as sensors of runs are told it."""
        status = "success" if self.success else "failed"
        return monitored_run(self.own.instance, self.run_id, status)

    @property
    def all_node_events(self) -> list[DagsterEvent]:
        """What happened in the steps, in order."""
        return job_events(self.own)

    def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
        """What an op or graph gave; by mapping key, where it is dynamic or runs for elements."""
        return self.own.output_for_node(node_str, output_name)

    def output_value(self, output_name: str = "result") -> Any:
        """What the job's graph gave under that name."""
        return self.own.output_value(output_name)

    def asset_value(self, asset_key: AssetKey | str | Sequence[str]) -> Any:
        """Raises SelectionError: a job of ops makes no assets."""
        raise SelectionError(
            f"the asset `{AssetKey.from_coercible(asset_key)}`",
            f"`{self.job_def.name}` is a job of ops, which makes no assets",
            "Ask output_for_node(...).",
        )

    def __repr__(self) -> str:
        return repr(self.own)
