"""What happened in a run, as Dagster's events: made of how its steps ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from assetbook.definitions.event_log_entry import EventLogEntry, materialized
from assetbook.definitions.event_log_entry import RunEvent as DagsterEvent
from assetbook.definitions.event_log_entry import RunEventType as DagsterEventType
from assetbook.definitions.results import (
    AssetCheckSeverity,
    AssetObservation,
)
from assetbook.definitions.retries import Failure
from assetbook.errors import CheckFailedError
from assetbook.events.asset_events import AssetObserved, CheckEvaluated
from assetbook.execution.reporter import StepOutcome
from assetbook.keys import AssetKey, CheckKey
from assetbook.metadata import MetadataValue, from_wire, metadata_value
from assetbook.planning.steps import Step

__all__ = [
    "AssetCheckEvaluation",
    "DagsterEvent",
    "DagsterEventType",
    "EventLogEntry",
    "evaluation",
    "events_of",
    "failure_of",
    "materialized",
    "observed",
    "step_key_of",
]


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


def observed(event: AssetObserved, step_key: str | None = None) -> DagsterEvent:
    """The observation as Dagster's event."""
    seen = AssetObservation(
        AssetKey.from_text(event.key),
        metadata={name: from_wire(wire) for name, wire in event.metadata.items()},
        tags=event.tags,
    )
    data = SimpleNamespace(asset_observation=seen)
    return DagsterEvent(DagsterEventType.ASSET_OBSERVATION, step_key, data)


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
