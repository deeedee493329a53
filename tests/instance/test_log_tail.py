"""A run that is followed shows all that it says, from its log files where the store has less."""

from __future__ import annotations

import logging
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.execution.kept import plain_streams
from tests.instance.making import make
from tests.instance.queueing import until

from assetbook.definitions.asset_decorator import asset
from assetbook.events.log_record import LogRecord
from assetbook.events.run_events import RunEnded, StepStarted
from assetbook.execution import kept_lines
from assetbook.execution.file_text import file_text
from assetbook.execution.kept_lines import LAST_SIZE
from assetbook.execution.log_keeping import KeptLog
from assetbook.instance.following import News, follow
from assetbook.instance.instance import Instance
from assetbook.instance.log_tail import LogTail, follow_output
from assetbook.instance.run_logs import in_files_alone
from assetbook.keys import RunId
from assetbook.storage.store import StoredEvent

AT = datetime(2026, 1, 1, tzinfo=UTC)
KILLED = """
import os, signal, sqlite3, sys, time
from assetbook import asset, materialize
from assetbook.instance.instance import Instance

instance = Instance.open(sys.argv[1])
waits = sys.argv[2] == "after a while"
other = sqlite3.connect(sys.argv[1] + "/assetbook.db", isolation_level=None)

@asset(ignore={"instance", "other"})
def flood() -> int:
    if not waits:
        other.execute("BEGIN IMMEDIATE")  # nothing of the step comes into the store
    for number in range(20_000):
        print("line", number)
        while number == 10_000 and waits and not instance.logs(instance.runs()[0].id):
            time.sleep(0.01)
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
    return 1

materialize([flood], instance=instance)
"""


def text_of(news: Iterable[News], stream: str = "stdout") -> str:
    return "".join(each.text for one in news for each in one.logs if each.stream == stream)


def test_a_flood_is_followed_while_it_goes_on(instance: Instance) -> None:
    """The step ends only once its last lines have been seen."""
    seen = threading.Event()

    @asset(ignore={"seen"})
    def flood() -> int:
        for number in range(20_000):
            print("line", number)
            if number % 100 == 0:
                print("hundred", number, file=sys.stderr)
        logging.getLogger("flooding").warning("all of it\nis said")
        assert seen.wait(60)
        return 1

    with plain_streams():
        run = threading.Thread(target=make, args=[instance, flood])
        run.start()
        until(lambda: instance.store.runs(limit=1))
        [begun_run] = instance.store.runs(limit=1)
        news: list[News] = []
        for each in follow_output(instance, begun_run.id):
            news.append(each)
            if "line 19999\n" in text_of(news) and "is said" in text_of(news, "log"):
                seen.set()
        run.join(60)
    assert text_of(news) == "".join(f"line {number}\n" for number in range(20_000))
    hundreds = "".join(f"hundred {number}\n" for number in range(0, 20_000, 100))
    assert text_of(news, "stderr") == hundreds
    assert text_of(news, "log").count("all of it") == 1
    assert news[-1].is_last


