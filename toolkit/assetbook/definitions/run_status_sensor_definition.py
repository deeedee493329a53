"""Sensors of runs: asked once for each run that gets a status."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.asset_sensor_definition import event_id
from assetbook.definitions.event_log_entry import RunEvent, RunEventType
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.run_request import SkipReason
from assetbook.definitions.run_status_context import (
    MonitoredRun,
    RunStatusSensorContext,
    monitored_run,
)
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.definitions.sensor_evaluation import Reacted, RunReaction, result_of
from assetbook.definitions.sensor_result import SensorResult
from assetbook.definitions.tick_context import TickContext
from assetbook.errors import DefinitionError, UsageError, did_you_mean, with_article
from assetbook.events.records import Event
from assetbook.events.run_events import RunCanceling, RunEnded, RunQueued, RunStarted
from assetbook.named_arguments import named_arguments

_AT_ONCE = 100
"""Events that one evaluation looks at; the next one goes on after them."""
_KINDS: dict[str, tuple[type[Event], RunEventType]] = {
    "queued": (RunQueued, RunEventType.RUN_ENQUEUED),
    "started": (RunStarted, RunEventType.RUN_START),
    "canceling": (RunCanceling, RunEventType.RUN_CANCELING),
    "success": (RunEnded, RunEventType.RUN_SUCCESS),
    "failed": (RunEnded, RunEventType.RUN_FAILURE),
    "canceled": (RunEnded, RunEventType.RUN_CANCELED),
}


@named_arguments
@dataclass(frozen=True, slots=True)
class JobSelector:
    """A job of another location, to be monitored."""

    location_name: str
    """The location's id: its path from the project's root."""
    job_name: str


@named_arguments
@dataclass(frozen=True, slots=True)
class CodeLocationSelector:
    """All runs of another location, to be monitored."""

    location_name: str
    """The location's id: its path from the project's root."""


Monitored: TypeAlias = (
    JobDefinition | UnresolvedAssetJobDefinition | JobSelector | CodeLocationSelector
)


@named_arguments
class RunStatusSensorDefinition(SensorDefinition):
    """A sensor that is asked once for each run that gets a status.

    ``run_status`` is ``queued``, ``started``, ``canceling``, ``success``, ``failed`` or
    ``canceled``. ``monitored_jobs`` are jobs of its own location, or selectors; without any all
    runs of its location count, with ``monitor_all_code_locations`` all runs of the store. It is
    told of runs from its first evaluation on. Where its function fails for a run, the evaluation
    says so and goes on with the next: no run comes twice. The other parameters are as for
    :class:`SensorDefinition`.
    """

    __slots__ = ("monitor_all_code_locations", "monitored_jobs", "run_status")

    _contexts: ClassVar[type[TickContext]] = RunStatusSensorContext

    run_status: str
    monitored_jobs: tuple[Monitored, ...]
    monitor_all_code_locations: bool

    def __init__(
        self,
        name: str | None = None,
        *,
        run_status: str,
        evaluation_fn: Callable[..., Any],
        monitored_jobs: Iterable[Monitored] | None = None,
        monitor_all_code_locations: bool = False,
        **options: Any,
    ) -> None:
        put = object.__setattr__
        super().__init__(name, evaluation_fn=evaluation_fn, **options)
        where = f"the sensor `{self.name}`"
        put(self, "run_status", _a_status(where, run_status))
        put(self, "monitored_jobs", _all_monitored(where, monitored_jobs))
        put(self, "monitor_all_code_locations", bool(monitor_all_code_locations))
        if self.monitored_jobs and self.monitor_all_code_locations:
            raise DefinitionError(
                where,
                "both monitored_jobs= and monitor_all_code_locations= are given",
                "Leave one out.",
            )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function returns for a context of
        ``build_run_status_sensor_context``; for one of ``build_sensor_context`` what it returned
        for each run since that one's cursor.

        Raises UsageError for arguments that do not fit.
        """
        if len(args) == 1 and isinstance(args[0], SensorEvaluationContext):
            return self._since(args[0])
        return self.execution_fn(self.name, args, kwargs)

    def _since(self, context: SensorEvaluationContext) -> Reacted | SkipReason:
        newest = context.instance.events(newest_first=True, limit=1)
        latest = newest[0].id if newest else 0
        if context.cursor is None:
            context.update_cursor(str(latest))
            return SkipReason(f"`{self.name}` is told of runs from now on")
        after, kind = event_id(self.name, context.cursor), _KINDS[self.run_status][0]
        found = context.instance.events(after=after, kinds=(kind,), limit=_AT_ONCE)
        if len(found) < _AT_ONCE:  # else what comes after them was not looked at
            after = max(after, latest)
        context.update_cursor(str(max([after, *(each.id for each in found)])))
        results, reactions = [], []
        for told in self._of_interest(context, [each.event for each in found]):
            result, error = self._asked(told)
            results.append(result)
            reactions.append(RunReaction(told.dagster_run.run_id, self.run_status, error))
        if not reactions:
            return SkipReason(f"No run {_SPOKEN[self.run_status]}")
        return Reacted(tuple(results), tuple(reactions))

    def _of_interest(
        self, context: SensorEvaluationContext, events: Sequence[Any]
    ) -> Iterator[RunStatusSensorContext]:
        for event in events:
            if isinstance(event, RunEnded) and event.status != self.run_status:
                continue
            run = monitored_run(context.instance, event.run_id, self.run_status)
            if self._monitors(run, context.location):
                yield self._told(context, run, getattr(event, "message", ""))

    def _told(
        self, context: SensorEvaluationContext, run: MonitoredRun, message: str
    ) -> RunStatusSensorContext:
        told = RunStatusSensorContext(
            self.name,
            run,
            status_event(self.run_status, message),
            resources=context.given_resources,
            instance=context.instance,
            log=context.log,
        )
        told.resources = context.resources
        return told.for_run_failure() if self.run_status == "failed" else told

    def _monitors(self, run: MonitoredRun, own: str | None) -> bool:
        if self.monitor_all_code_locations:
            return True
        is_own = own is None or run.location == own
        if not self.monitored_jobs:
            return is_own
        return any(_is_of(each, run, is_own) for each in self.monitored_jobs)

    def _asked(self, told: RunStatusSensorContext) -> tuple[SensorResult, BaseException | None]:
        """What the function gives for a run, and how it failed: then nothing."""
        where = f"the sensor `{self.name}`"
        try:
            result = result_of(where, self.execution_fn(self.name, (told,), {}))
            if result.cursor is not None:
                raise UsageError(
                    where, "it gave a cursor, which this sensor keeps itself", "Leave it out."
                )
        except Exception as error:  # noqa: BLE001 - the author's code: whatever it raises is told
            return SensorResult(), error
        return result, None


