"""A flood of lines neither stalls a run nor fills the database: the files have all of it."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

import pytest
from tests.execution.kept import plain_streams
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.secret import Secret
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.kept_lines import FIRST_LINES, LAST_LINES
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import MaterializeOutcome
from assetbook.io.log_files import LogStream
from assetbook.settings import LogSettings


@asset
def before() -> int:
    print("all is well")
    return 1


def flood_of(half: int) -> AssetsDefinition:
    """Prints so many lines, then logs as many."""

    @asset
    def flood(before: int) -> int:
        for number in range(half):
            print("line", number)
        log = logging.getLogger("flooding")
        log.setLevel(logging.INFO)
        log.propagate = False
        for number in range(half):
            log.info("logged %d", number)
        return before

    return flood


@asset
def after(flood: int, context) -> int:  # type: ignore[no-untyped-def]
    context.log.info("all is well too")
    return flood


def file_of(instance: Instance, outcome: MaterializeOutcome, step: str, stream: LogStream) -> Path:
    assert instance.log_files is not None
    return instance.log_files.path(outcome.run_id, step, stream)


def size_of_database(instance: Instance) -> int:
    folder = instance.values.root.parent
    return sum(each.stat().st_size for each in folder.glob("assetbook.db*"))


@pytest.mark.parametrize(
    ("half", "executor"),
    [
        (100_000, InProcessExecutor()),
        pytest.param(500_000, InProcessExecutor(), marks=pytest.mark.long),
        pytest.param(500_000, ProcessExecutor(1), marks=pytest.mark.long),
    ],
    ids=repr,
)
def test_a_million_lines_leave_a_small_database_and_whole_files(
    instance: Instance, half: int, executor: Executor
) -> None:
    with plain_streams():
        outcome = make(instance, before, flood_of(half), after, executor=executor)
    assert outcome.success
    records = [each.record for each in instance.logs(outcome.run_id, "flood")]
    lines = sum(1 if each.stream == "log" else each.text.count("\n") for each in records)
    assert lines == FIRST_LINES + 1 + LAST_LINES
    assert len(records) <= lines
    assert size_of_database(instance) < 3_000_000
    printed = file_of(instance, outcome, "flood", "stdout").read_text().splitlines()
    assert len(printed) == half and printed[-1] == f"line {half - 1}"
    logged = file_of(instance, outcome, "flood", "log").read_text().splitlines()
    assert len(logged) == half and logged[-1].endswith(f"INFO flooding: logged {half - 1}")
    [omitted] = [each.omitted for each in records if each.omitted]
    assert sum(omitted.values()) == 2 * half - FIRST_LINES - LAST_LINES
    assert records[0].text.startswith("line 0\n")
    assert records[-1].text == f"logged {half - 1}"
    for step, text in (("before", "all is well\n"), ("after", "all is well too")):
        assert [each.record.text for each in instance.logs(outcome.run_id, step)] == [text]


def test_a_step_that_prints_little_has_all_of_it_in_both(instance: Instance) -> None:
    outcome = make(instance, before)
    assert [each.record.text for each in instance.logs(outcome.run_id)] == ["all is well\n"]
    assert file_of(instance, outcome, "before", "stdout").read_text() == "all is well\n"
    folder = file_of(instance, outcome, "before", "stdout").parent
    assert [each.name for each in folder.iterdir()] == ["before.out"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "before.out").stat().st_mode & 0o777 == 0o600


def test_what_programs_of_a_worker_write_is_in_its_file(instance: Instance) -> None:
    @asset
    def spoken() -> int:
        os.write(1, b"by descriptor\n")
        os.system("echo by a program >&2")
        return 1

    outcome = make(instance, spoken, executor=ProcessExecutor(1))
    assert file_of(instance, outcome, "spoken", "stdout").read_text() == "by descriptor\n"
    assert file_of(instance, outcome, "spoken", "stderr").read_text() == "by a program\n"


def test_files_end_at_their_largest_size_which_is_said(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Instance, "log_settings", LogSettings(max_bytes=10_000))

    @asset
    def long() -> int:
        for number in range(10_000):
            print(f"{number:9}")
        return 1

    with plain_streams():
        outcome = make(instance, long)
    text = file_of(instance, outcome, "long", "stdout").read_text()
    assert text.endswith(
        "      999\n[what followed was dropped: max_bytes of the log is reached]\n"
    )
    last = instance.logs(outcome.run_id)[-1].record
    assert last.text.startswith("90,000 bytes are missing in the log files: a log is no larger")


def test_lines_below_the_level_are_kept_nowhere(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Instance, "log_settings", LogSettings(level="WARNING"))

    @asset
    def chatty(context) -> int:  # type: ignore[no-untyped-def]
        context.log.info("a detail")
        context.log.warning("careful")
        return 1

    outcome = make(instance, chatty)
    assert [each.record.text for each in instance.logs(outcome.run_id)] == ["careful"]
    assert "a detail" not in file_of(instance, outcome, "chatty", "log").read_text()


def test_what_is_logged_beside_the_text_is_kept(instance: Instance) -> None:
    @asset
    def loaded(context) -> int:  # type: ignore[no-untyped-def]
        context.log.info("loaded", extra={"rows": 3, "path": Path("a.csv"), "odd": float("nan")})
        return 1

    outcome = make(instance, loaded)
    [record] = [each.record for each in instance.logs(outcome.run_id)]
    assert record.extra == {"rows": 3, "path": "a.csv", "odd": "nan"}
    line = file_of(instance, outcome, "loaded", "log").read_text()
    assert line.endswith('INFO loaded {"rows": 3, "path": "a.csv", "odd": "nan"}\n')


def test_a_secret_in_two_pieces_is_in_no_file_and_no_row(instance: Instance) -> None:
    secret = Secret("correct-horse-battery-staple")

    @asset(ignore={"secret"})
    def careless() -> int:
        value = secret.get_value()
        for cut in range(1, len(value)):
            sys.stdout.write(value[:cut])
            print("meanwhile", file=sys.stderr)
            sys.stdout.write(value[cut:] + "\n")
        return 1

    with plain_streams():
        outcome = make(instance, careless)
    kept = [each.record.text for each in instance.logs(outcome.run_id)]
    kept.append(file_of(instance, outcome, "careless", "stdout").read_text())
    assert kept[-1] == "***\n" * 27
    assert not [each for each in kept if secret.get_value()[:12] in each]


def test_concurrent_floods_do_not_mix(instance: Instance) -> None:
    both = threading.Barrier(2)

    def flooding(name: str):  # type: ignore[no-untyped-def]
        @asset(name=name, ignore={"both"})
        def made() -> int:
            both.wait()
            for number in range(30_000):
                print(name, number)
            return 1

        return made

    with plain_streams():
        outcome = make(instance, flooding("left"), flooding("right"), executor=ThreadExecutor(2))
    assert outcome.success
    for name in ("left", "right"):
        text = file_of(instance, outcome, name, "stdout").read_text()
        assert text == "".join(f"{name} {number}\n" for number in range(30_000))


@pytest.mark.parametrize("name", ["..", "a/../../b", "a\x00b", "~" * 300, "ä" * 100, "a.out"])
def test_any_name_of_a_step_is_a_name_of_a_file_of_its_run(instance: Instance, name: str) -> None:
    files = instance.log_files
    assert files is not None
    log = files.appended("run", name)
    log.write("stdout", "text\n")
    log.close()
    path = files.path("run", name, "stdout")
    assert (log.problem, path.read_text()) == ("", "text\n")
    assert path.resolve().parent == (files.root / "run").resolve()
