"""What a tick asks for: the answers of a schedule's functions, and contexts to ask with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import PrivateAttr

from assetbook import (
    AssetKey,
    ConfigurableResource,
    InitResourceContext,
    ResourceParam,
    RunConfig,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    build_schedule_context,
    schedule,
)
from assetbook.errors import ConfigError, DefinitionError, UsageError

SIX = datetime(2026, 3, 1, 6, tzinfo=UTC)
NAMED = {"dagster/schedule_name": "fresh"}
CONFIG = {"ops": {"orders": {"config": {"day": "today"}}}}


def context(**given: Any) -> ScheduleEvaluationContext:
    return build_schedule_context(scheduled_execution_time=SIX, **given)


def fresh(fn: Callable[..., Any], **given: Any) -> ScheduleDefinition:
    return schedule("@daily", target="+orders", name="fresh", **given)(fn)


def test_a_ticks_runs_name_their_schedule() -> None:
    made = ScheduleDefinition("fresh", target="+orders", cron_schedule="@daily", tags={"a": "b"})
    tick = made.evaluate_tick(context())
    assert tick.run_requests == (RunRequest(tags={"a": "b", **NAMED}),)
    assert tick.skip_message is None and tick.run_requests[0].run_key is None


def test_configuration_is_made_for_each_tick() -> None:
    made = ScheduleDefinition(
        "fresh",
        target="+orders",
        cron_schedule="@daily",
        run_config_fn=lambda context: RunConfig(
            ops={"orders": {"config": {"hour": context.scheduled_execution_time.hour}}}
        ),
        tags_fn=lambda: {"kind": "nightly"},
    )
    [request] = made.evaluate_tick(context()).run_requests
    assert request.run_config["ops"] == {"orders": {"config": {"hour": 6}}}
    assert request.tags == {"kind": "nightly", **NAMED}


def test_a_request_holds_no_part_of_the_schedules_own_configuration() -> None:
    given = {"ops": {"orders": {"config": {"day": "today"}}}}
    made = ScheduleDefinition("fresh", target="+orders", cron_schedule="@daily", run_config=given)
    [request] = made.evaluate_tick(context()).run_requests
    given["ops"]["orders"]["config"]["day"] = "tomorrow"
    assert request.run_config == CONFIG


def test_a_tick_that_should_not_execute_asks_nothing_further() -> None:
    made = fresh(lambda: 1 / 0, should_execute=lambda context: False)
    tick = made.evaluate_tick(context())
    assert tick.run_requests == ()
    assert tick.skip_message == "should_execute function for fresh returned false."


def yields() -> Iterator[RunRequest]:
    yield RunRequest("a")
    yield RunRequest("b")


@pytest.mark.parametrize(
    ("answer", "keys", "skipped"),
    [
        (lambda: RunRequest("a"), ["a"], None),
        (lambda: [RunRequest("a"), RunRequest("b")], ["a", "b"], None),
        (yields, ["a", "b"], None),
        (lambda: RunConfig(ops={}), [None], None),
        (lambda: {"ops": {}}, [None], None),
        (lambda: SkipReason("a holiday"), [], "a holiday"),
        (lambda: [SkipReason()], [], None),
        (lambda: None, [], "Schedule function returned an empty result"),
        (lambda: [*()], [], "Schedule function returned an empty result"),
    ],
)
def test_a_function_answers_as_it_likes(
    answer: Callable[[], object], keys: list[str | None], skipped: str | None
) -> None:
    tick = fresh(answer).evaluate_tick(context())
    assert [each.run_key for each in tick.run_requests] == keys
    assert tick.skip_message == skipped


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        (lambda: 5, r"it gave 5, an int\nGive RunRequests, a SkipReason"),
        (lambda: [RunRequest("a"), RunRequest()], "it gave 2 RunRequests, and one has no run_key"),
        (lambda: [RunRequest("a"), SkipReason("no")], "it gave a SkipReason beside other answers"),
    ],
)
def test_what_is_no_answer_is_refused(answer: Callable[[], object], match: str) -> None:
    with pytest.raises(DefinitionError, match=f"a tick of the schedule `fresh`: {match}"):
        fresh(answer).evaluate_tick(context())


def test_what_a_function_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        fresh(lambda context: 1 / 0).evaluate_tick(context())


class Store(ConfigurableResource):
    """A resource that notes whether it is set up."""

    url: str
    _open: list[str] = PrivateAttr(default_factory=list)

    def setup_for_execution(self, context: InitResourceContext) -> None:
        self._open.append(self.url)

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        self._open.clear()


def test_resources_are_set_up_for_it_and_torn_down() -> None:
    seen: list[list[str]] = []

    def asks(context: ScheduleEvaluationContext, store: Store, client: ResourceParam[dict]) -> None:  # type: ignore[type-arg]
        assert context.resources.store is store and client == {}
        seen.append(store._open)
        assert store._open == ["u"]

    made = fresh(asks)
    assert made.required_resource_keys == {"store", "client"}
    with build_schedule_context(resources={"store": Store(url="u"), "client": {}}) as given:
        made(given)
        made(given, client={})
    assert seen == [[], []]


def test_a_resource_that_is_not_given_is_offered_the_nearest() -> None:
    made = fresh(lambda context: context.resources.stor)
    said = r"`stor` is not given to this context\nDid you mean `store`"
    with pytest.raises(AttributeError, match=said):
        made(context(resources={"store": 1}))


def test_calling_it_gives_what_its_function_returns() -> None:
    def asks(tick: ScheduleEvaluationContext) -> int:
        return tick.scheduled_execution_time.hour

    assert fresh(asks)(context()) == fresh(asks)(tick=context()) == 6
    assert fresh(lambda: 7)() == fresh(lambda: 7)(context()) == 7


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda made: made(), "nothing is given for `context`"),
        (lambda made: made(5, store=1), "5 is no context"),
        (lambda made: made(context()), "nothing gives the resource `store`"),
        (lambda made: made(context(resources={"stor": 1})), "`store`\nDid you mean `stor`"),
        (lambda made: made(context(), stores=1), "it has no parameter `stores`\nDid you mean"),
        (lambda made: made(context(), context=context()), "there is more than one context"),
    ],
)
def test_a_call_that_does_not_fit_says_so(call: Callable[[Any], Any], match: str) -> None:
    def asks(context: ScheduleEvaluationContext, store: ResourceParam[int]) -> None: ...

    with pytest.raises(UsageError, match=f"calling the schedule `fresh`: .*{match}"):
        call(fresh(asks))


def test_a_schedule_without_a_function_is_not_called() -> None:
    made = ScheduleDefinition("fresh", target="+orders", cron_schedule="@daily")
    with pytest.raises(UsageError, match="it has no function of its own\nAsk evaluate_tick"):
        made(context())


@pytest.mark.parametrize("name", ["scheduled_execution_time", "instance"])
def test_a_context_says_what_it_was_built_without(name: str) -> None:
    with pytest.raises(UsageError, match=rf"Build it by build_schedule_context\({name}=...\)"):
        getattr(build_schedule_context(), name)


def test_requests_are_values() -> None:
    key = AssetKey(["raw", "orders"])
    given = RunRequest("k", CONFIG, {"a": "b"}, "nightly", ["raw/orders"], True, "2026-03-01")
    same = RunRequest("k", CONFIG, {"a": "b"}, "nightly", [key], True, "2026-03-01")
    assert given == same and len({given, same, RunRequest()}) == 2
    assert given.asset_selection == (key,)
    assert repr(RunRequest("k", tags={"a": "b"})) == "RunRequest(run_key='k', tags={'a': 'b'})"
    assert SkipReason("a") == SkipReason("a") != SkipReason()
    with pytest.raises(DefinitionError, match="run_key=5: it is an int"):
        RunRequest(5)  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="it is no tag's value"):
        RunRequest(tags={"a": 5})  # type: ignore[dict-item]
    with pytest.raises(ConfigError, match=r"RunRequest\(run_config=...\)"):
        RunRequest(run_config={"opps": {}})
