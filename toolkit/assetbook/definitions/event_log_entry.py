"""What happened, as sensors are told it: an event of a run, with its place in the log.

Names, kinds and fields are those of Dagster's events, so that its sensors read them as they are.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from assetbook.definitions.results import AssetMaterialization
from assetbook.events.asset_events import AssetMaterialized
from assetbook.keys import AssetKey
from assetbook.metadata import from_wire


class RunEventType(enum.Enum):
    """The kinds of events of runs, steps and assets; values as in Dagster."""

    RUN_ENQUEUED = "PIPELINE_ENQUEUED"
    RUN_START = "PIPELINE_START"
    RUN_SUCCESS = "PIPELINE_SUCCESS"
    RUN_FAILURE = "PIPELINE_FAILURE"
    RUN_CANCELING = "PIPELINE_CANCELING"
    RUN_CANCELED = "PIPELINE_CANCELED"
    STEP_START = "STEP_START"
    STEP_OUTPUT = "STEP_OUTPUT"
    STEP_SUCCESS = "STEP_SUCCESS"
    STEP_FAILURE = "STEP_FAILURE"
    STEP_SKIPPED = "STEP_SKIPPED"
    STEP_UP_FOR_RETRY = "STEP_UP_FOR_RETRY"
    STEP_RESTARTED = "STEP_RESTARTED"
    LOADED_INPUT = "LOADED_INPUT"
    HANDLED_OUTPUT = "HANDLED_OUTPUT"
    ASSET_MATERIALIZATION = "ASSET_MATERIALIZATION"
    ASSET_OBSERVATION = "ASSET_OBSERVATION"
    ASSET_CHECK_EVALUATION = "ASSET_CHECK_EVALUATION"
    HOOK_COMPLETED = "HOOK_COMPLETED"
    HOOK_ERRORED = "HOOK_ERRORED"


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One thing that happened in a run."""

    event_type: RunEventType
    step_key: str | None = None
    """The step's key as Dagster writes it; None for an event of the run itself."""
    event_specific_data: Any = None
    """The materialization, what the check found, or the failure; None for the rest."""
    message: str = ""
    partition: str | None = None
    """Of the asset that was materialized; None for one that has none."""

    @property
    def event_type_value(self) -> str:
        """The kind as text."""
        return self.event_type.value

    @property
    def node_name(self) -> str | None:
        """The step's key."""
        return self.step_key

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that was materialized; None for other events."""
        if self.event_type is RunEventType.ASSET_MATERIALIZATION:
            key: AssetKey = self.materialization.asset_key
            return key
        return None

    @property
    def materialization(self) -> Any:
        """The materialization of an ``ASSET_MATERIALIZATION``."""
        return self.event_specific_data.materialization

    step_materialization_data = property(lambda self: self.event_specific_data)
    asset_check_evaluation_data = property(lambda self: self.event_specific_data)
    step_failure_data = property(lambda self: self.event_specific_data)

    @property
    def is_step_success(self) -> bool:
        """Whether a step ended well."""
        return self.event_type is RunEventType.STEP_SUCCESS

    @property
    def is_step_failure(self) -> bool:
        """Whether a step failed."""
        return self.event_type is RunEventType.STEP_FAILURE


@dataclass(frozen=True, slots=True)
class EventLogEntry:
    """A stored event: what ``@asset_sensor`` gives its function."""

    run_id: str
    """Empty for an event that was reported without a run."""
    timestamp: float
    """Seconds since 1970."""
    dagster_event: RunEvent
    storage_id: int = 0
    """The event's place in the store's log."""

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that was materialized; None for other events."""
        return self.dagster_event.asset_key

    @property
    def partition_key(self) -> str | None:
        """The partition that was materialized; None for an asset without."""
        return self.dagster_event.partition

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """The materialization, if it is one."""
        if self.dagster_event.event_type is not RunEventType.ASSET_MATERIALIZATION:
            return None
        found: AssetMaterialization = self.dagster_event.materialization
        return found

    @property
    def event_log_entry(self) -> EventLogEntry:
        """Itself: where Dagster has records that hold entries."""
        return self


def entry_of(stored: Any) -> EventLogEntry:
    """A stored materialization, as sensors are told it."""
    event: AssetMaterialized = stored.event
    return EventLogEntry(event.run_id, event.at.timestamp(), materialized(event), stored.id)


def materialized(event: AssetMaterialized, step_key: str | None = None) -> RunEvent:
    """A materialization in Dagster's shape."""
    made = AssetMaterialization(
        AssetKey.from_text(event.key),
        metadata={name: from_wire(wire) for name, wire in event.metadata.items()},
        partition=event.partition,
        tags={**event.tags, **_version_tags(event)},
    )
    data = SimpleNamespace(materialization=made)
    kind = RunEventType.ASSET_MATERIALIZATION
    return RunEvent(kind, step_key, data, partition=event.partition)


def _version_tags(event: AssetMaterialized) -> Mapping[str, str]:
    code = event.code.authored or event.code.digest
    tags = {"dagster/data_version": event.data_version, "dagster/code_version": code or ""}
    if event.authored_data_version:
        tags["dagster/data_version_is_user_provided"] = "true"
    for each in event.inputs.values():
        name = str(AssetKey.from_text(each.key))
        tags[f"dagster/input_data_version/{name}"] = each.data_version or ""
    return {name: value for name, value in tags.items() if value}
