"""Random jobs of ops: every executor does what the reference interpreter says."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.execution.examples import EXECUTORS, each_with
from tests.execution.random_ops import made_asset, made_job, random_assets, random_ops
from tests.execution.reference_ops import End, Op, interpret

from assetbook import Instance, RetryPolicy
from assetbook.definitions.invocations import Collected
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.records import Event
from assetbook.events.run_events import (
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
    StepSucceeded,
    StepUpForRetry,
)
from assetbook.execution import retries
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.retries import delay_before
from assetbook.execution.step_readiness import Readiness
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import materialize_definitions, origin_of
from assetbook.planning import job_plan
from assetbook.planning.op_steps import StepSource, nodes_of
from assetbook.planning.source_states import SourceStates

MOST = 8  # ops


def expected_events(end: End) -> list[str]:
    """What is recorded of a step, in order."""
    if end.because:
        return [f"{end.status}: {end.because}"]
    tries = [each for n in range(end.retries) for each in (f"started {n}", f"retry {n + 1}")]
    return [*tries, f"started {end.retries}", end.status]


def found_events(events: list[Event]) -> dict[str, list[str]]:
    """The same, of the steps of a run."""
    found: dict[str, list[str]] = {}
    for event in events:
        said = _said(event)
        if said:
            found.setdefault(event.step, []).append(said)  # type: ignore[attr-defined]
    return found


def _said(event: Event) -> str:
    if isinstance(event, StepStarted):
        return f"started {event.retry}"
    if isinstance(event, StepUpForRetry):
        return f"retry {event.retry}"
    if isinstance(event, StepSucceeded) or (
        isinstance(event, AssetMaterialized) and event.step == event.key  # no op's
    ):
        return "done"
    if isinstance(event, StepEnded):
        return "failed" if event.status == "failed" else f"{event.status}: {event.message}"
    return ""


def found_outputs(instance: Instance, events: list[Event]) -> dict[str, dict[str, Any]]:
    """By step what it gave, read from the store; dynamic outputs by mapping key."""
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        if not isinstance(event, StepSucceeded):
            continue
        given = found.setdefault(event.step, {})
        for each in event.outputs:
            read = each.value and instance.op_files.open(each.value).hand_over(None)
            if each.mapping_key is None:
                given[each.name] = read
            else:
                given.setdefault(each.name, {})[each.mapping_key] = read
    return found


def out_of_order(ends: dict[str, End], events: list[Event]) -> Iterator[str]:
    """Each op that began before a step that it waits for had ended, for all to see."""
    ended: set[str] = set()
    for event in events:
        if isinstance(event, StepStarted):
            early = {each for each in ends[event.step].after if each in ends} - ended
            yield from (f"{event.step} began before {each} ended" for each in sorted(early))
        elif _said(event) and not isinstance(event, StepUpForRetry):
            ended.add(event.step)  # type: ignore[attr-defined]


def agree(what: str, found: Any, expected: Any) -> None:
    """Raises AssertionError, which names what it is about, where the two are not the same."""
    assert found == expected, f"{what}: {found!r}, not {expected!r}"


def compare(ops: list[Op], policy: int | None, instance: Instance, executor: Executor) -> None:
    """Runs the job; raises AssertionError where it is not as the reference says."""
    ends = interpret(ops)
    result = run_job(
        made_job(ops, policy), instance, JobOptions(), origin=origin_of("test"), executor=executor
    )
    events = result.all_events
    expected = {name: expected_events(end) for name, end in ends.items()}
    agree("events", found_events(events), expected)
    statuses = {each.step.name: each.status for each in result.outcomes}
    agree("statuses", statuses, {name: end.status for name, end in ends.items()})
    given = {name: stored(end.outputs) for name, end in ends.items() if end.status == "done"}
    agree("outputs", found_outputs(instance, events), given)
    agree("order", [*out_of_order(ends, events)], [])
    assert_ended_as(ends, events)


def compare_assets(assets: list[list[Op]], instance: Instance, executor: Executor) -> None:
    """Materializes all; raises AssertionError where it is not as the reference says."""
    ops = [each for made in assets for each in made]
    ends = interpret(ops)
    outcome = materialize_definitions(
        [made_asset(each) for each in assets],
        instance=instance,
        executor=executor,
        raise_on_error=False,
    )
    events = [each.event for each in instance.events(run_id=outcome.run_id)]
    expected = {name: expected_events(end) for name, end in ends.items()}
    agree("events", found_events(events), expected)
    statuses = {each.step.name: each.status for each in outcome.outcomes}
    agree("statuses", statuses, {name: end.status for name, end in ends.items()})
    made = [each.key for each in events if isinstance(each, AssetMaterialized)]
    assert {each: instance.value(each) for each in made} == {
        op.makes: ends[op.name].outputs[op.first]
        for op in ops
        if op.makes and op.first in ends[op.name].outputs
    }
    # a plain asset may begin with a value from memory that is not yet committed
    waiting = {name: end if "." in name else End(end.status) for name, end in ends.items()}
    agree("order", [*out_of_order(waiting, events)], [])
    assert_ended_as(ends, events)


def assert_ended_as(ends: dict[str, End], events: list[Event]) -> None:
    """That the run began first of all, and ended last, as the ends of its steps make it."""
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunEnded)
    failed = any(end.status == "failed" for end in ends.values())
    assert events[-1].status == ("failed" if failed else "success")


def stored(outputs: dict[str, Any]) -> dict[str, Any]:
    """What there is a record of: an empty dynamic output has none."""
    return {name: value for name, value in outputs.items() if value != {}}


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with closing(Instance.open(tmp_path / "store")) as made:
        yield made


def run_jobs(instance: Instance, executor: Executor, by: settings) -> None:
    """Compares so many jobs."""

    @seed(7)
    @by
    @given(st.data())
    def check(data: st.DataObject) -> None:
        policy = data.draw(st.sampled_from([None, 1, 2]))
        ops = data.draw(random_ops(most=MOST, policy=policy))
        compare(ops, policy, instance, executor)

    check()


@pytest.mark.parametrize(("executor", "examples"), each_with(20, processes=7, long=600))
def test_a_job_does_what_the_reference_says(
    executor: str, examples: int, instance: Instance
) -> None:
    run_jobs(instance, EXECUTORS[executor], settings_of(examples))


@pytest.mark.parametrize(("executor", "examples"), each_with(25, processes=8, long=500))
def test_assets_of_graphs_and_functions_are_made_as_the_reference_says(
    executor: str, examples: int
) -> None:
    @seed(8)
    @settings_of(examples)
    @given(random_assets(most=4))
    def check(assets: list[list[Op]]) -> None:
        with tempfile.TemporaryDirectory() as folder:  # in one store all would be fresh
            instance = Instance.open(Path(folder) / "store")
            compare_assets(assets, instance, EXECUTORS[executor])
            instance.close()

    check()


def skips_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    real = SourceStates.of_output

    def of_output(states: SourceStates, node: str, output: str) -> Any:
        state, because = real(states, node, output)
        return "failed" if state == "skipped" else state, because

    monkeypatch.setattr(SourceStates, "of_output", of_output)


def one_retry_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    def delay(policy: RetryPolicy | None, error: Exception, retry: int, chance: float) -> Any:
        return delay_before(policy, error, retry - 1, chance)

    monkeypatch.setattr(retries, "delay_before", delay)


def retries_are_as_the_policy_says_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def delay(policy: RetryPolicy | None, error: Exception, retry: int, chance: float) -> Any:
        return delay_before(policy, ValueError(), retry, chance)

    monkeypatch.setattr(retries, "delay_before", delay)


def collecting_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def waited_for(source: StepSource) -> Any:
        return () if isinstance(source, Collected) else nodes_of(source)

    monkeypatch.setattr(job_plan, "nodes_of", waited_for)


def collecting_takes_the_elements_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    real = SourceStates.keys_of
    monkeypatch.setattr(SourceStates, "keys_of", lambda *given: real(*given)[::-1])


def nothing_need_be_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Readiness, "settle_for", lambda *given: None)


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (skips_fail, "^events.*upstream_failed"),
        (one_retry_too_many, "^events.*retry"),
        (retries_are_as_the_policy_says_alone, "^events.*retry"),
        (collecting_does_not_wait, "^events.*failed"),
        (collecting_takes_the_elements_backwards, "^outputs"),
        (nothing_need_be_committed, "^order.*began before"),
    ],
)
def test_an_engine_that_does_otherwise_is_caught(
    broken: Callable[[pytest.MonkeyPatch], None],
    found: str,
    instance: Instance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken(monkeypatch)
    first = settings(settings_of(100), phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError, match=found):
        run_jobs(instance, InProcessExecutor(), first)


def settings_of(examples: int) -> settings:
    """So many examples, always the same ones."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
