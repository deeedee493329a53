"""Random jobs of ops: every executor does what the reference interpreter says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.execution.random_ops import made_job, random_ops
from tests.execution.reference_ops import End, Op, interpret

from assetbook import Instance
from assetbook.events.records import (
    Event,
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
    StepSucceeded,
    StepUpForRetry,
)
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of

EXECUTORS: dict[str, Executor] = {
    "in-process": InProcessExecutor(),
    "threads": ThreadExecutor(workers=3),
    "processes": ProcessExecutor(workers=2),
}
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
    if isinstance(event, StepSucceeded):
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
    """Each step that began before one that it waits for ended."""
    ended: set[str] = set()
    for event in events:
        if isinstance(event, StepSucceeded | StepEnded):
            ended.add(event.step)
        elif isinstance(event, StepStarted):
            early = {each for each in ends[event.step].after if each in ends} - ended
            yield from (f"{event.step} began before {each} ended" for each in sorted(early))


def compare(ops: list[Op], policy: int | None, instance: Instance, executor: Executor) -> None:
    """Runs the job; raises AssertionError where it is not as the reference says."""
    ends = interpret(ops)
    result = run_job(
        made_job(ops, policy), instance, JobOptions(), origin=origin_of("test"), executor=executor
    )
    events = result.all_events
    assert found_events(events) == {name: expected_events(end) for name, end in ends.items()}
    assert {each.step.name: each.status for each in result.outcomes} == {
        name: end.status for name, end in ends.items()
    }
    assert found_outputs(instance, events) == {
        name: stored(end.outputs) for name, end in ends.items() if end.status == "done"
    }
    assert [*out_of_order(ends, events)] == []
    status = "failed" if any(end.status == "failed" for end in ends.values()) else "success"
    assert isinstance(events[0], RunStarted) and isinstance(events[-1], RunEnded)
    assert (events[-1].status, result.result.status) == (status, status)


def stored(outputs: dict[str, Any]) -> dict[str, Any]:
    """What there is a record of: an empty dynamic output has none."""
    return {name: value for name, value in outputs.items() if value != {}}


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with closing(Instance.open(tmp_path / "store")) as made:
        yield made


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("examples", [25, pytest.param(600, marks=pytest.mark.long)])
def test_a_job_does_what_the_reference_says(
    executor: str, examples: int, instance: Instance
) -> None:
    @seed(7)
    @settings_of(examples)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        policy = data.draw(st.sampled_from([None, None, 1]))
        ops = data.draw(random_ops(most=MOST, policy=policy))
        compare(ops, policy, instance, EXECUTORS[executor])

    check()


def settings_of(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
