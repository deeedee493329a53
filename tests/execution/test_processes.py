"""What is special about steps in worker processes: what travels, and what becomes of a dead one."""

from __future__ import annotations

import contextvars
import linecache
import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from tests.process_tree import workers_of

from assetbook import (
    AssetExecutionContext,
    ConfigurableResource,
    Instance,
    Secret,
    asset,
    job,
    op,
)
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.errors import DefinitionError
from assetbook.execution.processes.death import death_of
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.processes.forking import WorkerEnd
from assetbook.execution.processes.output import StepOutput
from assetbook.execution.processes.pool import WorkerPool, pool
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.loaded import load
from assetbook.instance.materializing import (
    MaterializeOutcome,
    Options,
    materialize_definitions,
    origin_of,
)
from assetbook.notebook.asset_cell import CellFunction

PATIENCE = 20.0  # seconds


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


def make(
    instance: Instance, *assets: object, workers: int = 1, force: bool = False
) -> MaterializeOutcome:
    return materialize_definitions(
        assets,
        instance=instance,
        executor=ProcessExecutor(workers),
        raise_on_error=False,
        options=Options(force=force),
    )


def message(outcome: MaterializeOutcome, name: str) -> str:
    [found] = [each for each in outcome.outcomes if each.step.name == name]
    return found.message + (str(found.exception) if found.exception else "")


def printed(instance: Instance, outcome: MaterializeOutcome, name: str) -> str:
    assert outcome.run_id is not None
    return "".join(each.record.text for each in instance.logs(outcome.run_id, name))


def traceback(outcome: MaterializeOutcome, name: str) -> str:
    (error,) = (each.error for each in outcome.outcomes if each.step.name == name)
    assert error is not None
    return error.traceback


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2] == "Z"


