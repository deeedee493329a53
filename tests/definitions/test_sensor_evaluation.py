"""What an evaluation of a sensor asks for, beside what is held against Dagster itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assetbook import (
    AssetMaterialization,
    Definitions,
    DynamicPartitionsDefinition,
    Instance,
    ResourceParam,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    asset_sensor,
    build_sensor_context,
    define_asset_job,
    sensor,
)
from assetbook.errors import DefinitionError, UsageError

NAMED = {"dagster/sensor_name": "look"}
JOBS = [define_asset_job("nightly"), define_asset_job("weekly")]


def looks(fn: Callable[..., object], **given: object) -> SensorDefinition:
    return sensor(name="look", **{"target": "*", **given})(fn)  # type: ignore[arg-type]


def test_a_cursor_is_kept_also_by_a_skip() -> None:
    def moves(context: SensorEvaluationContext) -> SkipReason:
        context.update_cursor(f"{context.cursor}+1")
        return SkipReason("nothing")

    found = looks(moves).evaluate_tick(build_sensor_context(cursor="5"))
    assert (found.cursor, found.skip_message, found.run_requests) == ("5+1", "nothing", ())


def test_a_result_holds_all_at_once() -> None:
    added = DynamicPartitionsDefinition(name="shops").build_add_request(["a"])
    seen = AssetMaterialization("orders")
    result = SensorResult([RunRequest("k")], None, "c", [added], [seen])
    found = looks(lambda: result).evaluate_tick(build_sensor_context())
    assert found.run_requests == (RunRequest("k", tags=NAMED),)
    assert (found.cursor, found.skip_message) == ("c", None)
    assert (found.dynamic_partitions_requests, found.asset_events) == ((added,), (seen,))


def test_a_request_may_name_one_of_its_jobs() -> None:
    made = looks(lambda: RunRequest(job_name="weekly"), target=None, jobs=JOBS)
    [request] = made.evaluate_tick(build_sensor_context()).run_requests
    assert request.job_name == "weekly"


@pytest.mark.parametrize(
    ("answer", "given", "match"),
    [
        (lambda: 5, {}, r"it gave 5, an int\nGive RunRequests, a SkipReason"),
        (lambda: [SkipReason(), RunRequest()], {}, "it gave a SkipReason beside other answers"),
        (lambda: [SensorResult(), None], {}, "it gave None"),
        (RunRequest, {"target": None}, "asks for a run, and nothing says of what"),
        (RunRequest, {"target": JOBS}, "names none of its jobs `nightly`, `weekly`"),
        (
            lambda: RunRequest(job_name="weekli"),
            {"target": JOBS},
            "names the job `weekli`, which it does not run\nDid you mean `weekly`",
        ),
        (
            lambda: RunRequest(job_name="x"),
            {},
            "`x`, which it does not run\nLeave job_name",
        ),
    ],
)
def test_what_is_no_answer_is_refused(
    answer: Callable[[], object], given: dict[str, object], match: str
) -> None:
    with pytest.raises(DefinitionError, match=f"an evaluation of the sensor `look`: .*{match}"):
        looks(lambda: answer(), **given).evaluate_tick(build_sensor_context())


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: SensorResult([RunRequest()], "why"), "both run_requests= and skip_reason="),
        (lambda: SensorResult([SkipReason()]), r"run_requests=...\): it holds SkipReason"),  # type: ignore[list-item]
        (lambda: SensorResult(cursor=5), r"it is 5, an int\nGive text"),  # type: ignore[arg-type]
        (lambda: SensorResult(skip_reason=5), "it holds 5"),  # type: ignore[arg-type]
        (lambda: build_sensor_context(cursor=5), "the cursor of a sensor: it is 5"),  # type: ignore[arg-type]
        (lambda: build_sensor_context().update_cursor(5), "Give text"),  # type: ignore[arg-type]
    ],
)
def test_results_and_cursors_are_checked(make: Callable[[], object], match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        make()


def test_a_cursor_is_given_in_one_way() -> None:
    def both(context: SensorEvaluationContext) -> SensorResult:
        context.update_cursor("a")
        return SensorResult(cursor="b")

    with pytest.raises(UsageError, match=r"update_cursor\(...\) and gave SensorResult"):
        looks(both).evaluate_tick(build_sensor_context())


def test_resources_are_those_of_the_definitions() -> None:
    def asks(context: SensorEvaluationContext, client: ResourceParam[str]) -> SkipReason:
        return SkipReason(f"{client} {context.resources.client} {len(context.definitions.assets)}")

    context = build_sensor_context(definitions=Definitions(resources={"client": "c"}))
    assert looks(asks).evaluate_tick(context).skip_message == "c c 0"


@pytest.mark.parametrize("name", ["instance", "definitions"])
def test_a_context_says_what_it_was_built_without(name: str) -> None:
    with pytest.raises(UsageError, match=rf"Build it by build_sensor_context\({name}=...\)"):
        getattr(build_sensor_context(), name)


def test_a_sensor_knows_when_it_was_asked_last() -> None:
    def first(**given: float) -> bool:
        return build_sensor_context(**given).is_first_tick_since_sensor_start  # type: ignore[arg-type]

    assert first() and first(last_sensor_start_time=2.0, last_tick_completion_time=1.0)
    assert not first(last_sensor_start_time=1.0, last_tick_completion_time=2.0)


def test_a_cursor_of_another_kind_is_told() -> None:
    told = asset_sensor("orders", target="*", name="told")(lambda context: None)
    context = build_sensor_context(Instance.ephemeral(), "yesterday")
    with pytest.raises(UsageError, match="it is `yesterday`, and this sensor keeps the id"):
        told.evaluate_tick(context)
