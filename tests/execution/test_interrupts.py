"""An interrupt waits for a commit, and is raised right after it: real signals."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from assetbook.execution.interrupts import FirstInterrupt, interrupts_held
from assetbook.execution.time_limits import InterruptedAfter


@pytest.fixture(autouse=True)
def own_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_is_raised_right_after_the_block() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt):
        with interrupts_held():
            interrupt()
            done.append("committed")
        done.append("too late")
    assert done == ["committed"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_the_block_the_work_is_cut_off() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt):
        interrupt()
        done.append("committed")
    assert done == []


def test_without_an_interrupt_nothing_is_raised() -> None:
    with interrupts_held():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_two_interrupts_are_one() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts_held():
        interrupt()
        interrupt()


def test_an_inner_block_hands_on_to_the_outer() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), interrupts_held():
        with interrupts_held():
            interrupt()
        done.append("still held")
    assert done == ["still held"]


def test_a_failure_in_the_block_is_kept_behind_the_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt) as raised, interrupts_held():
        interrupt()
        raise OSError("disk full")
    assert isinstance(raised.value.__context__, OSError)


def test_an_ignored_interrupt_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupts_held():
        interrupt()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_handler_of_the_persons_own_is_called() -> None:
    seen: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    with interrupts_held():
        interrupt()
        assert seen == []
    assert seen == [signal.SIGINT]


def test_off_the_main_thread_nothing_is_held() -> None:
    handlers = []

    def work() -> None:
        with interrupts_held():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]


def test_the_first_interrupt_is_raised_and_what_it_ends_is_left_in_peace() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), FirstInterrupt():
        try:
            interrupt()
            done.append("not reached")
        finally:
            interrupt()
            done.append("ended")
    assert done == ["ended"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_that_was_left_waiting_is_raised_at_the_end() -> None:
    """As that of a time limit, which waits until it is."""
    done = []
    with pytest.raises(KeyboardInterrupt), FirstInterrupt():
        with suppress(KeyboardInterrupt):
            interrupt()
        interrupt()
        done.append("went on")
    assert done == ["went on"]


def test_a_time_limit_interrupts_inside() -> None:
    limit = InterruptedAfter(0.05)
    with pytest.raises(KeyboardInterrupt), limit, FirstInterrupt():
        try:
            time.sleep(10)
        finally:
            interrupt()
    limit.end()
    assert limit.expired
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_on_another_thread_nothing_is_changed() -> None:
    found = []

    def work() -> None:
        with FirstInterrupt():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]
