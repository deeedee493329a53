"""Steps wait for a slot of their pool, over all runs of all processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from tests.instance.queueing import Held, Told, elsewhere, holding, limited, until

from assetbook import AssetCheckResult, asset, asset_check, multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.errors import DefinitionError
from assetbook.events.run_events import StepStarted
from assetbook.execution.executor import Executor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import MaterializeOutcome, materialize_definitions
from assetbook.storage.turns import PoolSlot

ONE = "pools = {db = 1}"


@asset(pool="db")
def pooled() -> int:
    return 1


@asset
def free() -> int:
    return 1


def make(
    instance: Instance,
    *definitions: object,
    told: Told | None = None,
    executor: Executor | None = None,
    **tags: str,
) -> MaterializeOutcome:
    """How it went."""
    return materialize_definitions(
        definitions,
        instance=instance,
        raise_on_error=False,
        reporter=told,
        executor=executor,
        tags=tags,
    )


def test_a_step_waits_for_the_slot_of_another_runs_step(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()
    with holding(instance, pool="db") as held:
        waiter = threading.Thread(target=make, args=[instance, pooled], kwargs={"told": told})
        waiter.start()
        until(lambda: told.steps)
        assert told.steps == {"pooled": "1 of 1 slot of the pool db is taken"}
        assert [(each.step, each.taken) for each in instance.store.slots()] == [
            ("held", True),
            ("pooled", False),
        ]
        held.let_go()
        waiter.join(20)
    assert instance.versions("pooled")
    assert instance.store.slots() == []


def test_other_steps_of_the_run_go_on_meanwhile(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()
    with holding(instance, pool="db"):
        waiter = threading.Thread(target=make, args=[instance, pooled, free], kwargs={"told": told})
        waiter.start()
        until(lambda: told.steps)
        until(lambda: instance.versions("free"))
        assert not instance.versions("pooled")
    waiter.join(20)
    assert instance.versions("pooled")


def test_steps_of_one_run_share_the_slots_too(tmp_path: Path) -> None:
    instance = limited(tmp_path, "default_pool_limit = 2")
    running, most, others = [0], [0], threading.Event()
    guard = threading.Lock()

    def pooled_one(name: str) -> object:
        @asset(name=name, pool="api")
        def made() -> int:
            with guard:
                running[0] += 1
                most[0] = max(most[0], running[0])
            others.wait(5)
            with guard:
                running[0] -= 1
            return 1

        return made

    @asset
    def last() -> int:
        until(lambda: running[0] == 2)
        time.sleep(0.3)  # were there no limit, a third would begin now
        others.set()
        return 1

    definitions = [*(pooled_one(f"p{number}") for number in range(5)), last]
    outcome = make(instance, *definitions, executor=ThreadExecutor(6))
    assert outcome.success
    assert most == [2]


@pytest.mark.parametrize("executor", [ThreadExecutor(2), ProcessExecutor(2)], ids=repr)
def test_a_slot_that_comes_free_is_taken_while_another_step_runs(
    tmp_path: Path, executor: Executor
) -> None:
    instance, told, sign = limited(tmp_path, ONE), Told(), tmp_path / "sign"

    @asset
    def slow() -> int:
        until(sign.exists)
        return 1

    @asset(pool="db")
    def signing() -> int:
        sign.touch()
        return 1

    with holding(instance, pool="db") as held:
        freeing = threading.Thread(target=lambda: (until(lambda: told.steps), held.let_go()))
        freeing.start()
        assert make(instance, slow, signing, told=told, executor=executor).success
        freeing.join()


def test_a_pool_without_a_limit_holds_up_nobody(tmp_path: Path) -> None:
    instance = limited(tmp_path, "pools = {api = 1}")
    with holding(instance, pool="db"):
        assert instance.store.slots() == []
        assert make(instance, pooled).success


def test_a_step_that_fails_gives_its_slot_back(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)

    @asset(pool="db")
    def broken() -> int:
        raise ValueError("no")

    outcome = make(instance, broken, pooled)
    assert [each.status for each in outcome.outcomes] == ["failed", "done"]
    assert instance.store.slots() == []


def test_a_killed_process_frees_its_slots_at_once(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()
    with elsewhere(tmp_path, pool="db") as other:
        killing = threading.Thread(target=lambda: (until(lambda: told.steps), other.kill()))
        killing.start()
        began = time.monotonic()
        assert make(instance, pooled, told=told).success
        assert time.monotonic() - began < 4  # the kernel said that it died
        killing.join()
    assert {run.steps[0]: run.status for run in instance.runs()} == {
        "pooled": "success",
        "elsewhere": "failed",
    }


def test_a_run_without_room_lets_others_pass(tmp_path: Path) -> None:
    instance, go = limited(tmp_path, ONE), threading.Event()
    inside = threading.Event()

    @asset
    def busy() -> int:
        inside.set()
        go.wait(20)
        return 1

    first = Told()
    held = Held(instance, pool="db")
    assert held.inside.wait(20)
    both = threading.Thread(target=make, args=[instance, pooled, busy], kwargs={"told": first})
    both.start()
    until(lambda: first.steps)
    assert inside.wait(20)  # its only worker is busy now, though its other step came first
    held.let_go()

    @asset(pool="db")
    def passing() -> int:
        return 1

    assert make(instance, passing).success
    assert not instance.versions("pooled")
    go.set()
    both.join(20)
    assert instance.versions("pooled")


def test_a_higher_priority_has_the_next_slot(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)
    held = Held(instance, pool="db")
    assert held.inside.wait(20)
    low = Held(instance, "low", pool="db")
    until(lambda: low.told.steps)
    high = Held(instance, "high", pool="db", **{"dagster/priority": "5"})
    until(lambda: high.told.steps)
    held.let_go()
    assert high.inside.wait(20)
    assert not low.inside.is_set()
    high.let_go()
    low.let_go()


def test_steps_that_may_start_do_so_by_priority(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)
    definitions = []
    for name, tags in (
        ("a", {}),
        ("b", {"dagster/priority": "2"}),
        ("c", {"dagster/priority": "1"}),
    ):

        @asset(name=name, op_tags=tags)
        def made() -> int:
            return 1

        definitions.append(made)
    outcome = make(instance, *definitions)
    assert outcome.result is not None
    events = [each.event for each in instance.events(run_id=outcome.result.run_id)]
    assert [each.step for each in events if isinstance(each, StepStarted)] == ["b", "c", "a"]


def test_an_interrupt_leaves_the_pool(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()
    with holding(instance, pool="db"):

        def interrupt() -> None:
            until(lambda: told.steps)
            os.kill(os.getpid(), signal.SIGINT)

        interrupting = threading.Thread(target=interrupt)
        interrupting.start()
        with pytest.raises(KeyboardInterrupt):
            make(instance, pooled, told=told)
        interrupting.join()
        assert [each.step for each in instance.store.slots()] == ["held"]
    assert [run.status for run in instance.store.runs()] == ["canceled", "success"]


def test_checks_and_multi_assets_have_pools_too(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)
    seen: list[PoolSlot] = []

    @multi_asset(outs={"one": AssetOut(), "two": AssetOut()}, pool="db")
    def several() -> tuple[int, int]:
        seen.extend(instance.store.slots())
        return 1, 2

    @asset_check(asset=free, pool="db", op_tags={"dagster/priority": "7"})
    def fine() -> AssetCheckResult:
        seen.extend(instance.store.slots())
        return AssetCheckResult(passed=True)

    assert make(instance, several, free, fine).success
    found = {(each.pool, each.step, each.priority, each.taken) for each in seen}
    assert found == {("db", "several", 0, True), ("db", "free:fine", 7, True)}


def test_a_pool_has_a_name() -> None:
    with pytest.raises(DefinitionError, match="the pool 'a b': it is no pool's name"):
        asset(pool="a b")(lambda: 1)
