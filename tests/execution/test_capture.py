"""What a step prints, logs and displays stays with that step, and still shows where it runs."""

from __future__ import annotations

import contextvars
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from tests.execution.kept import Kept, plain_streams

from assetbook.definitions.secret import Secret
from assetbook.execution.capture import into, running_shell, step_log, watched


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_compute_logs_hold_what_is_printed(kept: Kept) -> None:
    with plain_streams() as streams, watched(), into(kept.sink):
        print("to out")
        print("to err", file=sys.stderr)
        sys.stdout.writelines(["a", "b"])
    assert [(each.stream, each.text) for each in kept.records] == [
        ("stdout", "to out\n"),
        ("stderr", "to err\n"),
        ("stdout", "ab"),
    ]
    assert streams[0].getvalue() == "to out\nab" and streams[1].getvalue() == "to err\n"
    assert {(each.run_id, each.step) for each in kept.records} == {("run1", "orders")}


def test_outside_of_a_step_nothing_is_kept(kept: Kept) -> None:
    with watched():
        with into(kept.sink):
            pass
        print("after")
    print("later")
    assert kept.records == []


def test_everything_is_put_back() -> None:
    handlers = list(logging.getLogger().handlers)
    level = step_log.level
    out, err = sys.stdout, sys.stderr
    call_handlers = logging.Logger.callHandlers
    with watched(), watched():
        assert sys.stdout is not out
    assert logging.Logger.callHandlers is call_handlers
    assert sys.stdout is out and sys.stderr is err
    assert logging.getLogger().handlers == handlers and step_log.handlers == []
    assert step_log.propagate and step_log.level == level


def test_context_log_is_kept_with_its_level(kept: Kept) -> None:
    with watched(), into(kept.sink):
        step_log.debug("seen by nobody else")
        step_log.info("%d rows", 3)
        logging.getLogger("a.library").warning("careful")
        try:
            raise ValueError("wrong")
        except ValueError:
            logging.getLogger("a.library").exception("it failed")
    assert [(each.level, each.text.splitlines()[0]) for each in kept.records] == [
        ("DEBUG", "seen by nobody else"),
        ("INFO", "3 rows"),
        ("WARNING", "careful"),
        ("ERROR", "it failed"),
    ]
    assert "ValueError: wrong" in kept.records[-1].text


def test_logs_are_shown_and_kept_once(kept: Kept) -> None:
    with plain_streams() as streams, watched(), into(kept.sink):
        step_log.info("3 rows")
        step_log.debug("a detail")
    assert streams[1].getvalue() == "INFO 3 rows\n"
    assert kept.text("stderr") == ""


WARNING_STEP = """
import warnings
from assetbook.clock import SystemClock
from assetbook.execution.capture import Sink, into, watched
kept = []
with watched(), into(Sink("run1", "orders", SystemClock(), kept.extend)):
    warnings.warn("a column is empty")
print([(each.stream, "UserWarning: a column is empty" in each.text) for each in kept])
"""


def test_warnings_are_kept() -> None:
    # in a process of its own, since a test runner takes warnings for itself
    told = subprocess.run(
        [sys.executable, "-W", "always", "-c", WARNING_STEP],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert told.stdout == "[('stderr', True)]\n"
    assert "a column is empty" in told.stderr


def test_displays_are_kept_and_shown(kept: Kept) -> None:
    shell = InteractiveShell.instance()
    assert running_shell() is shell
    publisher = shell.display_pub
    with watched(), into(kept.sink):
        print("before")
        display({"text/plain": "a table", "image/png": b"\x89PNG"}, raw=True)
        display({"text/plain": "the same, updated"}, raw=True, display_id="x", update=True)
    # a slow computer may keep what was printed in two parts
    assert list(dict.fromkeys(each.stream for each in kept.records)) == ["stdout", "display"]
    assert kept.records[-1].text == "a table"
    assert kept.records[-1].bundle == {"text/plain": "a table", "image/png": "iVBORw=="}
    assert "publish" not in vars(publisher)


def test_a_publisher_that_somebody_else_replaced_stays_so() -> None:
    publisher = InteractiveShell.instance().display_pub
    seen: list[object] = []

    def own(data: object, *args: object, **kwargs: object) -> None:
        seen.append(data)

    publisher.publish = own
    try:
        with watched():
            display({"text/plain": "x"}, raw=True)
        assert publisher.publish is own and seen == [{"text/plain": "x"}]
    finally:
        del publisher.publish


def in_threads(*works: Callable[[], None]) -> None:
    """Runs each work in a thread with a copy of the context in which this was called."""
    threads = [threading.Thread(target=contextvars.copy_context().run, args=(w,)) for w in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_print_into_the_step_that_started_them() -> None:
    steps = {name: Kept(name) for name in ("a", "b")}
    meeting = threading.Barrier(2)

    def step(name: str) -> None:
        def work() -> None:
            meeting.wait()
            for number in range(200):
                print(f"{name}{number}")

        with into(steps[name].sink):
            in_threads(work)

    with watched():
        in_threads(lambda: step("a"), lambda: step("b"))
    for name, kept in steps.items():
        assert kept.text("stdout").split() == [f"{name}{number}" for number in range(200)]
        assert {each.step for each in kept.records} == {name}


def test_many_threads_of_one_step_lose_nothing(kept: Kept) -> None:
    def work() -> None:
        for _ in range(2_000):
            sys.stdout.write("12345678\n")

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with watched(), into(kept.sink):
            in_threads(*[work] * 4)
    finally:
        sys.setswitchinterval(before)
    assert kept.text("stdout") == "12345678\n" * 8_000


def test_secrets_are_scrubbed(kept: Kept) -> None:
    secret = Secret("hunter2-token").get_value()
    with watched(), into(kept.sink):
        print("with", secret)
        step_log.info("again %s", secret)
    assert [each.text for each in kept.records] == ["with ***\n", "again ***"]


def test_long_output_is_delivered_as_it_comes(kept: Kept) -> None:
    with watched(), into(kept.sink):
        print("x" * 100_000)
        assert len(kept.delivered) >= 1


def test_a_stream_keeps_its_other_methods() -> None:
    with plain_streams(), watched():
        assert not sys.stdout.isatty()
        assert sys.stdout.getvalue() == ""  # type: ignore[attr-defined]
        sys.stdout.flush()
