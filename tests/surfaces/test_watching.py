"""A run seen from elsewhere: while another process runs it, and when it is over."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.contracts.store import RUN, canceling, started
from tests.surfaces.book import Book
from tests.surfaces.gated import environment, gated, until
from tests.surfaces.shell import told

import assetbook
from assetbook.clock import SystemClock
from assetbook.errors import SelectionError
from assetbook.events.log_record import LogRecord
from assetbook.events.run_events import RunEnded
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.sink import Sink
from assetbook.instance.following import News, follow
from assetbook.planning.steps import Plan, Step
from assetbook.storage.store import StoredEvent
from assetbook.surfaces.desk import StoreDesk
from assetbook.surfaces.display.run_progress import RunProgress
from assetbook.surfaces.log_lines import LogLines

PATIENT = 20.0


def looking(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "assetbook", *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def steps_in(shown: str) -> list[str]:
    """The lines of steps that ended, without how long they took."""
    lines = [line for line in shown.splitlines() if line.startswith(("done", "pass", "fail"))]
    return [re.sub(r"\d[\d.]* m?s", "0 s", line) for line in lines]


class Seen:
    """What three who looked at one run saw before and after its second step went on."""

    def __init__(self, folder: Path) -> None:
        with gated(folder) as (instance, run):
            self.run_id = run.id
            shown = looking(folder, "attach", run.id)
            log = looking(folder, "logs", run.id[:5], "--follow")
            impatient = looking(folder, "attach")
            assert shown.stdout is not None
            assert log.stdout is not None
            assert impatient.stdout is not None
            self.shown_before = [shown.stdout.readline().rstrip() for _ in range(4)]
            self.log_before = [log.stdout.readline().rstrip() for _ in range(5)]
            impatient.stdout.readline()
            impatient.send_signal(signal.SIGINT)
            _, self.said = impatient.communicate(timeout=PATIENT)
            self.impatient_code = impatient.returncode
            self.status_before = instance.run(run.id).status
            (folder / "open").touch()
            self.shown_after, _ = shown.communicate(timeout=PATIENT)
            self.log_after, _ = log.communicate(timeout=PATIENT)
            self.shown_code = shown.returncode
            self.status_after = instance.run(run.id).status


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("elsewhere"))


def test_a_run_elsewhere_is_shown_until_it_ends(seen: Seen) -> None:
    assert seen.shown_before[0] == "2 steps"
    assert seen.shown_before[1].split() == ["1", "first", "never", "materialized"]
    assert seen.shown_before[3].startswith("done  first  ")
    assert "done  second" in seen.shown_after
    assert "version 1" in seen.shown_after
    assert "2 materialized" in seen.shown_after
    assert seen.shown_after.rstrip().endswith(f"run {seen.run_id[:6]}  success")
    assert seen.shown_code == 0


def test_its_log_comes_line_by_line(seen: Seen) -> None:
    assert "first | begun" in seen.log_before
    assert "second | waiting" in seen.log_before
    assert seen.log_after.index("second | it is over\n") < seen.log_after.index("✓ second  done")


def test_an_interrupt_ends_the_look_and_leaves_the_run_alone(seen: Seen) -> None:
    short = seen.run_id[:6]
    assert f"run {short} goes on; `assetbook attach {short}` shows it again" in seen.said
    assert seen.impatient_code == 1
    assert (seen.status_before, seen.status_after) == ("started", "success")


def test_a_run_that_is_over_is_shown_as_it_was(book: Book) -> None:
    book.run("@asset\ndef one():\n    print('in one')\n    return 1")
    book.run("@asset_check(asset='one')\ndef is_one(one):\n    return one == 1")
    before = book.run("%materialize one")
    after = book.run("%attach")
    assert "done  one  1 B" in before
    assert steps_in(before) == steps_in(after)
    assert "never materialized" in after
    assert "it checks the new version of `one`" in after
    assert "1 materialized, 1 check passed" in after
    assert book.result.is_well


def test_a_job_that_is_over_is_shown_as_it_was(book: Book) -> None:
    book.run("@op\ndef fetch() -> int:\n    return 3")
    book.run("@op\ndef double(x: int) -> int:\n    return 2 * x")
    book.run("@job\ndef nightly():\n    double(fetch())")
    before = book.run("found = %launch nightly")
    after = book.run("%attach")
    assert steps_in(before) == steps_in(after)
    assert len(steps_in(after)) == 2
    assert "2 ops done" in after


def test_elements_of_a_job_that_is_over_are_shown_in_their_place(book: Book) -> None:
    book.run(
        "@op(out=DynamicOut())\ndef parts():\n"
        "    for n in range(2): yield DynamicOutput(n, mapping_key=f'n{n}')"
    )
    book.run("@op\ndef double(x: int) -> int:\n    return 2 * x")
    book.run("@job\ndef nightly():\n    parts().map(double)")
    before = book.run("found = %launch nightly")
    after = book.run("%attach")
    assert steps_in(before) == steps_in(after)
    attached = RunProgress("", Plan("", (Step("parts", "op"), Step("double[?]", "op"))))
    for name in ("parts", "double[n0]"):
        attached.ended(StepOutcome(Step(name, "op"), "done"))
    assert [each.name for each in attached.listed()] == ["parts", "double[n0]"]


def test_an_observation_that_is_over_is_shown_as_it_was(book: Book) -> None:
    book.run(
        "@observable_source_asset\ndef outside():\n"
        "    return ObserveResult(data_version=DataVersion('v1'))"
    )
    before = book.run("%observe outside")
    after = book.run("%attach")
    assert steps_in(before) == steps_in(after)
    assert "1 observed" in after


def test_a_failed_run_says_so_and_exits_with_one(project: Path) -> None:
    @assetbook.asset
    def bad() -> None:
        raise ValueError("no such luck")

    instance = assetbook.Instance.get(project)
    assetbook.materialize([bad], instance=instance, raise_on_error=False)
    found = told("attach")
    assert found.exit_code == 1
    assert "fail" in found.stdout
    assert "no such luck" in found.stdout
    followed = told("logs", "--follow")
    assert "bad | ValueError: no such luck" in followed.stdout
    assert json.loads(told("attach", "--json").stdout)["status"] == "failed"
    assert "no such luck" in json.loads(told("logs", "--follow", "--json").stdout)["run"]["message"]


def test_only_a_step_is_followed(project: Path) -> None:
    assert "numbers | counting" in told("logs", "--follow", "--step", "numbers").stdout
    assert "counting" not in told("logs", "--follow", "--step", "other").stdout


def test_a_run_that_is_not_there_is_told(project: Path) -> None:
    desk = StoreDesk(assetbook.Instance.get(project))
    with pytest.raises(SelectionError, match="there is none"):
        assetbook.attach("zzz", desk=desk)


def test_a_run_whose_process_died_ends_the_look(project: Path) -> None:
    instance = assetbook.Instance.get(project)
    instance.store.commit([started()])  # this process does not run it
    news = list(follow(instance, RUN))
    assert news[-1].is_last
    assert instance.run(RUN).status == "failed"


def test_a_line_waits_for_its_end() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)

    def printed(text: str, step: str = "a") -> LogRecord:
        return LogRecord(run_id=RUN, step=step, at=at, stream="stdout", text=text)

    lines = LogLines()
    assert list(lines.lines(News((), (printed("one\ntw"), printed("x\n", "b"))))) == [
        "a | one",
        "b | x",
    ]
    ended = StoredEvent(1, RunEnded(at=at, run_id=RUN, status="success"))
    assert list(lines.lines(News((ended,), (printed("o"),)))) == ["a | two"]


def test_who_asked_for_the_end_of_a_run_has_a_line() -> None:
    asked = StoredEvent(1, canceling())
    assert list(LogLines().lines(News((asked,), ()))) == ["■ canceled by bob on desk"]


def test_hostile_text_moves_no_cursor() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    record = LogRecord(
        run_id=RUN, step="a\x1b[2J", at=at, stream="log", text="\u202eevil", level="INFO"
    )
    (line,) = LogLines().lines(News((), (record,)))
    assert "\x1b" not in line
    assert "\u202e" not in line


def test_printed_text_is_delivered_while_its_step_is_silent() -> None:
    delivered: list[str] = []

    def deliver(records: Sequence[LogRecord]) -> None:
        delivered.extend(each.text for each in records)

    sink = Sink(RUN, "a", SystemClock(), deliver)
    sink.write("stdout", "on its way\n")
    until(lambda: delivered)
    assert delivered == ["on its way\n"]
    sink.write("stdout", "the rest")
    sink.close()
    assert delivered == ["on its way\n", "the rest"]