def test_a_dead_worker_fails_its_step_alone(instance: Instance) -> None:
    @asset
    def dies() -> int:
        print("the last words", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        return 1

    @asset
    def reads_it(dies: int) -> int:
        return dies

    @asset
    def apart() -> int:
        time.sleep(0.1)
        return 1

    outcome = make(instance, dies, reads_it, apart, workers=2)
    statuses = {each.step.name: each.status for each in outcome.outcomes}
    assert statuses == {"dies": "failed", "reads_it": "upstream_failed", "apart": "done"}
    assert "its process was ended by SIGKILL" in message(outcome, "dies")
    assert "MB of memory at most" in message(outcome, "dies")
    assert printed(instance, outcome, "dies") == "the last words\n"
    assert "assetbook/" not in traceback(outcome, "dies")


@pytest.mark.parametrize("code", [0, 3])
def test_a_worker_that_ends_itself_says_its_exit_code(instance: Instance, code: int) -> None:
    @asset(ignore={"code"})
    def leaves() -> int:
        os._exit(code)

    assert f"its process ended with exit code {code}" in message(make(instance, leaves), "leaves")


def test_output_of_programs_stays_with_the_step(instance: Instance) -> None:
    @asset
    def talks() -> int:
        print("from Python")
        subprocess.run([sys.executable, "-c", "print('from a program')"], check=True)
        os.write(2, b"from a descriptor, \xff\n")
        return 1

    @asset
    def silent(talks: int) -> int:
        return talks

    outcome = make(instance, talks, silent)
    assert outcome.success
    text = printed(instance, outcome, "talks")
    assert "from Python\nfrom a program\n" in text
    assert "from a descriptor, \N{REPLACEMENT CHARACTER}\n" in text
    assert printed(instance, outcome, "silent") == ""


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        yield connection


def test_what_cannot_be_sent_is_named_before_anything_runs(
    instance: Instance, connection: sqlite3.Connection, tmp_path: Path
) -> None:
    @asset
    def orders() -> int:
        (tmp_path / "ran").touch()
        return 1

    def rows() -> list[object]:
        return connection.execute("select 1").fetchall()

    @asset(ignore={"connection"})
    def total(orders: int) -> int:
        return orders + len(rows())

    with pytest.raises(DefinitionError) as caught:
        make(instance, orders, total)
    said = str(caught.value)
    assert "sending `total` to another process: it reads `connection`, a Connection" in said
    assert "--executor threads" in said
    assert not (tmp_path / "ran").exists()
    assert instance.runs() == []


def test_what_stays_here_need_not_be_sendable(
    instance: Instance, connection: sqlite3.Connection
) -> None:
    @asset(ignore={"connection"}, tags={"assetbook/executor": "in-process"})
    def orders() -> int:
        return len(connection.execute("select 1").fetchall())

    @asset
    def total(orders: int) -> int:
        return orders

    assert make(instance, orders, total).success


def test_a_tag_sends_what_cannot_go_and_is_told(
    instance: Instance, connection: sqlite3.Connection
) -> None:
    @asset(ignore={"connection"}, tags={"assetbook/executor": "processes"})
    def orders() -> int:
        return len(connection.execute("select 1").fetchall())

    with pytest.raises(DefinitionError, match="it reads `connection`"):
        materialize_definitions([orders], instance=instance)


def test_an_op_that_cannot_be_sent_is_named_before_anything_runs(
    instance: Instance, connection: sqlite3.Connection, tmp_path: Path
) -> None:
    @op
    def first() -> int:
        (tmp_path / "ran").touch()
        return 1

    @op
    def second(n: int) -> int:
        return n + len(connection.execute("select 1").fetchall())

    @job
    def both() -> None:
        second(first())

    with pytest.raises(DefinitionError, match=r"sending `second` .* it reads `connection`"):
        run_job(both, instance, JobOptions(), origin=origin_of("test"), executor=ProcessExecutor(1))
    assert not (tmp_path / "ran").exists()


def test_the_cell_of_what_cannot_be_sent_is_named(
    instance: Instance, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import sqlite3\n\nconnection = sqlite3.connect(':memory:')\n"
    monkeypatch.setitem(linecache.cache, "cell of the test", (len(text), None, text.splitlines(True), "cell of the test"))  # fmt: skip  # noqa: E501

    @asset(ignore={"connection"})
    def orders() -> int:
        return len(connection.execute("select 1").fetchall())

    with pytest.raises(DefinitionError, match=r"cannot be sent \(cell of the test, line 3\)"):
        make(instance, orders)


def test_what_is_large_is_named(instance: Instance) -> None:
    many_zeros = np.zeros(400_000)  # no cell of another test binds that name

    @asset(ignore={"many_zeros"})
    def total() -> float:
        return float(many_zeros.sum())

    outcome = make(instance, total)
    assert outcome.success
    assert "`many_zeros` goes along with the code of `total`: 3.2 MB" in printed(
        instance, outcome, "total"
    )


def test_a_resource_that_cannot_be_sent_says_so_where_it_is_asked_for(instance: Instance) -> None:
    class Plain(ConfigurableResource):
        name: str = "plain"

    class Locked(ConfigurableResource):
        token: Secret

    @asset
    def uses_plain(plain: Plain) -> str:
        return plain.name

    @asset
    def uses_locked(locked: Locked) -> str:
        return str(locked.token)

    outcome = materialize_definitions(
        [uses_plain, uses_locked],
        instance=instance,
        executor=ProcessExecutor(1),
        resources={"plain": Plain(), "locked": Locked(token=Secret("hunter2-hunter2"))},
        raise_on_error=False,
    )
    statuses = {each.step.name: each.status for each in outcome.outcomes}
    print([str(each.exception) for each in outcome.outcomes], outcome.outcomes[0].error)
    assert statuses == {"uses_plain": "done", "uses_locked": "failed"}
    said = message(outcome, "uses_locked")
    assert "the resource `locked`: it cannot be sent" in said and "hunter2" not in said
    assert 'Give EnvVar("NAME") instead' in said


def test_secrets_of_a_worker_are_masked_here(
    instance: Instance, capfd: pytest.CaptureFixture[str]
) -> None:
    @asset
    def leaks() -> int:
        found = Secret("tulip-rose-" + "daisy")
        print(f"the token is {found.get_value()}")
        raise ValueError(found.get_value())

    outcome = make(instance, leaks)
    assert "tulip" not in printed(instance, outcome, "leaks")
    kept = "".join(repr(each.event) for each in instance.events())
    assert "the token is ***" in printed(instance, outcome, "leaks")
    assert "tulip-rose-daisy" not in kept.replace('tulip-rose-" + "daisy', "")


def test_each_run_begins_with_fresh_modules_and_functions(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "rates_of_today.py"
    monkeypatch.syspath_prepend(str(tmp_path))
    found = []
    for rate in (1, 2):
        module.write_text(f"RATE = {rate}\n", encoding="utf-8")
        sys.modules.pop("rates_of_today", None)

        @asset
        def priced() -> int:
            import rates_of_today

            return int(rates_of_today.RATE)

        assert make(instance, priced).success
        found.append(instance.value("priced"))
    assert found == [1, 2]


def test_functions_of_local_modules_go_as_they_are_here(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helpers = ModuleType("helpers_of_a_notebook")
    helpers.__file__ = str(tmp_path / "helpers_of_a_notebook.py")
    Path(helpers.__file__).write_text("def double(n): return n * 3\n", encoding="utf-8")
    exec(compile("def double(n): return n * 2\n", helpers.__file__, "exec"), vars(helpers))
    monkeypatch.setitem(sys.modules, helpers.__name__, helpers)
    double: Callable[[int], int] = vars(helpers)["double"]

    @asset
    def doubled() -> int:
        return double(21)

    assert make(instance, doubled).success
    assert instance.value("doubled") == 42


def test_the_place_of_the_run_travels(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asset
    def place() -> list[str]:
        return [os.environ["MARKET"], str(Path.cwd())]

    (tmp_path / "sub").mkdir()
    for market, folder in (("berlin", tmp_path), ("porto", tmp_path / "sub")):
        monkeypatch.setenv("MARKET", market)
        monkeypatch.chdir(folder)
        assert make(instance, place, force=True).success
        assert instance.value("place") == [market, str(folder)]


def test_cells_take_along_what_they_read(
    instance: Instance, connection: sqlite3.Connection
) -> None:
    def clean(text: str) -> str:
        return text.strip()

    namespace = {"clean": clean, "words": [" a ", "b"], "connection": connection}
    cell = CellFunction("tidy", "tidy = [clean(each) for each in words]", namespace, where="In[1]")
    tidy = _asset_of(cell)
    outcome = make(instance, tidy)
    assert outcome.success, message(outcome, "tidy")
    assert instance.value("tidy") == ["a", "b"]


def _asset_of(cell: CellFunction) -> AssetsDefinition:
    @asset(name=cell.__name__)
    def made() -> None:
        return None

    [port] = made.outputs
    return made.replace(compute=cell, outputs=(port._replace(has_value=True, dagster_type=None),))


def test_workers_stay_for_the_next_run_and_end_when_let_go(instance: Instance) -> None:
    pool.close()

    @asset
    def who() -> int:
        return os.getpid()

    pids = []
    for _ in range(2):
        assert make(instance, who, force=True).success
        pids.append(instance.value("who"))
    assert pids[0] == pids[1] != os.getpid()
    pool.close()
    assert is_gone(pids[0])


def test_workers_end_with_the_process_that_runs(tmp_path: Path) -> None:
    program = """
import os, pathlib, sys, time
from assetbook import Instance, asset
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.instance.materializing import materialize_definitions
@asset
def slow() -> int:
    pathlib.Path("pid").write_text(str(os.getpid()))
    time.sleep(600)
    return 1
folder = pathlib.Path.cwd()
(folder / "pyproject.toml").touch()
materialize_definitions([slow], instance=Instance.get(folder), executor=ProcessExecutor(1))
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path)
    until = time.monotonic() + PATIENCE
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.01)
    worker = int((tmp_path / "pid").read_text())
    assert not is_gone(worker)
    process.kill()
    process.wait()
    while not is_gone(worker):
        assert time.monotonic() < until, "the worker lives on"
        time.sleep(0.01)


def test_a_mark_that_comes_in_pieces_is_found() -> None:
    read, write = os.pipe()
    output = StepOutput(read, b"\x1emark\n")
    texts = []
    for piece in (b"one\x1ema", b"rk\ntwo\xc3", b"\xbc\x1e", b"mark\n"):
        os.write(write, piece)
        texts.append((output.read(), output.step_over))
        if output.step_over:
            output.begin()
    assert "".join(text for text, _ in texts).startswith("one")
    os.close(write)
    output.close()


def test_loading_names_the_executor() -> None:
    from assetbook import Definitions

    executor = ProcessExecutor(3)
    assert load([Definitions(executor=executor)], Instance.ephemeral()).executor is executor


def test_a_forked_process_leaves_the_workers_of_the_other_alone(instance: Instance) -> None:
    @asset
    def one() -> int:
        return 1

    assert make(instance, one).success  # a worker is idle now
    mine = WorkerPool()
    idle = pool.take()
    mine.put_back(idle)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        taken = mine.take()
        os.write(write, b"other" if taken.pid != idle.pid else b"the same")
        taken.end()
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 20) == b"other"
    assert not is_gone(idle.pid)
    mine.close()
    os.close(read)
    os.close(write)


def test_a_dead_worker_is_noticed_though_its_children_hold_what_it_had(instance: Instance) -> None:
    @asset
    def leaves_a_child() -> int:
        if os.fork() == 0:
            os.setsid()  # as a daemon would: it is not ended with the worker
            time.sleep(PATIENCE)
            os._exit(0)
        print("the last words", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        return 1

    began = time.monotonic()
    outcome = make(instance, leaves_a_child)
    assert "ended by SIGKILL" in message(outcome, "leaves_a_child")
    assert printed(instance, outcome, "leaves_a_child") == "the last words\n"
    assert time.monotonic() - began < PATIENCE / 2


def test_a_step_beyond_its_limit_of_memory_says_how_much_it_had(instance: Instance) -> None:
    @asset
    def greedy() -> int:
        limit = 4 << 30
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        return len(bytearray(limit))

    @asset
    def modest() -> int:
        return 1

    outcome = make(instance, greedy, modest)
    said = message(outcome, "greedy")
    assert re.search(r"MemoryError: its process had used \d+ MB of memory at most, and may have 4,295 MB", said)  # fmt: skip  # noqa: E501
    assert instance.value("modest") == 1
    pool.close()  # its limit stays


@pytest.mark.parametrize(
    ("kills", "said"),
    [(0, "a limit on memory, as a container's"), (1, "the computer's memory ran out meanwhile")],
)
def test_the_likely_cause_of_a_kill_is_said(kills: int, said: str) -> None:
    found = str(death_of("orders", WorkerEnd(-signal.SIGKILL, 5_000_000_000), kills))
    assert "the step `orders`: its process was ended by SIGKILL" in found
    assert "5,000 MB of memory at most" in found and said in found


def test_threads_of_a_step_speak_at_once(instance: Instance) -> None:
    @asset
    def choir(context: AssetExecutionContext) -> int:
        def sing(voice: str) -> None:
            for _ in range(10):
                context.log.info(voice * 30_000)  # more than one write sends

        here = [contextvars.copy_context() for _ in "abcd"]
        threads = [
            threading.Thread(target=each.run, args=(sing, voice))
            for each, voice in zip(here, "abcd", strict=True)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return 1

    outcome = make(instance, choir)
    assert outcome.success, message(outcome, "choir")
    logged = [each.record for each in instance.logs(outcome.run_id or "", "choir")]
    lines = [each.text for each in logged if each.stream == "log"]
    assert all(set(each) == {each[0]} and len(each) == 30_000 for each in lines)
    assert Counter(each[0] for each in lines) == dict.fromkeys("abcd", 10)


def test_a_worker_that_dies_between_two_steps_costs_none(instance: Instance) -> None:
    @asset
    def leaves_late() -> int:
        def leave() -> None:
            os.kill(os.getpid(), signal.SIGSTOP)  # it takes one more request, and never begins

        import assetbook.execution.processes.worker_line as line

        asked = line.WorkerLine.asked

        def dying(self: line.WorkerLine) -> object:
            leave()
            return asked(self)

        line.WorkerLine.asked = dying  # type: ignore[method-assign,assignment]
        return os.getpid()

    @asset
    def kills_it(leaves_late: int) -> int:
        return leaves_late

    def end_it() -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            stopped = [worker for worker in workers_of(os.getpid()) if is_stopped(worker)]
            if stopped:
                time.sleep(0.2)  # so that it has been asked
                os.kill(stopped[0], signal.SIGKILL)
                return
            time.sleep(0.005)

    pool.close()
    killer = threading.Thread(target=end_it)
    killer.start()
    outcome = make(instance, leaves_late, kills_it)
    killer.join()
    assert outcome.success, message(outcome, "kills_it")
    assert instance.value("kills_it") == instance.value("leaves_late")


def test_interrupts_at_any_instant_lose_no_worker(instance: Instance) -> None:
    @asset
    def talks() -> int:
        for number in range(3_000):
            print(number)
            time.sleep(0.001)
        return 1

    pool.close()
    instants = random.Random(3)
    for _ in range(8):
        with interrupted(after=instants.uniform(0.05, 0.4)), pytest.raises(KeyboardInterrupt):
            make(instance, talks, force=True)
    pool.close()
    assert workers_of(os.getpid()) == []


@contextmanager
def interrupted(after: float) -> Iterator[None]:
    """Interrupts this process then, and again where Python lost that: in a finalizer it does."""
    raised = threading.Event()

    def interrupt() -> None:
        time.sleep(after)
        while not raised.is_set():
            os.kill(os.getpid(), signal.SIGINT)
            raised.wait(2)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        yield
    finally:
        raised.set()
        thread.join()


def is_stopped(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] == "T"
