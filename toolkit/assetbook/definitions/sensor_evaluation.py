"""What one evaluation of a sensor asks for: its function is called here, nothing is launched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import GeneratorType
from typing import TYPE_CHECKING

from assetbook.definitions.run_request import RunRequest, SkipReason
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.definitions.sensor_result import (
    AssetEvent,
    DynamicPartitionsRequest,
    SensorResult,
)
from assetbook.definitions.sensor_targets import checked_request
from assetbook.errors import DefinitionError, UsageError, with_article

if TYPE_CHECKING:
    from assetbook.definitions.sensor_definition import SensorDefinition

SENSOR_TAG = "dagster/sensor_name"
"""The tag of a run that names the sensor which asked for it."""
RUN_KEY_TAG = "dagster/run_key"
"""The tag of a run that has a run key."""
EMPTY = "Sensor function returned an empty result"


@dataclass(frozen=True, slots=True)
class RunReaction:
    """That a sensor's function was called for a run; how it failed, if it did."""

    run_id: str
    run_status: str
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class SensorExecutionData:
    """What an evaluation asks for: all of it is to be stored at once."""

    run_requests: tuple[RunRequest, ...] = ()
    skip_message: str | None = None
    """Why there is no run; None where there are, and where the author gave no reason."""
    cursor: str | None = None
    """The cursor that the next evaluation begins with."""
    dynamic_partitions_requests: tuple[DynamicPartitionsRequest, ...] = ()
    asset_events: tuple[AssetEvent, ...] = ()
    run_reactions: tuple[RunReaction, ...] = ()
    """The runs that a run status sensor was called for."""


@dataclass(frozen=True, slots=True)
class Reacted:
    """What a sensor of several things that happened gave for all of them."""

    results: tuple[SensorResult, ...]
    reactions: tuple[RunReaction, ...]


def evaluate(sensor: SensorDefinition, context: SensorEvaluationContext) -> SensorExecutionData:
    """What the sensor asks for now, as ``context`` describes.

    Calls the author's function, and raises what it raises. Raises DefinitionError if it gives what
    is no answer, and UsageError if it both updates and returns a cursor.
    """
    where = f"an evaluation of the sensor `{sensor.name}`"
    given = sensor(context)
    if isinstance(given, Reacted):
        return _asked(sensor, context, where, given.results, given.reactions)
    result = result_of(where, given)
    if result.cursor is not None:
        if context.cursor_updated:
            raise UsageError(
                where,
                "it called context.update_cursor(...) and gave SensorResult(cursor=...)",
                "Do one of both.",
            )
        context.update_cursor(result.cursor)
    return _asked(sensor, context, where, (result,), ())


def _asked(
    sensor: SensorDefinition,
    context: SensorEvaluationContext,
    where: str,
    results: Sequence[SensorResult],
    reactions: tuple[RunReaction, ...],
) -> SensorExecutionData:
    requests = [each for one in results for each in one.run_requests]
    return SensorExecutionData(
        tuple(_tagged(sensor, checked_request(where, sensor.targets, each)) for each in requests),
        None if requests else _why_none(results, reactions),
        context.cursor,
        tuple(each for one in results for each in one.dynamic_partitions_requests),
        tuple(each for one in results for each in one.asset_events),
        reactions,
    )


def _why_none(results: Sequence[SensorResult], reactions: Sequence[RunReaction]) -> str | None:
    said = [one.skip_reason.skip_message for one in results if one.skip_reason is not None]
    if said or reactions:
        return "; ".join(filter(None, said)) or None
    return EMPTY


def _tagged(sensor: SensorDefinition, request: RunRequest) -> RunRequest:
    return request.tagged({SENSOR_TAG: sensor.name})


def drawn(given: object) -> object:
    """What a function gave: several things, also those that it yields, as a list."""
    return [*given] if isinstance(given, list | tuple | GeneratorType) else given


def result_of(where: str, given: object) -> SensorResult:
    """All that a sensor's function gave, in one; raises DefinitionError for what is no answer."""
    given = drawn(given)
    answers = given if isinstance(given, list) else [given]
    if not answers or answers == [None]:
        return SensorResult(skip_reason=SkipReason(EMPTY))
    for each in answers:
        if not isinstance(each, RunRequest | SkipReason | SensorResult):
            raise DefinitionError(
                where,
                f"it gave {each!r}, {with_article(type(each).__name__)}",
                "Give RunRequests, a SkipReason, or a SensorResult.",
            )
    if len(answers) == 1 and isinstance(answers[0], SensorResult):
        return answers[0]
    if len(answers) == 1 and isinstance(answers[0], SkipReason):
        return SensorResult(skip_reason=answers[0])
    requests = [each for each in answers if isinstance(each, RunRequest)]
    if len(requests) < len(answers):
        other = next(each for each in answers if not isinstance(each, RunRequest))
        raise DefinitionError(
            where,
            f"it gave {with_article(type(other).__name__)} beside other answers",
            "Give one SensorResult with all of it, a SkipReason alone, or RunRequests.",
        )
    return SensorResult(requests)
