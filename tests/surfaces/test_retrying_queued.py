"""Runs with tags, time limits and limits by the project are done again as what they were."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.instance.making import daily
from tests.instance.queueing import Told, holding, limited, until

from assetbook import asset, cancel, materialize, resume, retry
from assetbook.definitions.config import Config
from assetbook.errors import ConflictError, TimeLimitError
from assetbook.instance.instance import Instance
from assetbook.planning.steps import Plan
from assetbook.surfaces.desk import StoreDesk

ONE = "max_concurrent_runs = 1"


class Pause(Config):
    seconds: float = 0.0


@asset
def first() -> int:
    return 1


@asset
def slow(config: Pause, first: int) -> int:
    time.sleep(config.seconds)
    return first + 1


def test_tags_and_priority_come_again(tmp_path: Path) -> None:
    instance = limited(tmp_path, "")
    tags = {"team": "etl", "dagster/priority": "3"}
    run = materialize([first], instance=instance, tags=tags, timeout="10m").run_id
    retry(str(run), definitions=[first], instance=instance)
    (again, before) = instance.runs()
    assert again.tags == before.tags == {**tags, "assetbook/max_runtime": "10m"}
    instance.close()


def test_a_run_whose_time_was_over_is_resumed_with_what_it_had_made(tmp_path: Path) -> None:
    instance = limited(tmp_path, "")
    with pytest.raises(TimeLimitError):
        materialize(
            [first, slow],
            instance=instance,
            timeout=0.4,
            run_config={"slow": {"seconds": 30.0}},
            raise_on_error=False,
        )
    run = instance.runs()[0]
    plan = resume(run.id, definitions=[first, slow], instance=instance, dry_run=True)
    assert isinstance(plan, Plan)
    assert [step.name for step in plan] == ["slow"]
    given = {"slow": {"seconds": 0.0}}
    resume(run.id, definitions=[first, slow], instance=instance, run_config=given)
    assert instance.value("slow") == 2
    assert [len(instance.versions(name)) for name in ("first", "slow")] == [1, 1]
    instance.close()


def test_a_run_whose_time_was_over_is_retried_by_itself(tmp_path: Path) -> None:
    instance = limited(tmp_path, "")
    tries: list[float] = []

    @asset(ignore={"tries"})
    def hanging(first: int) -> int:
        tries.append(0.0)
        time.sleep(30 if len(tries) < 2 else 0)
        return first

    given: dict[str, Any] = {"instance": instance, "timeout": 0.4}
    assert materialize([first, hanging], max_retries=1, **given).success
    assert [run.status for run in instance.runs()] == ["success", "failed"]
    assert [len(instance.versions(name)) for name in ("first", "hanging")] == [1, 1]
    tries.clear()
    with pytest.raises(TimeLimitError):
        materialize([first, hanging], force=True, **given)
    instance.close()


def waiting(instance: Instance, told: Told) -> threading.Thread:
    """A thread whose run of ``daily`` waits for its turn."""

    def work() -> None:
        given = {"daily": {"day": 7}}
        with suppress(KeyboardInterrupt, ConflictError):
            materialize([daily], instance=instance, run_config=given, reporter=told)

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: told.waiting)
    return thread


def test_a_run_that_waited_in_vain_is_resumed_with_what_it_was_given(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()
    with holding(instance):
        thread = waiting(instance, told)
        (run,) = instance.runs(statuses=["queued"])
        with pytest.raises(ConflictError, match="it waits for its turn"):
            resume(run.id, definitions=[daily], instance=instance)
        cancel(run.id, desk=StoreDesk(instance))
        thread.join(20)
    plan = resume(run.id, definitions=[daily], instance=instance, dry_run=True)
    assert isinstance(plan, Plan)
    assert plan.steps[0].why == f"not reached when run {run.id[:6]} was canceled"
    resume(run.id, definitions=[daily], instance=instance)
    assert instance.value("daily") == 7
    instance.close()


def test_a_run_that_is_resumed_waits_for_its_turn_and_plans_anew(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()

    @asset
    def broken(first: int) -> int:
        raise KeyboardInterrupt

    @asset(name="broken")
    def mended(first: int) -> int:
        return first

    with pytest.raises(KeyboardInterrupt):
        materialize([first, broken], instance=instance)
    run = instance.runs()[0]
    with holding(instance) as held:
        given = {"definitions": [first, mended], "instance": instance, "reporter": told}
        waiter = threading.Thread(target=resume, args=[run.id], kwargs=given)
        waiter.start()
        until(lambda: told.waiting)
        held.let_go()
        waiter.join(20)
    newest = instance.runs()[0]
    assert (newest.status, newest.steps) == ("success", ("broken",))
    assert newest.queued_at is not None
    assert newest.reexecution is not None
    assert newest.reexecution.parent_run_id == run.id
    instance.close()
