"""What one tick of a schedule asks for: its functions are called here, and nothing is launched."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from assetbook.definitions.run_config import RunConfig
from assetbook.definitions.run_request import RunRequest, SkipReason
from assetbook.definitions.schedule_context import ScheduleEvaluationContext
from assetbook.errors import DefinitionError, with_article

if TYPE_CHECKING:
    from assetbook.definitions.schedule_definition import ScheduleDefinition

SCHEDULE_TAG = "dagster/schedule_name"
"""The tag of a run that names the schedule which asked for it."""


@dataclass(frozen=True, slots=True)
class ScheduleExecutionData:
    """What a tick asks for: runs, or none with a message."""

    run_requests: tuple[RunRequest, ...] = ()
    skip_message: str | None = None
    """Why there is no run; None where there are, and where the author gave no reason."""


def evaluate(
    schedule: ScheduleDefinition, context: ScheduleEvaluationContext
) -> ScheduleExecutionData:
    """What the schedule asks for at the tick that ``context`` describes.

    Calls ``should_execute``, then the schedule's function, or ``run_config_fn`` and ``tags_fn``,
    and raises what they raise. Raises DefinitionError if they give what is no answer.
    """
    if schedule.should_execute is not None and not _called(schedule.should_execute, context):
        said = f"should_execute function for {schedule.name} returned false."
        return ScheduleExecutionData(skip_message=said)
    if schedule.execution_fn is None:
        answers: list[object] = [_own_request(schedule, context)]
    else:
        answers = list(_answers(schedule, context))
    return _judged(schedule, answers)


def _own_request(schedule: ScheduleDefinition, context: ScheduleEvaluationContext) -> RunRequest:
    config = schedule.run_config
    if schedule.run_config_fn is not None:
        config = _called(schedule.run_config_fn, context)
    return RunRequest(run_config=copy.deepcopy(config), tags=_tags(schedule, context))


def _tags(schedule: ScheduleDefinition, context: ScheduleEvaluationContext) -> Mapping[str, str]:
    if schedule.tags_fn is None:
        return schedule.tags
    return _called(schedule.tags_fn, context) or {}


def _answers(schedule: ScheduleDefinition, context: ScheduleEvaluationContext) -> Iterator[object]:
    """What the schedule's own function gives; a configuration becomes a request with it."""
    given = schedule(context)
    if isinstance(given, Mapping | RunConfig):
        yield RunRequest(run_config=copy.deepcopy(given), tags=_tags(schedule, context))
    elif isinstance(given, list | tuple | GeneratorType):
        yield from given
    elif given is not None:
        yield given


def _judged(schedule: ScheduleDefinition, answers: list[object]) -> ScheduleExecutionData:
    if not answers or answers == [None]:
        return ScheduleExecutionData(skip_message="Schedule function returned an empty result")
    if len(answers) == 1 and isinstance(answers[0], SkipReason):
        return ScheduleExecutionData(skip_message=answers[0].skip_message)
    requests = [_a_request(schedule, each, len(answers)) for each in answers]
    return ScheduleExecutionData(
        tuple(each.tagged({SCHEDULE_TAG: schedule.name}) for each in requests)
    )


def _a_request(schedule: ScheduleDefinition, answer: object, of: int) -> RunRequest:
    asked = f"a tick of the schedule `{schedule.name}`"
    if isinstance(answer, SkipReason):
        raise DefinitionError(
            asked,
            "it gave a SkipReason beside other answers",
            "Give a SkipReason alone, or RunRequests.",
        )
    if not isinstance(answer, RunRequest):
        raise DefinitionError(
            asked,
            f"it gave {answer!r}, {with_article(type(answer).__name__)}",
            "Give RunRequests, a SkipReason, or a run's configuration as a dict.",
        )
    if of > 1 and not answer.run_key:
        raise DefinitionError(
            asked,
            f"it gave {of} RunRequests, and one has no run_key",
            "Give each its own run_key, so that none is launched twice.",
        )
    return answer


def _called(fn: Callable[..., Any], context: ScheduleEvaluationContext) -> Any:
    """What ``fn`` gives for the context; one that takes no parameters is called without."""
    code = getattr(fn, "__code__", None)
    takes_none = code is not None and code.co_argcount == 0 and not code.co_flags & 0x04
    return fn() if takes_none else fn(context)
