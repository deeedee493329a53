"""``cancel``: a run in another process, in this one, one that does not react, one that is dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.contracts.store import RUN, started
from tests.instance.queueing import Held, holding, limited
from tests.process_tree import workers_of
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.gated import environment, gated, until, waiting_run
from tests.surfaces.shell import told

import assetbook
from assetbook.errors import ConflictError, RunEndedError, SelectionError, UsageError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import Origin
from assetbook.instance.canceling import Means, cancel_run
from assetbook.instance.instance import Instance
from assetbook.storage.process_identity import ProcessIdentity, current_process
from assetbook.surfaces.desk import StoreDesk

ADA = Origin(kind="cli", user="ada", host="lab")
# `deaf` waits for what never comes and hears no interrupt, in a program of somebody's
DEAF = """
import signal, sys, time
from assetbook import Instance, asset, materialize
@asset
def first(): return 1
@asset
def deaf(first):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    {more}
    print("waiting", flush=True)
    while True: time.sleep(0.05)
materialize([first, deaf], instance=Instance.get())
"""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    opened = Instance.get(tmp_path)
    yield opened
    opened.close()


def deaf_run(folder: Path, more: str = "pass") -> subprocess.Popen[bytes]:
    program = DEAF.replace("{more}", more)
    process = subprocess.Popen([sys.executable, "-c", program], cwd=folder, env=environment())
    waiting_run(folder)
    return process


def test_a_run_of_another_process_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    with gated(tmp_path, "--executor", "processes", "--workers", "2") as (instance, run):
        workers = workers_of(run.owner.pid)
        assert workers
        monkeypatch.chdir(tmp_path)
        began = time.monotonic()
        found = told("cancel", run.id[:6])
        assert time.monotonic() - began < 5
    assert found.exit_code == 0
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    assert f"interrupting process {run.owner.pid}" in found.stdout
    assert "terminating" not in found.stdout
    instance = Instance.get(tmp_path)
    ended = instance.run(run.id)
    assert ended.status == "canceled"
    assert ended.message.startswith("canceled by ")
    assert instance.value("first") == 1  # what was committed stays
    assert instance.versions("second") == []
    with pytest.raises(ConflictError, match="it has ended: canceled"):
        assetbook.cancel(run.id, desk=StoreDesk(instance))
    instance.close()


@pytest.mark.long
def test_a_run_that_is_terminated_ends_as_one_that_is_interrupted(tmp_path: Path) -> None:
    with gated(tmp_path) as (instance, run):
        os.kill(run.owner.pid, signal.SIGTERM)
        until(lambda: instance.run(run.id).status != "started")
        ended = instance.run(run.id)
    assert (ended.status, ended.message) == ("canceled", "interrupted")


def test_what_does_not_react_is_ended_only_if_that_is_wanted(
    tmp_path: Path, instance: Instance
) -> None:
    process = deaf_run(tmp_path, "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    (run,) = instance.runs()
    said: list[str] = []
    left = cancel_run(instance, run.id, ADA, Means(grace=0.3), said.append)
    assert left.status == "canceling"
    assert [each.split()[0] for each in said] == ["interrupting", "process"]
    assert "--kill ends it too" in said[-1]
    assert process.poll() is None
    said.clear()
    ended = cancel_run(instance, run.id, ADA, Means(kill=True, grace=0.3), said.append)
    assert [each.split()[0] for each in said] == ["it", "interrupting", "terminating", "killing"]
    assert said[0] == "it was canceled by ada on lab before, and has not ended yet"
    assert process.wait(10) == -signal.SIGKILL
    assert (ended.status, "died while it ran" in ended.message) == ("canceled", True)
    assert instance.value("first") == 1


def test_a_run_on_another_thread_of_this_process_is_interrupted(instance: Instance) -> None:
    waits = threading.Event()

    @assetbook.asset
    def slow() -> None:
        waits.set()
        while True:
            time.sleep(0.01)

    raised: list[BaseException] = []

    def work() -> None:
        try:
            assetbook.materialize([slow], instance=instance)
        except BaseException as error:  # noqa: BLE001
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert waits.wait(10)
    (run,) = instance.runs()
    ended = cancel_run(instance, run.id, ADA, Means())
    assert (ended.status, ended.message) == ("canceled", "canceled by ada on lab")
    thread.join(10)
    assert isinstance(raised[0], KeyboardInterrupt)


def test_a_run_that_nobody_here_can_reach_ends_when_it_commits(instance: Instance) -> None:
    """As on another host: the request is in the store, and the run itself finds it there."""
    said: list[str] = []
    seen: list[Any] = []
    elsewhere = replace(current_process(), boot="another", host="far")

    @assetbook.asset
    def first() -> int:
        (run,) = instance.store.runs()
        seen.append(cancel_far(instance, run.id, elsewhere, said))
        return 1

    @assetbook.asset
    def second(first: int) -> int:
        time.sleep(0.3)
        return first

    @assetbook.asset
    def third(second: int) -> int:
        return second

    with pytest.raises(KeyboardInterrupt):
        assetbook.materialize([first, second, third], instance=instance)
    (run,) = instance.runs()
    assert (run.status, run.message) == ("canceled", "canceled by ada on lab")
    assert "cannot be reached from here" in said[0]
    assert seen[0].status == "canceling"
    made = {each.event.key for each in instance.events(kinds=[AssetMaterialized])}  # type: ignore[union-attr]
    assert "third" not in made


def cancel_far(instance: Instance, run_id: Any, owner: ProcessIdentity, said: list[str]) -> Any:
    """What a process of another host does that cancels a run of this one."""
    runs = instance.store.runs

    class Far:
        def __getattr__(self, name: str) -> Any:
            return getattr(instance, name)

        def run(self, beginning: str) -> Any:
            return replace(runs(beginning=beginning)[0], owner=owner)

    return cancel_run(Far(), run_id, ADA, Means(), said.append)  # type: ignore[arg-type]


def test_a_dead_run_is_said_to_be(instance: Instance) -> None:
    instance.store.commit([started()])  # this process does not run it
    with pytest.raises(ConflictError, match=r"it has ended: failed \(.* no longer runs it\)"):
        cancel_run(instance, RUN, ADA, Means())


def test_a_run_whose_canceler_died_is_canceled_when_its_process_is_gone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    process = deaf_run(tmp_path)
    instance = Instance.get(tmp_path)
    (run,) = instance.runs()
    cancel_run(instance, run.id, ADA, Means(grace=0.0))
    process.kill()
    process.wait()
    (run,) = instance.runs()
    assert run.status == "canceled"
    instance.close()


def test_a_run_that_waits_for_its_turn_leaves_the_queue(tmp_path: Path) -> None:
    opened = limited(tmp_path, "max_concurrent_runs = 1")
    with holding(opened, "first"):
        second = Held(opened, "second")
        until(lambda: opened.store.runs(statuses=["queued"]))
        (waits,) = opened.store.runs(statuses=["queued"])
        began = time.monotonic()
        ended = cancel_run(opened, waits.id, ADA, Means())
        assert time.monotonic() - began < 1
        assert (ended.status, ended.message) == ("canceled", "canceled by ada on lab")
        second.let_go()
        assert isinstance(second.error, RunEndedError)
        assert not second.inside.is_set()
    opened.close()


def test_a_cell_says_what_took_too_long(book: Book) -> None:
    book.run("import time\n@asset\ndef slow():\n    time.sleep(30)")
    with pytest.raises(CellFailedError, match=r"TimeLimitError: the run \w+: took longer than 0.2"):
        book.run("%materialize slow --timeout 0.2s")
    assert book.instance.runs()[0].status == "failed"
    assert book.run("print(6 * 7)") == "42\n"
    with pytest.raises(CellFailedError, match="--timeout soon: it is no time"):
        book.run("%materialize slow --timeout soon")


def test_a_launched_job_that_takes_too_long_has_failed(book: Book) -> None:
    book.run(
        "import time\nfrom assetbook import job, launch, op\n"
        "@op\ndef slow():\n    time.sleep(30)\n@job\ndef nightly():\n    slow()"
    )
    with pytest.raises(CellFailedError, match=r"TimeLimitError: the run \w+: took longer than 0.2"):
        book.run("%launch nightly --timeout 0.2s")
    with pytest.raises(CellFailedError, match=r"TimeLimitError: the run \w+: took longer than 0.1"):
        book.run("launch('nightly', timeout=0.1)")
    assert book.instance.runs()[0].tags == {"assetbook/max_runtime": "0.1"}


def test_without_a_run_those_on_their_way_are_named(tmp_path: Path) -> None:
    opened = limited(tmp_path, "max_concurrent_runs = 1")
    with pytest.raises(UsageError, match="it names no run\nNo run is on its way"):
        assetbook.cancel(desk=StoreDesk(opened))
    with holding(opened, "first"):
        (run,) = opened.runs()
        with pytest.raises(UsageError, match=rf"`%cancel {run.id[:6]}`  \*, running, just now"):
            assetbook.cancel(desk=StoreDesk(opened))
    opened.close()


def test_no_such_run_is_an_error(instance: Instance) -> None:
    with pytest.raises(SelectionError, match="there is none"):
        assetbook.cancel("zzz", desk=StoreDesk(instance))
