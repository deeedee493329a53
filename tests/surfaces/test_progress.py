"""What people see of a run while it goes."""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from tests.surfaces.run_examples import (
    HOSTILE_OUTCOME,
    HOSTILE_PLAN,
    HOSTILE_STEP,
    ONE,
    OUTCOMES,
    PLAN,
    STEPS,
    long_plan,
)
from tests.surfaces.view_examples import RUN, faults_of, text_of

from assetbook import DynamicOut, DynamicOutput, job, op
from assetbook.clock import ManualClock, SystemClock
from assetbook.execution.reporter import StepOutcome
from assetbook.instance.instance import Instance
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey
from assetbook.planning.dynamic_steps import mapped_steps
from assetbook.planning.job_plan import plan_job
from assetbook.planning.run_queue import Waiting
from assetbook.planning.steps import Plan, Step
from assetbook.storage.memory_store import MemoryStore
from assetbook.surfaces.display.progress_view import progress_html, progress_text
from assetbook.surfaces.display.run_progress import RunProgress
from assetbook.surfaces.progress import NotebookProgress, TerminalProgress

WAITING = Waiting(1, 2, 2, 2, 0, "with team=etl")


def ended_run() -> RunProgress:
    """The example's run after its end."""
    progress = RunProgress(RUN, PLAN)
    for outcome in OUTCOMES:
        progress.ended(outcome)
    progress.finished("failed", 1.8)
    return progress


@op(out=DynamicOut())
def days() -> Iterator[DynamicOutput[str]]:
    yield DynamicOutput("monday", "mon")


@op
def count(day: str) -> int:
    return len(day)


@job
def week() -> None:
    days().map(count)


class TestElements:
    def test_steps_of_elements_take_the_place_of_the_one_that_stands_for_them(self) -> None:
        plan = plan_job(week)
        progress = RunProgress(RUN, plan)
        first, template = plan.steps
        progress.ended(StepOutcome(first, "done", 0.1))
        assert [each.name for each in progress.steps] == ["days", "count[?]"]
        mapped = mapped_steps(template, ["mon", "tue"], {each.name: each for each in plan})
        progress.started(mapped[0], 10.0)
        progress.ended(StepOutcome(mapped[0], "done", 0.2))
        progress.started(mapped[1], 10.0)
        assert progress.counts()["waiting"] == 0
        progress.ended(StepOutcome(mapped[1], "done", 0.2))
        progress.finished("success", 1.0)
        lines = progress_text(progress, 13.0).split("\n")
        assert [each.split()[:3] for each in lines[:3]] == [
            ["✓", "days", "done"],
            ["✓", "count[mon]", "done"],
            ["✓", "count[tue]", "done"],
        ]
        assert "not run" not in progress_html(progress, 13.0)

    def test_one_without_elements_has_its_own_line(self) -> None:
        plan = plan_job(week)
        progress = RunProgress(RUN, plan)
        progress.ended(StepOutcome(plan.steps[1], "skipped", message="`days` gave no elements"))
        assert [each.name for each in progress.steps] == ["days", "count[?]"]
        assert "gave no elements" in progress_text(progress, 13.0)


