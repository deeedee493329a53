"""What threads print lands with the step that started them, or that submitted the work."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest
from joblib import Parallel, delayed
from tests.execution.kept import Kept, plain_streams

from assetbook import Instance, asset
from assetbook.execution import thread_context
from assetbook.execution.capture import into, step_log, watched
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.materializing import materialize_definitions

older_pool = ThreadPoolExecutor(2)
older_pool.submit(int).result()
older_thread_pool = ThreadPool(2)


@pytest.fixture(autouse=True, scope="module")
def ended_pools() -> Iterator[None]:
    yield
    older_pool.shutdown()
    older_thread_pool.terminate()
    older_thread_pool.join()


WORDS = ["a", "b", "c", "d"]


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")  # print() writes the end of the line apart


def by_threads() -> None:
    threads = [threading.Thread(target=say, args=(word,)) for word in WORDS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def by_a_subclass() -> None:
    class Sayer(threading.Thread):
        def run(self) -> None:
            by_threads()

    sayer = Sayer()
    sayer.start()
    sayer.join()
    assert "run" not in vars(sayer)


def by_a_pool() -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(say, WORDS))


def by_an_older_pool() -> None:
    list(older_pool.map(say, WORDS))


def by_nested_pools() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(by_an_older_pool).result()


def by_a_thread_pool() -> None:
    older_thread_pool.map(say, WORDS[:2], chunksize=1)
    for _ in older_thread_pool.imap_unordered(say, WORDS[2:]):
        pass


def by_asyncio() -> None:
    async def main() -> None:
        await asyncio.gather(*[asyncio.to_thread(say, word) for word in WORDS[:2]])
        loop = asyncio.get_running_loop()
        await asyncio.gather(*[loop.run_in_executor(None, say, word) for word in WORDS[2:]])

    asyncio.run(main())


def by_joblib() -> None:
    Parallel(n_jobs=2, backend="threading")(delayed(say)(word) for word in WORDS)


WAYS = [
    by_threads,
    by_a_subclass,
    by_a_pool,
    by_an_older_pool,
    by_nested_pools,
    by_a_thread_pool,
    by_joblib,
    by_asyncio,
]


@pytest.mark.parametrize("way", WAYS)
def test_threads_print_into_their_step(way: Callable[[], None]) -> None:
    kept = Kept()
    with watched(), into(kept.sink):
        way()
    assert sorted(kept.text("stdout").split()) == WORDS


def mixed_up() -> int:
    """How many lines of two steps, with four threads each by one pool, are not with their own."""
    steps = {name: Kept(name) for name in ("x", "y")}
    meeting = threading.Barrier(8)

    def work(name: str) -> None:
        meeting.wait()
        for number in range(50):
            say(f"{name}{number}")

    def step(name: str) -> None:
        with into(steps[name].sink):
            for future in [pool.submit(work, name) for _ in range(4)]:
                future.result()

    with ThreadPoolExecutor(8) as pool, watched():
        both = [threading.Thread(target=step, args=(name,)) for name in steps]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
    return 400 - sum(
        line.startswith(name)
        for name, kept in steps.items()
        for line in kept.text("stdout").split()
    )


def test_two_steps_with_four_threads_each_do_not_mix() -> None:
    assert mixed_up() == 0


def test_without_the_carried_context_they_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetbook.execution.capture.carry_contexts", lambda: lambda: None)
    assert mixed_up() == 400


def test_a_thread_that_outlives_its_step_is_shown_and_not_kept() -> None:
    kept = Kept()
    over = threading.Event()

    def work() -> None:
        over.wait()
        print("late")
        step_log.info("late, too")

    thread = threading.Thread(target=work)
    with plain_streams() as (out, err), watched():
        with into(kept.sink):
            print("in time")
            thread.start()
        over.set()
        thread.join()
    assert kept.text("stdout") == "in time\n" and kept.text("log") == ""
    assert out.getvalue() == "in time\nlate\n" and err.getvalue() == "INFO late, too\n"


def test_a_pool_of_a_step_is_nobodys_afterwards() -> None:
    kept = Kept()
    step = contextvars.ContextVar("step", default="none")

    def inside() -> str:
        with into(kept.sink):
            step.set("orders")
            return pool.submit(step.get).result()

    with ThreadPoolExecutor(1) as pool, watched():
        assert contextvars.copy_context().run(inside) == "orders"
        assert pool.submit(step.get).result() == "none"


def test_everything_is_put_back() -> None:
    before = threading.Thread.start, ThreadPoolExecutor.submit
    pool_names = set(vars(ThreadPool))
    with watched(), watched():
        assert before != (threading.Thread.start, ThreadPoolExecutor.submit)
    assert before == (threading.Thread.start, ThreadPoolExecutor.submit)
    assert set(vars(ThreadPool)) == pool_names


def test_what_another_library_puts_on_top_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[threading.Thread] = []
    kept = Kept()
    monkeypatch.setattr(threading.Thread, "start", threading.Thread.start)  # put back at the end
    undo = thread_context.carry_contexts()
    ours = threading.Thread.start

    def counting(thread: threading.Thread) -> None:
        started.append(thread)
        ours(thread)

    threading.Thread.start = counting  # type: ignore[method-assign]
    undo()
    assert threading.Thread.start is counting
    with watched(), into(kept.sink):
        by_threads()
    assert len(started) >= 4 and sorted(kept.text("stdout").split()) == WORDS


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


def two_assets() -> list[object]:
    """Two assets with threads of their own, one of which goes on after its step."""

    def print_with_threads(name: str) -> None:
        def shout(number: int) -> None:
            time.sleep(0.001)
            sys.stdout.write(f"{name}{number}\n")

        threading.Thread(target=lambda: (time.sleep(0.4), sys.stdout.write("late\n"))).start()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(shout, range(40)))

    @asset
    def first() -> int:
        print_with_threads("first")
        return 1

    @asset
    async def second() -> int:
        await asyncio.to_thread(print_with_threads, "second")
        return 2

    @asset(deps=["first", "second"])
    def third() -> int:
        time.sleep(0.6)
        print("third0")
        return 3

    return [first, second, third]


@pytest.mark.parametrize(
    "executor", [InProcessExecutor(), ThreadExecutor(2), ProcessExecutor(1)], ids=repr
)
def test_in_each_executor_the_output_of_threads_stays_with_its_step(
    instance: Instance, executor: Executor
) -> None:
    outcome = materialize_definitions(two_assets(), instance=instance, executor=executor)
    assert outcome.run_id is not None
    logs = {
        name: "".join(each.record.text for each in instance.logs(outcome.run_id, name))
        for name in ("first", "second", "third")
    }
    for name in ("first", "second"):
        assert sorted(logs[name].split()) == sorted(f"{name}{number}" for number in range(40))
    assert logs["third"] == "third0\n"
