"""What takes too long is interrupted and fails: steps by their tags, runs by theirs."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from assetbook import Config, Instance, asset, job, materialize, op
from assetbook.definitions.time_limit import limit_text, seconds_of, time_limit
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.dag import Dag
from assetbook.errors import ConfigError, TimeLimitError, UsageError
from assetbook.events.run_events import StepEnded
from assetbook.execution import time_limits
from assetbook.execution.processes import executor as processes
from assetbook.execution.step_runner import step_limit
from assetbook.execution.time_limits import InterruptedAfter
from assetbook.planning.job_plan import plan_job

SHORT = "0.2"


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    opened = Instance.get(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "seconds", "shown"),
    [
        ("90", 90, "90 s"),
        ("1.5s", 1.5, "1.5 s"),
        ("10m", 600, "10 min"),
        ("6h", 21600, "6 h"),
        ("2d", 172800, "2 d"),
    ],
)
def test_times_as_they_are_written_and_read(text: str, seconds: float, shown: str) -> None:
    assert seconds_of(text) == seconds
    assert limit_text(seconds) == shown


@pytest.mark.parametrize("text", ["", "soon", "10 m", "-1", "1w", "0"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="the time limit of it: its tag dagster/max_runtime is"):
        time_limit({"dagster/max_runtime": text}, "it")
    with pytest.raises(UsageError, match="it is no time"):
        materialize([], timeout=text)


# -- the interrupt


def test_a_wait_ends_at_the_limit() -> None:
    limit = InterruptedAfter(0.1)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), limit:
        time.sleep(30)
    assert limit.expired
    assert 0.1 <= time.monotonic() - began < 5


def test_what_ends_in_time_is_left_alone() -> None:
    handler = signal.getsignal(signal.SIGINT)
    with InterruptedAfter(30) as limit:
        assert signal.getsignal(signal.SIGINT) != handler
    assert not limit.expired
    assert signal.getsignal(signal.SIGINT) is handler


def test_no_interrupt_comes_after_the_end() -> None:
    """A work that takes about as long as it may is interrupted inside, or not at all."""
    expired = 0
    for seconds in (0.0005, 0.001, 0.0015, 0.002, 30) * 30:
        limit = InterruptedAfter(seconds)
        try:
            with limit:
                time.sleep(0.0015)
        except KeyboardInterrupt:
            assert limit.expired
        expired += limit.expired
    assert 0 < expired < 150


def test_a_persons_interrupt_passes() -> None:
    limit = InterruptedAfter(30)
    with pytest.raises(KeyboardInterrupt), limit:
        signal.raise_signal(signal.SIGINT)
    assert not limit.expired


def test_code_that_hears_no_interrupt_goes_on_to_its_end() -> None:
    handler = signal.getsignal(signal.SIGINT)
    with InterruptedAfter(0.3) as limit:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        time.sleep(0.5)
    assert limit.expired
    assert signal.getsignal(signal.SIGINT) is handler


def test_of_two_limits_the_one_that_has_expired_interrupts() -> None:
    outer, inner = InterruptedAfter(0.1), InterruptedAfter(30)
    with pytest.raises(KeyboardInterrupt), outer, inner:
        time.sleep(30)
    assert (outer.expired, inner.expired) == (True, False)


def test_on_another_thread_code_is_interrupted_between_two_lines() -> None:
    seen: list[bool] = []

    def work() -> None:
        limit = InterruptedAfter(0.05)
        try:
            with limit:
                for _ in range(3000):
                    time.sleep(0.01)
        except KeyboardInterrupt:
            seen.append(limit.expired)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert seen == [True]


# -- steps


@asset(tags={"assetbook/max_runtime": SHORT})
def slow() -> int:
    for _ in range(3000):
        time.sleep(0.01)
    return 1


@asset(tags={"dagster/max_runtime": SHORT})
def stubborn() -> int:
    try:
        for _ in range(3000):
            time.sleep(0.01)
    except KeyboardInterrupt:
        pass
    return 1


@asset(tags={"assetbook/max_runtime": SHORT})
def deaf() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for _ in range(3000):
        time.sleep(0.01)
    return 1


@asset(tags={"assetbook/max_runtime": "30"})
def quick() -> int:
    return 2


@pytest.fixture
def no_garbage() -> Iterator[None]:
    """What other tests left is finalized now: an interrupt amid that would be theirs."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage")
@pytest.mark.parametrize("executor", ["in-process", "threads", "processes"])
def test_a_step_that_takes_too_long_fails_alone(instance: Instance, executor: str) -> None:
    made = materialize(
        [slow, stubborn, quick], instance=instance, executor=executor, raise_on_error=False
    )
    said = {each.step.name: (each.status, each.message.split("\n")[0]) for each in made.outcomes}
    assert said["slow"] == ("failed", "the step `slow`: took longer than 0.2 s")
    assert said["stubborn"] == ("failed", "the step `stubborn`: took longer than 0.2 s")
    assert said["quick"] == ("done", "")
    assert instance.value("quick") == 2
    assert instance.versions("stubborn") == []
    (run,) = instance.runs()
    assert (run.status, "took longer than 0.2 s" in run.message) == ("failed", True)


