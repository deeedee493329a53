"""What the function of a run status sensor is told: the run, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

from assetbook.definitions.event_log_entry import RunEvent, RunEventType
from assetbook.definitions.partitions.key_tags import PARTITION_TAG
from assetbook.definitions.tick_context import TickContext
from assetbook.errors import SelectionError, UsageError
from assetbook.events.asset_events import CheckEvaluated
from assetbook.events.run_events import RunQueued, RunStarted, StepEnded


@dataclass(frozen=True, slots=True)
class MonitoredRun:
    """A run, as sensors of runs are told it."""

    run_id: str
    job_name: str
    """The job that it is of; for a run of assets what was asked for, as typed."""
    status: str
    """``queued``, ``started``, ``canceling``, ``success``, ``failed`` or ``canceled``."""
    tags: Mapping[str, str]
    run_config: Mapping[str, Any]
    """By definition's name; without what cannot be kept."""
    location: str | None
    """The code location that it was launched from; None for a scratch one."""


class RunStatusSensorContext(TickContext):
    """One run that got the status which a sensor waits for."""

    built_by: ClassVar[str] = "build_run_status_sensor_context"

    def __init__(
        self, sensor_name: str, dagster_run: MonitoredRun, dagster_event: RunEvent, **given: Any
    ) -> None:
        super().__init__(**given)
        self.sensor_name = sensor_name
        self.dagster_run = dagster_run
        """The run."""
        self.dagster_event = dagster_event
        """What happened to it."""

    @property
    def partition_key(self) -> str | None:
        """The partition that the run was launched for; None for none, or several."""
        return self.dagster_run.tags.get(PARTITION_TAG)

    def for_run_failure(self) -> RunFailureSensorContext:
        """The same for a function of ``@run_failure_sensor``."""
        return RunFailureSensorContext(
            self.sensor_name,
            self.dagster_run,
            self.dagster_event,
            resources=self.given_resources,
            instance=self._instance,
            log=self.log,
        )


class RunFailureSensorContext(RunStatusSensorContext):
    """One run that failed."""

    @property
    def failure_event(self) -> RunEvent:
        """The failure of the run; ``message`` says why."""
        return self.dagster_event

    def get_step_failure_events(self) -> Sequence[RunEvent]:
        """The failures of its steps, in order; ``event_specific_data.error`` has the message, the
        class and the traceback."""
        kinds = (StepEnded, CheckEvaluated)
        stored = self.instance.events(run_id=self.dagster_run.run_id, kinds=kinds)
        found = [_step_failure(each.event) for each in stored]
        return [each for each in found if each is not None]


def _step_failure(event: StepEnded | CheckEvaluated) -> RunEvent | None:
    failed = event.error is not None or (isinstance(event, StepEnded) and event.status == "failed")
    if not failed:
        return None
    error = event.error
    message = error.message if error is not None else getattr(event, "message", "")
    kind = error.kind if error is not None else ""
    stack = error.traceback.splitlines(keepends=True) if error is not None else []
    cause = SimpleNamespace(message=message, cls_name=kind.rpartition(".")[2], stack=stack)
    data = SimpleNamespace(error=SimpleNamespace(**vars(cause), cause=cause))
    return RunEvent(RunEventType.STEP_FAILURE, event.step, data, message)


def monitored_run(instance: Any, run_id: str, status: str) -> MonitoredRun:
    """The run of that id, with the status that it had; raises SelectionError if there is none."""
    found = instance.events(run_id=run_id, kinds=(RunStarted, RunQueued), newest_first=True)
    if not found:
        raise SelectionError(f"the run {run_id}", "there is none", "See `%runs`.")
    begun: RunStarted | RunQueued = found[0].event
    job = begun.job if isinstance(begun, RunStarted) else None
    return MonitoredRun(
        run_id,
        job or begun.asked,
        status,
        dict(begun.tags),
        dict(begun.request.config) if begun.request is not None else {},
        begun.origin.notebook,
    )


def told_run(instance: Any, given: Any) -> MonitoredRun:
    """The run that a test gives: a run's record or result, or what another sensor was told.

    Raises UsageError for what is no run.
    """
    if isinstance(given, MonitoredRun):
        return given
    run_id = getattr(given, "run_id", None) or getattr(given, "id", None)
    if run_id is None or instance is None:
        raise UsageError(
            "build_run_status_sensor_context(dagster_run=...)",
            f"it is {given!r}" if run_id is None else "dagster_instance= is not given",
            "Give instance.run(id) with dagster_instance=instance.",
        )
    record = instance.run(run_id)
    return monitored_run(instance, record.id, record.status)