class TestTheView:
    def test_each_step_has_a_line_with_its_state(self) -> None:
        progress = RunProgress(RUN, PLAN)
        progress.ended(OUTCOMES[0])
        progress.started(STEPS[1], 10.0)
        assert progress_text(progress, 13.2).split("\n") == [
            "✓ flights              done 336,776 rows · 12 MB · 0.41 s · version 3  "
            "never materialized",
            f"{'▶ airlines             running 3.2 s':71}never materialized",
            f"{'○ delays               waiting':71}helper `clean` changed, In[2]",
            f"{'○ delays:has_carriers  waiting':71}it checks the new version of",
            f"{'':71}`delays`",
            f"{'○ monthly              waiting':71}if the data of `delays`",
            f"{'':71}changes",
            "1 of 5 steps: 1 done, 1 running, 3 waiting",
        ]

    def test_the_end_has_messages_and_a_summary(self) -> None:
        lines = progress_text(ended_run(), 0.0).split("\n")
        assert [" ".join(line.split()) for line in lines[3:]] == [
            "✓ delays:has_carriers passed 3 ms 16 of 16 carriers have a name",
            "✕ monthly failed 1.2 s ZeroDivisionError: division",
            "by zero",
            "left as they are: holidays (as of 09:14); --sources runs them",
            "✕ failed 3 materialized, 1 check passed, 1 failed, 1 left as it is · 1.8 s"
            " · run 4f2a1c",
        ]

    def test_one_quick_step_is_one_quiet_line(self) -> None:
        progress = RunProgress(RUN, ONE)
        progress.ended(OUTCOMES[2])
        progress.finished("success", 0.13)
        html = progress_html(progress, 0.0)
        assert progress_text(progress, 0.0) == "✓ delays  16 rows · 2.3 kB · 0.12 s · version 2"
        assert text_of(html) == "✓delays16 rows · 2.3 kB · 0.12 s · version 2"
        assert len(html) < 500

    def test_a_long_plan_shows_what_matters(self) -> None:
        plan = long_plan(1_000)
        progress = RunProgress(RUN, plan)
        for number, step in enumerate(plan.steps[:412]):
            status = "failed" if number in (7, 99) else "done"
            progress.ended(StepOutcome(step, status, 0.1))  # type: ignore[arg-type]
        progress.started(plan.steps[412], 0.0)
        lines = progress_text(progress, 1.0).split("\n")
        assert [line[2:11] for line in lines[:-1]] == [
            "part_0007",
            "part_0099",
            *(f"part_0{number}" for number in range(407, 413)),
        ]
        assert lines[-1] == "412 of 1,000 steps: 410 done, 2 failed, 1 running, 587 waiting"
        assert len(progress_html(progress, 1.0)) < 10_000

    def test_the_end_of_a_long_plan_stays_small(self) -> None:
        plan = long_plan(5_000)
        progress = RunProgress(RUN, plan)
        for step in plan.steps:
            progress.ended(StepOutcome(step, "failed", 0.1, message="ValueError: no"))
        progress.finished("failed", 500.0)
        html = progress_html(progress, 0.0)
        assert len(html) < 20_000 and "4,980 steps not listed" in html
        assert "5,000 failed · 8 min 20 s · run 4f2a1c" in html

    def test_hostile_text_stays_text(self) -> None:
        progress = RunProgress(RUN, HOSTILE_PLAN)
        progress.started(HOSTILE_STEP, 0.0)
        assert faults_of(progress_html(progress, 0.0)) == []
        progress.ended(HOSTILE_OUTCOME)
        progress.finished("failed", 1.0)
        assert faults_of(progress_html(progress, 0.0)) == []
        assert not set(progress_text(progress, 0.0)) & set("\x00\x1b\r\u202e")