def test_a_worker_that_does_not_react_is_killed(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_LONGEST_GOODBYE", 0.2)
    made = materialize([deaf, quick], instance=instance, executor="processes", raise_on_error=False)
    said = {each.step.name: each.status for each in made.outcomes}
    assert said == {"deaf": "failed", "quick": "done"}
    assert "took longer than 0.2 s" in made.result.failures[0].message  # type: ignore[union-attr]


class ReadSlowly(Config):
    """A configuration that takes a worker longer than the step may take."""

    number: int = 3

    def __setstate__(self, state: dict[Any, Any]) -> None:
        time.sleep(0.5)
        super().__setstate__(state)


def test_what_a_worker_takes_to_start_is_not_the_steps_time(instance: Instance) -> None:
    @asset(tags={"assetbook/max_runtime": "0.4s"})
    def brief(config: ReadSlowly) -> int:
        return config.number

    given = {"brief": ReadSlowly(number=4)}
    materialize([brief], instance=instance, executor="processes", run_config=given)
    assert instance.value("brief") == 4


def test_a_step_whose_tag_says_no_time_starts_no_run(instance: Instance) -> None:
    @asset(tags={"assetbook/max_runtime": "soon"})
    def wrong() -> int:
        return 1

    with pytest.raises(ConfigError, match=r"the time limit of `wrong`: its tag .* is 'soon'"):
        materialize([wrong], instance=instance)
    assert instance.runs() == []


def test_an_op_has_the_limit_of_its_tag() -> None:
    @op(tags={"assetbook/max_runtime": "5m"})
    def crunch() -> int:
        return 1

    @op
    def rest() -> int:
        return 2

    @job
    def both() -> None:
        crunch()
        rest()

    plan = plan_job(both)
    graph = AssetGraph({}, {}, {}, {}, Dag({}))
    assert {step.name: step_limit(graph, step) for step in plan} == {"crunch": 300, "rest": None}


# -- runs


@asset
def first() -> int:
    return 1


@asset
def second(first: int) -> int:
    for _ in range(3000):
        time.sleep(0.01)
    return first


@asset
def third(second: int) -> int:
    return second


@pytest.mark.parametrize("executor", ["in-process", "threads", "processes"])
def test_a_run_that_takes_too_long_fails_and_keeps_what_it_made(
    instance: Instance, executor: str
) -> None:
    materialize([quick], instance=instance, executor=executor)  # which starts a worker
    with pytest.raises(TimeLimitError, match=r"took longer than 0\.9 s\n.*--timeout"):
        materialize([first, second, third], instance=instance, executor=executor, timeout=0.9)
    run, _ = instance.runs()
    assert (run.status, run.message) == ("failed", "took longer than 0.9 s")
    assert run.tags == {"assetbook/max_runtime": "0.9"}
    assert instance.value("first") == 1
    ended = [each.event for each in instance.events(kinds=[StepEnded])]
    assert [(each.step, each.status, each.message) for each in ended] == [  # type: ignore[union-attr]
        ("second", "canceled", "the run took longer than 0.9 s")
    ]


# -- at the very end


class Begun(threading.Timer):
    """A timer whose call is on its way when somebody cancels it."""

    def cancel(self) -> None:
        return


def test_code_that_reacts_at_last_is_not_taken_for_deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limits, "GRACE", 0.05)
    monkeypatch.setattr(threading, "Timer", Begun)
    called: list[str] = []
    with (
        InterruptedAfter(0.01, lambda: called.append("deaf")) as limit,
        suppress(KeyboardInterrupt),
    ):
        time.sleep(30)
    time.sleep(0.15)
    assert limit.expired
    assert called == []


TRACED = """
import sys, threading, time
from assetbook.execution.time_limits import InterruptedAfter

def work():
    with InterruptedAfter(0.01):
        try:
            while True:
                time.sleep(0.001)
        except KeyboardInterrupt:
            print("interrupted")

thread = threading.Thread(target=work)
thread.start()
thread.join()
sys.settrace(lambda *given: None)
work = lambda: None
work()
sys.settrace(None)
print("traced")
"""


def test_a_debugger_works_after_a_limit_in_another_thread() -> None:
    """What a thread was interrupted with leaves nothing behind on which a trace would wait."""
    program = [sys.executable, "-c", TRACED]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["interrupted", "traced"]


def test_an_interrupt_as_a_step_ends_leaves_no_limit_behind(instance: Instance) -> None:
    handler, leaving = signal.getsignal(signal.SIGINT), InterruptedAfter.__exit__.__code__

    @asset(tags={"assetbook/max_runtime": "0.4"})
    def brief() -> int:
        sys.settrace(interrupt_as_it_leaves)
        return 1

    def interrupt_as_it_leaves(frame: FrameType, event: str, argument: object) -> None:
        if frame.f_code is leaving:
            sys.settrace(None)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        materialize([brief], instance=instance)
    time.sleep(0.6)  # in which a limit that is still there would interrupt
    assert signal.getsignal(signal.SIGINT) is handler
    assert instance.runs()[0].status == "canceled"