_SPOKEN = {
    "queued": "was queued",
    "started": "has started",
    "canceling": "is being canceled",
    "success": "has succeeded",
    "failed": "has failed",
    "canceled": "was canceled",
}


def status_event(status: str, message: str = "") -> RunEvent:
    """That a run got that status."""
    return RunEvent(_KINDS[status][1], message=message)


def _is_of(monitored: Monitored, run: MonitoredRun, is_own: bool) -> bool:
    match monitored:
        case JobSelector(location, job):
            return (run.location, run.job_name) == (location, job)
        case CodeLocationSelector(location):
            return run.location == location
        case _:
            return is_own and run.job_name == monitored.name


def _a_status(where: str, given: str) -> str:
    if given in _KINDS:
        return str(getattr(given, "value", given))
    remedy = did_you_mean(str(given), _KINDS) or f"Give one of {', '.join(_KINDS)}."
    raise DefinitionError(where, f"run_status= is {given!r}", remedy)


def _all_monitored(where: str, given: Iterable[Monitored] | None) -> tuple[Monitored, ...]:
    found = tuple(given or ())
    for each in found:
        if not isinstance(each, Monitored):
            raise DefinitionError(
                where,
                f"monitored_jobs= holds {each!r}, {with_article(type(each).__name__)}",
                "Give jobs, JobSelector(location, job) or CodeLocationSelector(location).",
            )
    return found
