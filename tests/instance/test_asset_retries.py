"""``retry_policy`` of assets, and what becomes of a run that waits for a retry."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.instance.making import make
from tests.surfaces.gated import until

from assetbook import (
    AssetExecutionContext,
    AssetOut,
    Backoff,
    Failure,
    Instance,
    ProcessExecutor,
    RetryPolicy,
    RetryRequested,
    ThreadExecutor,
    asset,
    job,
    multi_asset,
    op,
)
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.run_events import StepEnded, StepStarted, StepUpForRetry
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of

EXECUTORS = (InProcessExecutor(), ThreadExecutor(2), ProcessExecutor(2))
HOUR = 3600.0


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


@asset(retry_policy=RetryPolicy(max_retries=2))
def shaky(context: AssetExecutionContext) -> int:
    if context.retry_number < 2:
        raise ValueError("not yet")
    return context.retry_number


@asset
def reads(shaky: int) -> int:
    return shaky + 1


@pytest.mark.parametrize("executor", EXECUTORS, ids=repr)
def test_a_retry_policy_tries_an_asset_again(instance: Instance, executor: Executor) -> None:
    outcome = make(instance, shaky, reads, executor=executor)
    assert outcome.asset_value("reads") == 3
    kinds = (StepStarted, StepUpForRetry, AssetMaterialized)
    found = [each.event for each in instance.events(run_id=outcome.run_id, kinds=kinds)]
    shown = [
        (type(each).__name__, getattr(each, "retry", None))
        for each in found
        if getattr(each, "step", "") == "shaky"
    ]
    assert shown == [
        ("StepStarted", 0),
        ("StepUpForRetry", 1),
        ("StepStarted", 1),
        ("StepUpForRetry", 2),
        ("StepStarted", 2),
        ("AssetMaterialized", None),
    ]


def test_an_asset_that_fails_more_often_fails(instance: Instance) -> None:
    tried = []

    @asset(retry_policy=RetryPolicy(max_retries=1))
    def bad(context: AssetExecutionContext) -> int:
        tried.append(context.retry_number)
        raise ValueError("never")

    with pytest.raises(ValueError, match="never"):
        make(instance, bad)
    assert tried == [0, 1]


@pytest.mark.parametrize(
    ("raised", "times"),
    [(RetryRequested(max_retries=3), 4), (Failure("no", allow_retries=False), 1)],
)
def test_an_asset_asks_for_a_retry_or_forbids_it(
    instance: Instance, raised: Exception, times: int
) -> None:
    tried = []

    @asset(retry_policy=RetryPolicy(max_retries=1))
    def asks() -> int:
        tried.append(1)
        raise raised

    make(instance, asks, raise_on_error=False)
    assert len(tried) == times


def test_a_multi_asset_is_tried_again_as_one(instance: Instance) -> None:
    tried = []

    @multi_asset(
        outs={"x": AssetOut(), "y": AssetOut()},
        retry_policy=RetryPolicy(max_retries=1, delay=0.01, backoff=Backoff.LINEAR),
    )
    def both() -> tuple[int, int]:
        tried.append(1)
        if len(tried) == 1:
            raise ValueError("once")
        return 1, 2

    outcome = make(instance, both)
    assert (outcome.asset_value("y"), len(tried)) == (2, 2)


@op(retry_policy=RetryPolicy(max_retries=1, delay=HOUR))
def waits() -> int:
    raise ValueError("an hour, please")


@op
def after(n: int) -> int:
    return n


@job
def waiting() -> None:
    after(waits())


def _interrupted_while_it_waits(instance: Instance, run: Any) -> None:
    """Runs, and interrupts the main thread once a step waits to be tried again."""

    def interrupt() -> None:
        until(lambda: bool(instance.events(kinds=[StepUpForRetry])))
        _thread.interrupt_main()

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run()
    finally:
        thread.join(30)


@pytest.mark.parametrize("executor", EXECUTORS, ids=repr)
def test_an_interrupt_while_a_retry_waits_ends_the_run(
    instance: Instance, executor: Executor
) -> None:
    def run() -> None:
        run_job(waiting, instance, JobOptions(), origin=origin_of("test"), executor=executor)

    _interrupted_while_it_waits(instance, run)
    (record,) = instance.runs()
    assert record.status == "canceled"
    ends = [each.event for each in instance.events(run_id=record.id, kinds=[StepEnded])]
    assert [(each.step, each.status) for each in ends] == [("waits", "canceled")]


def test_an_interrupt_while_an_asset_waits_ends_the_run(instance: Instance) -> None:
    @asset(retry_policy=RetryPolicy(max_retries=1, delay=HOUR))
    def late() -> int:
        raise ValueError("an hour, please")

    _interrupted_while_it_waits(instance, lambda: make(instance, late))
    (record,) = instance.runs()
    assert record.status == "canceled"
