"""Coroutines run to their end from ordinary code, with this context, also inside a loop."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any

import pytest

from assetbook.execution.awaiting import run_coroutine

where: ContextVar[str] = ContextVar("where", default="nowhere")


async def after(seconds: float, value: Any) -> Any:
    await asyncio.sleep(seconds)
    return value


def test_the_value_comes_back() -> None:
    assert run_coroutine(after(0, 3)) == 3


def test_a_failure_comes_back_with_its_own_frames() -> None:
    async def broken() -> None:
        await asyncio.sleep(0)
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own") as raised:
        run_coroutine(broken())
    assert raised.traceback[-1].name == "broken"


def test_the_context_goes_along() -> None:
    async def look() -> str:
        return where.get()

    token = where.set("a step")
    try:
        assert run_coroutine(look()) == "a step"
    finally:
        where.reset(token)


def test_a_running_loop_is_no_hindrance() -> None:
    async def outer() -> Any:
        return run_coroutine(after(0, 3))

    assert asyncio.run(outer()) == 3


def test_an_interrupt_cancels_the_coroutine() -> None:
    ended = []

    async def long() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            run_coroutine(long())
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    assert ended == ["cleaned up"]
    assert time.monotonic() - started < 10
    assert not any(thread.name == "assetbook-async" for thread in threading.enumerate())


def test_what_the_coroutine_leaves_behind_is_ended() -> None:
    ended: list[str] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            ended.append("generator")

    async def forgotten() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.append("task")

    async def main() -> int:
        task = asyncio.get_running_loop().create_task(forgotten())
        await asyncio.sleep(0)
        generator = numbers()
        found = await anext(generator)
        assert not task.done()
        return found

    assert run_coroutine(main()) == 1
    assert sorted(ended) == ["generator", "task"]