class TestTheTerminal:
    def test_it_writes_the_plan_each_end_and_a_summary(self) -> None:
        stream = io.StringIO()
        progress = TerminalProgress(stream)
        progress.run_started(RUN, PLAN)
        for outcome in OUTCOMES:
            progress.step_started(outcome.step)
            progress.step_ended(outcome)
        progress.run_ended("failed", 1.8)
        assert stream.getvalue().split("\n") == [
            "5 steps",
            "  1  flights              never materialized",
            "  2  airlines             never materialized",
            "  3  delays               helper `clean` changed, In[2]",
            "  4  delays:has_carriers  it checks the new version of `delays`",
            "  5  monthly              if the data of `delays` changes",
            "     left as they are: holidays (as of 09:14); --sources runs them",
            "done  flights  336,776 rows · 12 MB · 0.41 s · version 3",
            "done  airlines  16 rows · 2.0 kB · 20 ms · version 1",
            "done  delays  16 rows · 2.3 kB · 0.12 s · version 2",
            "passed delays:has_carriers  16 of 16 carriers have a name · 3 ms",
            "failed monthly  ZeroDivisionError: division by zero · 1.2 s",
            "3 materialized, 1 check passed, 1 failed, 1 left as it is · 1.8 s · run 4f2a1c",
            "",
        ]

    def test_many_partitions_of_an_asset_are_counted_and_failures_told(self) -> None:
        stream = io.StringIO()
        progress = TerminalProgress(stream)
        day = AssetKey("day")
        steps = [Step(f"day[{each}]", "asset", (day.at(f"{each}"),)) for each in range(50)]
        progress.run_started(RUN, Plan("day", tuple(steps)))
        written = len(stream.getvalue().splitlines())
        for step in steps:
            failed = step.name == "day[7]"
            outcome = StepOutcome(step, "failed" if failed else "done", message="no" * failed)
            progress.step_ended(outcome)
        lines = stream.getvalue().splitlines()[written:]
        assert lines[:3] == [
            "done  day  5 of 50 partitions",
            "failed day[7]  no",
            "done  day  10 of 50 partitions",
        ]
        assert lines[-1] == "done  day  49 of 50 partitions"

    def test_done_is_said_only_when_the_step_has_ended(self) -> None:
        stream = io.StringIO()
        progress = TerminalProgress(stream)
        progress.run_started(RUN, ONE)
        progress.step_started(STEPS[2])
        assert "done" not in stream.getvalue()

    def test_each_line_is_flushed(self) -> None:
        raw = io.BytesIO()
        stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")  # type: ignore[type-var]
        progress = TerminalProgress(stream)
        progress.step_ended(OUTCOMES[2])
        assert raw.getvalue().startswith(b"done  delays")

    def test_a_terminal_without_unicode_gets_escapes(self) -> None:
        raw = io.BytesIO()
        progress = TerminalProgress(io.TextIOWrapper(raw, encoding="ascii"))
        progress.step_ended(OUTCOMES[2])
        assert raw.getvalue().startswith(b"done  delays  16 rows \\xb7 2.3 kB")

    def test_a_closed_stream_does_not_end_the_run(self) -> None:
        stream = io.StringIO()
        progress = TerminalProgress(stream)
        stream.close()
        progress.step_ended(OUTCOMES[2])
        progress.run_ended("success", 1.0)
        assert stream.closed

    def test_hostile_names_do_not_drive_the_terminal(self) -> None:
        stream = io.StringIO()
        progress = TerminalProgress(stream)
        progress.run_started(RUN, HOSTILE_PLAN)
        progress.step_ended(HOSTILE_OUTCOME)
        assert not set(stream.getvalue()) & set("\x00\x1b\r\u202e")


@pytest.fixture
def shell() -> Iterator[Any]:
    """An IPython shell as a kernel has it; what it publishes is kept in order."""
    InteractiveShell.clear_instance()
    made: Any = InteractiveShell.instance(display_pub_class=CapturingDisplayPublisher)
    made.kernel = object()
    yield made
    InteractiveShell.clear_instance()


def outputs(shell: Any) -> list[dict[str, Any]]:
    """What was published."""
    return list(shell.display_pub.outputs)


def last_text(shell: Any) -> str:
    """The plain form of what was published last."""
    return str(outputs(shell)[-1]["data"]["text/plain"])


def notebook_progress(clock: Any) -> NotebookProgress:
    """A reporter whose time is told by ``clock``."""
    return NotebookProgress(Instance(MemoryStore(), ValueFiles(Path("values")), clock=clock))


def tickers() -> list[threading.Thread]:
    """The threads that count seconds."""
    return [each for each in threading.enumerate() if each.name == "assetbook progress"]


