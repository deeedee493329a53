"""``%logs --stdout`` and its like print log files whole; ``%logs`` says where there is more."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError, opened

from assetbook import asset, logs, materialize
from assetbook.events.log_record import LogRecord
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunEnded, RunStarted, StepStarted
from assetbook.execution.log_keeping import KeptLog
from assetbook.instance.instance import Instance
from assetbook.surfaces.desk import StoreDesk

FLOOD = """
import logging
@asset
def flood() -> int:
    for number in range(20_000):
        print("line", number)
    logging.getLogger("flooding").warning("once", extra={"rows": 3})
    print("\\x1b[31mred\\x07")
    return 1
"""


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """One for all, which only read what it logged."""
    with opened(tmp_path_factory.mktemp("flooded")) as book:
        book.run(FLOOD)
        book.run("%materialize flood")
        yield book


def test_the_log_says_where_the_rest_is(flooded: Book) -> None:
    [run] = flooded.instance.runs(1)
    said = flooded.run("%logs")
    assert f"14,002 more lines: %logs {run.id[:6]} --step flood --stdout" in said
    assert "14,002 lines are left out here" in said


def test_stdout_is_printed_whole(flooded: Book) -> None:
    said = flooded.run("%logs --step flood --stdout")
    assert "line 0\nline 1\n" in said and "\nline 12345\n" in said
    assert said.count("\nline ") == 19_999
    assert "\x1b" not in said and "\\x1b[31mred" in said
    assert said.rstrip().endswith("of stdout")


def test_what_was_logged_has_a_file_of_its_own(flooded: Book) -> None:
    assert 'WARNING flooding: once {"rows": 3}' in flooded.run("%logs --log")
    assert "has no file of stderr" in flooded.run("%logs --stderr")


def test_a_step_that_the_run_does_not_have_is_refused(flooded: Book) -> None:
    for options in ("--stdout", "--follow", ""):
        with pytest.raises(CellFailedError, match="Did you mean `flood`"):
            flooded.run(f"%logs --step flod {options}")


@pytest.mark.parametrize("second", ["--stderr", "--follow"])
def test_two_things_at_once_are_refused(flooded: Book, second: str) -> None:
    with pytest.raises(CellFailedError, match=f"--stdout and {second} are asked for at once"):
        flooded.run(f"%logs --stdout {second}")


def test_an_instance_that_leaves_nothing_behind_says_so() -> None:
    @asset
    def spoken() -> int:
        print("hello")
        return 1

    instance = Instance.ephemeral()
    run = materialize([spoken], instance=instance).run_id
    said = logs(str(run), stdout=True, desk=StoreDesk(instance))
    assert "leaves nothing behind, and keeps no log files" in str(said)
    assert "hello" in str(logs(str(run), desk=StoreDesk(instance)))


def test_what_a_killed_process_left_is_pointed_to(tmp_path: Path) -> None:
    instance = Instance.open(tmp_path / ".assetbook")
    killed_amid_a_flood(instance)
    shown = logs("dead", desk=StoreDesk(instance))
    assert "dead" in str(shown) and "✕ flood  failed" in str(shown)
    wanted = "160 kB more, in the log file alone: %logs dead --step flood --stdout"
    assert f"    line 4999\n    {wanted}\n" in str(shown)
    assert wanted in shown.html()
    quiet = logs("dead", "quiet", desk=StoreDesk(instance))
    assert "in the log file" not in str(quiet) and "all of it" in str(quiet)
    instance.close()


def killed_amid_a_flood(instance: Instance) -> None:
    """What is there of a run whose process was killed while a step printed."""
    at = instance.clock.now()
    origin = Origin(kind="cli", user="me", host="here")
    started = RunStarted(at=at, run_id="dead", asked="*", steps=("flood", "quiet"), origin=origin)
    instance.store.commit([started, StepStarted(at=at, run_id="dead", step="flood")])
    for step, lines in (("flood", 20_000), ("quiet", 1)):
        kept = KeptLog(instance.store, instance.log_files.appended("dead", step), logging.DEBUG)
        for number in range(lines):
            text = f"line {number}\n" if step == "flood" else "all of it\n"
            said = LogRecord(run_id="dead", step=step, at=at, stream="stdout", text=text)
            kept.take([said])
    ended = RunEnded(at=at, run_id="dead", status="failed", duration=1.0, message="it died")
    instance.store.commit([ended])
