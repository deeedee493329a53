"""A run that is awaited: coroutines on the caller's loop, which goes on meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.surfaces.book import Book

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.instance.instance import Instance
from assetbook.surfaces.awaited import materialize_async

LOOPS: list[Any] = []


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance.ephemeral()


def noted() -> tuple[Any, int]:
    return asyncio.get_running_loop(), threading.get_ident()


@asset(ignore={"LOOPS"})
async def one() -> int:
    LOOPS.append(noted())
    await asyncio.sleep(0.3)
    return 1


@asset(ignore={"LOOPS"})
async def two() -> int:
    LOOPS.append(noted())
    await asyncio.sleep(0.3)
    return 2


@asset(ignore={"LOOPS"})
def both(one: int, two: int) -> int:
    LOOPS.append(("sync", threading.get_ident()))
    return one + two


@asset_check(asset=both, ignore={"LOOPS"})
async def three(both: int) -> bool:
    LOOPS.append(noted())
    return both == 3


def test_coroutines_run_on_the_callers_loop_and_together(instance: Instance) -> None:
    LOOPS.clear()

    async def main() -> tuple[Any, float, int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.02)
                ticks += 1

        ticking = asyncio.create_task(tick())
        started = time.monotonic()
        outcome = await materialize_async([one, two, both, three], instance=instance)
        took = time.monotonic() - started
        ticking.cancel()
        assert outcome.success
        assert outcome.asset_value("both") == 3
        return asyncio.get_running_loop(), took, ticks

    loop, took, ticks = asyncio.run(main())
    here = threading.get_ident()
    assert [(loop, here), (loop, here), ("sync", here), (loop, here)] == LOOPS
    assert ticks >= 5
    assert took < 10


def test_what_the_code_raises_is_raised(instance: Instance) -> None:
    @asset
    async def broken() -> int:
        raise ValueError("its own")

    async def main() -> None:
        await materialize_async([broken], instance=instance)

    with pytest.raises(ValueError, match="its own"):
        asyncio.run(main())
    assert instance.runs()[0].status == "failed"


def test_canceling_cancels_the_run_and_waits_for_its_coroutines(instance: Instance) -> None:
    ended = []

    @asset(ignore={"ended"})
    async def long() -> int:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            ended.append("cleaned up")
        return 1

    async def main() -> None:
        await asyncio.wait_for(materialize_async([long], instance=instance), 1)

    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert ended == ["cleaned up"]
    assert instance.runs()[0].status == "canceled"


@pytest.mark.parametrize("is_async", [True, False])
def test_an_interrupt_stops_the_code_at_once(instance: Instance, is_async: bool) -> None:
    @asset
    async def waiting() -> int:
        await asyncio.sleep(60)
        return 1

    @asset
    def busy() -> int:
        for _ in range(6000):
            time.sleep(0.01)
        return 1

    async def main() -> None:
        await materialize_async([waiting if is_async else busy], instance=instance)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(main())
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - started < 30
    assert instance.runs()[0].status == "canceled"


def test_await_works_in_a_cell(book: Book) -> None:
    book.run("import asyncio\n@asset\nasync def orders():\n    print('awaited')\n    return [1]")
    shown = book.run("outcome = await assetbook.materialize_async('orders')\noutcome.success")
    assert "awaited" in shown
    assert book.result is True
    assert book.instance.value("orders") == [1]


def test_an_asset_cell_that_awaits_runs_on_the_loop(book: Book) -> None:
    book.run("import asyncio")
    book.run("%%asset waited --define\nawait asyncio.sleep(0)\n[2]")
    book.run("x = await assetbook.materialize_async('waited')")
    assert book.instance.value("waited") == [2]
