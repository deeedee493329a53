"""What a step logs is kept once, and Python's logging works in a step as in any cell."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.execution.kept import Kept, plain_streams

from assetbook.execution.capture import into, watched


@pytest.fixture
def kept() -> Kept:
    return Kept()


@contextmanager
def bare_root() -> Iterator[logging.Logger]:
    """The root logger as a kernel has it, without the test runner's handlers."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    try:
        yield root
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def of_logs(kept: Kept) -> list[tuple[str | None, str]]:
    return [(each.level, each.text) for each in kept.records]


def test_basic_config_in_a_step_works(kept: Kept) -> None:
    with bare_root(), plain_streams() as streams, watched(), into(kept.sink):
        logging.getLogger("mine").info("before")
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
        logging.getLogger("mine").info("after")
        logging.getLogger("mine").debug("a detail")
    assert of_logs(kept) == [("INFO", "after")]
    assert streams[1].getvalue() == "mine: after\n"


def test_a_handler_of_ones_own_doubles_nothing(kept: Kept) -> None:
    mine = logging.getLogger("mine.own")
    with bare_root(), plain_streams() as streams, watched(), into(kept.sink):
        handler = logging.StreamHandler()
        mine.addHandler(handler)
        mine.warning("once")
        mine.propagate = False
        mine.warning("also alone")
    mine.propagate = True
    assert of_logs(kept) == [("WARNING", "once"), ("WARNING", "also alone")]
    assert streams[1].getvalue() == "once\nalso alone\n"
    assert mine.handlers == [handler], "it stays, as in any cell"
    mine.removeHandler(handler)


def test_a_handler_left_behind_doubles_nothing_later() -> None:
    first, second = Kept("one"), Kept("two")
    with bare_root(), plain_streams() as streams:
        with watched(), into(first.sink):
            logging.warning("in the first")  # which calls basicConfig()
        with watched(), into(second.sink):
            logging.getLogger("mine").warning("in the second")
        logging.getLogger("mine").warning("outside")
    assert of_logs(second) == [("WARNING", "in the second")]
    assert len(first.records) == 1
    assert streams[1].getvalue().splitlines() == [
        "WARNING:root:in the first",
        "WARNING:mine:in the second",
        "WARNING:mine:outside",
    ]


def test_filters_and_levels_are_respected(kept: Kept) -> None:
    mine = logging.getLogger("mine.filtered")
    secretive = lambda record: "secret" not in record.getMessage()  # noqa: E731
    mine.addFilter(secretive)
    with bare_root() as root, plain_streams(), watched(), into(kept.sink):
        root.setLevel(logging.ERROR)
        mine.warning("below the root's level")
        mine.error("a secret")
        mine.error("an error")
    mine.removeFilter(secretive)
    assert of_logs(kept) == [("ERROR", "an error")]


def test_a_wrong_log_line_fails_no_step(kept: Kept) -> None:
    with bare_root(), plain_streams() as streams, watched(), into(kept.sink):
        logging.getLogger("mine").warning("%d rows", "many")
    assert of_logs(kept) == [("WARNING", "%d rows ('many',)")]
    assert "Logging error" in streams[1].getvalue()


def test_a_handlers_own_traceback_format_is_kept(kept: Kept) -> None:
    class Short(logging.Formatter):
        def formatException(self, ei: object) -> str:  # noqa: N802
            return "(short)"

    handler = logging.StreamHandler()
    handler.setFormatter(Short())
    with bare_root() as root, plain_streams() as streams, watched(), into(kept.sink):
        root.addHandler(handler)
        handler.setStream(sys.stderr)
        try:
            raise ValueError("wrong")
        except ValueError:
            logging.getLogger("mine").exception("it failed")
    assert streams[1].getvalue() == "it failed\n(short)\n"
    assert "ValueError: wrong" in kept.text("log")