class TestTheNotebook:
    def test_one_display_is_updated_in_place(self, shell: Any) -> None:
        clock = ManualClock()
        progress = notebook_progress(clock)
        progress.run_started(RUN, ONE)
        clock.advance(0.2)
        progress.step_started(STEPS[2])
        assert "▶ delays  running 0.0 s" in last_text(shell)
        clock.advance(0.2)
        progress.step_ended(OUTCOMES[2])
        progress.run_ended("success", 0.4)
        kept = outputs(shell)
        assert [each["update"] for each in kept] == [False, True, True, True]
        assert len({each["transient"]["display_id"] for each in kept}) == 1
        assert last_text(shell) == "✓ delays  16 rows · 2.3 kB · 0.12 s · version 2"
        assert set(kept[-1]["data"]) == {"text/plain", "text/html"}

    def test_a_run_that_waits_says_so_in_the_same_place(self, shell: Any) -> None:
        progress = notebook_progress(ManualClock())
        progress.run_queued(RUN, ONE, WAITING)
        assert last_text(shell) == "◷ queued  place 1 of 2: 2 of 2 runs with team=etl are running"
        progress.run_queued(RUN, ONE, replace(WAITING, of=1))
        assert "place 1 of 1: " in text_of(outputs(shell)[-1]["data"]["text/html"])
        progress.run_started(RUN, ONE)
        assert "○ delays" in last_text(shell)
        progress.run_ended("success", 0.4)
        assert [each["update"] for each in outputs(shell)] == [False, True, True, True]

    def test_a_run_that_left_the_queue_was_canceled(self, shell: Any) -> None:
        progress = notebook_progress(ManualClock())
        progress.run_queued(RUN, ONE, WAITING)
        progress.run_ended("canceled", 1.0)
        assert "■ canceled  canceled: 0 materialized" in last_text(shell)

    def test_seconds_are_counted_while_a_step_runs(self, shell: Any) -> None:
        progress = notebook_progress(SystemClock())
        progress.run_started(RUN, ONE)
        progress.step_started(STEPS[2])
        time.sleep(1.3)
        progress.run_ended("failed", 1.3)
        shown = [each["data"]["text/plain"] for each in outputs(shell)]
        assert any("running 0.5" in text or "running 0.6" in text for text in shown)
        assert len(shown) <= 6

    def test_many_quick_steps_are_shown_together(self, shell: Any) -> None:
        plan = long_plan(2_000)
        progress = notebook_progress(SystemClock())
        began = time.monotonic()
        progress.run_started(RUN, plan)
        for step in plan.steps:
            progress.step_started(step)
            progress.step_ended(StepOutcome(step, "done", 0.001))
        progress.run_ended("success", 1.0)
        seconds = time.monotonic() - began
        assert len(outputs(shell)) <= 3 + 11 * seconds
        assert "1,995 steps not listed" in last_text(shell)

    def test_the_thread_ends_with_the_run(self, shell: Any) -> None:
        progress = notebook_progress(SystemClock())
        progress.run_started(RUN, ONE)
        started = tickers()
        progress.run_ended("success", 0.0)
        for thread in started:
            thread.join(2)
        assert started and not tickers()

    def test_the_thread_ends_with_the_cell_if_the_run_broke_off(self, shell: Any) -> None:
        progress = notebook_progress(SystemClock())
        progress.run_started(RUN, ONE)
        progress.step_started(STEPS[2])
        shell.run_cell("1")
        for thread in tickers():
            thread.join(2)
        assert not tickers()

    def test_a_display_that_fails_does_not_end_the_run(
        self, shell: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        progress = notebook_progress(ManualClock())
        progress.run_started(RUN, ONE)

        def broken(*args: object, **more: object) -> None:
            raise OSError("the front end is gone")

        shell.display_pub.publish = broken
        with caplog.at_level(logging.WARNING, "assetbook.progress"):
            progress.step_started(STEPS[2])
            progress.run_ended("success", 0.1)
        assert caplog.messages == [
            "the progress of this run is no longer shown: OSError('the front end is gone')"
        ]

    def test_without_a_notebook_it_writes_lines(self, capsys: pytest.CaptureFixture[str]) -> None:
        progress = notebook_progress(ManualClock())
        progress.run_started(RUN, ONE)
        progress.step_started(STEPS[2])
        progress.step_ended(OUTCOMES[2])
        progress.run_ended("success", 0.13)
        assert capsys.readouterr().out.split("\n") == [
            "1 step",
            "  1  delays  helper `clean` changed, In[2]",
            "done  delays  16 rows · 2.3 kB · 0.12 s · version 2",
            "1 materialized · 0.13 s · run 4f2a1c",
            "",
        ]
