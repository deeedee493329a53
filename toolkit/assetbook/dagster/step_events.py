"""What happened in a run, as Dagster's events: made of how its steps ended."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from assetbook.definitions.results import (
    AssetCheckSeverity,
    AssetMaterialization,
    AssetObservation,
)
from assetbook.definitions.retries import Failure
from assetbook.errors import CheckFailedError
from assetbook.events.records import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.execution.reporter import StepOutcome
from assetbook.keys import AssetKey, CheckKey
from assetbook.metadata import MetadataValue, from_wire, metadata_value
from assetbook.planning.steps import Step


class DagsterEventType(enum.Enum):
    """Those of Dagster's kinds of events that a run here has; values as in Dagster."""

    RUN_START = "PIPELINE_START"
    RUN_SUCCESS = "PIPELINE_SUCCESS"
    RUN_FAILURE = "PIPELINE_FAILURE"
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
class AssetCheckEvaluation:
    """What a check found."""

    asset_key: AssetKey
    check_name: str
    passed: bool
    metadata: Mapping[str, MetadataValue[Any]] = field(default_factory=dict)
    severity: AssetCheckSeverity = AssetCheckSeverity.ERROR
    description: str | None = None
    blocking: bool | None = None

    @property
    def asset_check_key(self) -> CheckKey:
        """The check's key."""
        return CheckKey(self.asset_key, self.check_name)


@dataclass(frozen=True, slots=True)
class DagsterEvent:
    """One thing that happened in a run."""

    event_type: DagsterEventType
    step_key: str | None = None
    """The step's key as Dagster writes it; None for an event of the run itself."""
    event_specific_data: Any = None
    """The materialization, what the check found, or the failure; None for the rest."""
    message: str = ""

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
        if self.event_type is DagsterEventType.ASSET_MATERIALIZATION:
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
        return self.event_type is DagsterEventType.STEP_SUCCESS

    @property
    def is_step_failure(self) -> bool:
        """Whether a step failed."""
        return self.event_type is DagsterEventType.STEP_FAILURE


@dataclass(frozen=True, slots=True)
class EventLogEntry:
    """A stored event, as a DagsterInstance gives it."""

    run_id: str
    timestamp: float
    """Seconds since 1970."""
    dagster_event: DagsterEvent
    storage_id: int = 0

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """The materialization, if it is one."""
        if self.dagster_event.event_type is not DagsterEventType.ASSET_MATERIALIZATION:
            return None
        found: AssetMaterialization = self.dagster_event.materialization
        return found


def step_key_of(step: Step) -> str:
    """The key of a step as Dagster writes it: ``raw__orders``, ``orders_is_unique``."""
    if step.check is not None:
        return f"{'__'.join(step.check.asset_key.parts)}_{step.check.name}"
    if step.kind == "asset" and len(step.keys) == 1 and str(step.keys[0]) == step.name:
        return "__".join(step.keys[0].parts)
    return step.name


def events_of(outcome: StepOutcome, inputs: int, retries: int = 0) -> Iterator[DagsterEvent]:
    """What happened in one step, in Dagster's order; nothing for one that never began.

    ``inputs`` is how many values it loaded, ``retries`` how often it was tried again.
    """
    kind = DagsterEventType
    key = step_key_of(outcome.step)
    if outcome.status == "skipped":
        yield DagsterEvent(kind.STEP_SKIPPED, key, message=outcome.message)
    if outcome.status not in ("done", "failed") or _was_blocked(outcome):
        return
    yield DagsterEvent(kind.STEP_START, key)
    loaded = [DagsterEvent(kind.LOADED_INPUT, key)] * inputs
    yield from loaded
    for _ in range(retries):
        yield DagsterEvent(kind.STEP_UP_FOR_RETRY, key)
        yield from [DagsterEvent(kind.STEP_RESTARTED, key), *loaded]
    for made in outcome.materialized:
        yield DagsterEvent(kind.STEP_OUTPUT, key)
        yield materialized(made, key)
        if made.value is not None:
            yield DagsterEvent(kind.HANDLED_OUTPUT, key)
    for found in outcome.checks:
        yield DagsterEvent(kind.STEP_OUTPUT, key)
        yield DagsterEvent(kind.ASSET_CHECK_EVALUATION, key, evaluation(found))
    if outcome.status == "done":
        yield DagsterEvent(kind.STEP_SUCCESS, key)
    else:
        yield DagsterEvent(kind.STEP_FAILURE, key, failure_of(outcome), outcome.message)


def _was_blocked(outcome: StepOutcome) -> bool:
    """Whether it did not begin since a blocking check of what it reads did not pass."""
    return outcome.step.kind == "asset" and isinstance(outcome.exception, CheckFailedError)


def materialized(event: AssetMaterialized, step_key: str | None = None) -> DagsterEvent:
    """The materialization as Dagster's event."""
    made = AssetMaterialization(
        AssetKey.from_text(event.key),
        metadata={name: from_wire(wire) for name, wire in event.metadata.items()},
        tags={**event.tags, **_version_tags(event)},
    )
    data = SimpleNamespace(materialization=made)
    return DagsterEvent(DagsterEventType.ASSET_MATERIALIZATION, step_key, data)


def observed(event: AssetObserved, step_key: str | None = None) -> DagsterEvent:
    """The observation as Dagster's event."""
    seen = AssetObservation(
        AssetKey.from_text(event.key),
        metadata={name: from_wire(wire) for name, wire in event.metadata.items()},
        tags=event.tags,
    )
    data = SimpleNamespace(asset_observation=seen)
    return DagsterEvent(DagsterEventType.ASSET_OBSERVATION, step_key, data)


def _version_tags(event: AssetMaterialized) -> dict[str, str]:
    code = event.code.authored or event.code.digest
    tags = {"dagster/data_version": event.data_version, "dagster/code_version": code or ""}
    if event.authored_data_version:
        tags["dagster/data_version_is_user_provided"] = "true"
    for each in event.inputs.values():
        name = str(AssetKey.from_text(each.key))
        tags[f"dagster/input_data_version/{name}"] = each.data_version or ""
    return {name: value for name, value in tags.items() if value}


def evaluation(event: CheckEvaluated) -> AssetCheckEvaluation:
    """What a check found, as Dagster gives it."""
    return AssetCheckEvaluation(
        AssetKey.from_text(event.key),
        event.check,
        event.passed,
        {name: from_wire(wire) for name, wire in event.metadata.items()},
        AssetCheckSeverity(event.severity),
        event.description or None,
        event.blocking,
    )


def failure_of(outcome: StepOutcome) -> SimpleNamespace:
    """The failure in Dagster's shape: the author's own exception is the cause."""
    error = outcome.error
    kind = error.kind.rpartition(".")[2] if error is not None else ""
    cause = SimpleNamespace(cls_name=kind, message=outcome.message)
    return SimpleNamespace(
        error=SimpleNamespace(cls_name=kind, message=outcome.message, cause=cause),
        user_failure_data=_users(outcome.exception),
    )


def _users(error: BaseException | None) -> SimpleNamespace | None:
    """What the author's Failure says; None for any other exception."""
    if not isinstance(error, Failure):
        return None
    metadata = {name: metadata_value(raw, name) for name, raw in error.metadata.items()}
    return SimpleNamespace(
        label="intentional-failure", description=error.description, metadata=metadata
    )