@pytest.mark.parametrize("when", ["at once", "after a while"])
def test_the_last_lines_of_a_process_that_was_killed_are_shown(tmp_path: Path, when: str) -> None:
    """At once is before the store has anything of the step, not even that it began."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    store = tmp_path / ".assetbook"
    store.mkdir()
    (tmp_path / "killed.py").write_text(KILLED)
    command = [sys.executable, "killed.py", str(store), when]
    found = subprocess.run(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, check=False
    )
    assert found.returncode == -signal.SIGKILL
    instance = Instance.open(store)
    [run] = instance.runs()
    files = instance.log_files
    assert files is not None
    whole = files.path(run.id, "flood", "stdout").read_text()
    assert whole.count("\n") > 10_000  # what was on its way in the process itself is lost
    assert text_of(follow_output(instance, run.id)) == whole
    kept = text_of(follow(instance, run.id))  # what the store alone has
    assert kept.count("\n") <= 5_000
    assert kept or when == "at once"
    lines = [stored.record for stored in instance.logs(run.id)]
    more = len(whole) - len(kept)
    assert in_files_alone(instance, run.id, lines) == {("flood", "stdout"): more}
    instance.close()


def test_who_comes_late_gets_the_last_of_a_flood(instance: Instance) -> None:
    log = keeping(instance, "late")
    lines = "".join(f"line {number}\n" for number in range(100_000))
    log.take([piece(lines, "stdout", step="late")])
    files = instance.log_files
    assert files is not None
    tail = LogTail(files, RunId("r"))
    found = list(tail.look(News((begun("late"), ended()), ()), AT))
    assert found[0].text.endswith("bytes before this are in the run's log files alone")
    assert len(found[1].text) <= LAST_SIZE
    assert found[1].text.startswith("line ") and lines.endswith(found[1].text)


def begun(step: str) -> StoredEvent:
    return StoredEvent(1, StepStarted(at=AT, run_id="r", step=step))


def ended() -> StoredEvent:
    return StoredEvent(2, RunEnded(at=AT, run_id="r", status="success", duration=1.0))


def piece(text: str, stream: Any, *, step: str = "s") -> LogRecord:
    level = "INFO" if stream == "log" else ""
    return LogRecord(run_id="r", step=step, at=AT, stream=stream, text=text, level=level)


def keeping(instance: Instance, step: str) -> KeptLog:
    files = instance.log_files
    assert files is not None
    return KeptLog(instance.store, files.appended("r", step), logging.DEBUG)


def pieces(chance: random.Random) -> Iterator[LogRecord]:
    """Some of them with no end of a line, and in several bytes a character."""
    for number in range(chance.randrange(5, 80)):
        stream = chance.choice(["stdout", "stdout", "stderr", "log", "display"])
        end = "" if stream in ("log", "display") else chance.choice(["\n", "\n", ""])
        more = chance.choice(["", "ä", "€\nb"])
        yield piece(f"{stream} {number} {more}{end}", stream)


@pytest.mark.parametrize("seed", range(25))
def test_all_is_shown_once_and_in_order_whenever_one_looks(
    instance: Instance, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late the store has what the files have, and for several attempts of a step."""
    for name, value in (("FIRST_LINES", 8), ("LAST_LINES", 5), ("FIRST_SIZE", 200)):
        monkeypatch.setattr(kept_lines, name, value)
    chance = random.Random(seed)
    files = instance.log_files
    assert files is not None
    tail, said, found, after = LogTail(files, RunId("r")), list[LogRecord](), list[LogRecord](), 0
    found += tail.look(News((begun("s"),), ()), AT)

    def look(*events: StoredEvent, late: bool) -> None:
        nonlocal after
        instance.store.flush()
        new = instance.logs("r", after=after)
        new = new[: chance.randrange(len(new) + 1)] if late else new
        after = new[-1].id if new else after
        found.extend(tail.look(News(events, tuple(each.record for each in new)), AT))

    for _ in range(chance.choice([1, 1, 2])):
        log = keeping(instance, "s")
        for each in pieces(chance):
            said.append(each)
            log.take([each])
            if chance.random() < 0.2:
                look(late=True)
        log.end()
    look(ended(), late=False)
    for stream in ("stdout", "stderr"):
        wanted = "".join(each.text for each in said if each.stream == stream)
        assert "".join(each.text for each in found if each.stream == stream) == wanted
    wanted = [line for each in said if each.stream == "log" for line in each.text.split("\n")]
    logged = [each for each in found if each.stream == "log" and each.omitted is None]
    assert [line for each in logged for line in each.text.split("\n")] == wanted
    assert len([each for each in found if each.stream == "display"]) == len(
        [each for each in said if each.stream == "display"]
    )
    whole = "".join(file_text(each) for each in said if each.stream == "log")
    path = files.path("r", "s", "log")
    assert (path.read_text() if path.exists() else "") == whole
