"""Runs wait for each other where a project limits them."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from tests.instance.queueing import Held, Told, elsewhere, holding, limited, until

from assetbook import asset
from assetbook.errors import ConflictError, RunEndedError
from assetbook.events.run_events import RunEnded, RunQueued, RunStarted
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.materializing import (
    Options,
    execute,
    materialize_definitions,
    origin_of,
    plan_for,
)
from assetbook.instance.states import Standing
from assetbook.keys import RunId
from assetbook.planning.run_queue import Waiting
from assetbook.planning.steps import Plan

ONE = "max_concurrent_runs = 1"


@asset
def quick() -> int:
    return 1


def make(
    instance: Instance, *definitions: object, told: Told | None = None, **tags: str
) -> RunId | None:
    """The run that makes ``quick`` anew, or what is not fresh of the definitions."""
    outcome = materialize_definitions(
        definitions or [quick],
        instance=instance,
        options=Options(force=not definitions),
        reporter=told,
        tags=tags,
    )
    assert outcome.result is not None
    return outcome.result.run_id


def statuses(instance: Instance) -> dict[str, str]:
    """How each run stands, by what it was asked for."""
    return {run.steps[0]: run.status for run in instance.store.runs()}


def test_a_run_waits_for_the_one_before_and_says_why(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()
    with holding(instance) as held:
        waiter = threading.Thread(target=make, args=[instance], kwargs={"told": told})
        waiter.start()
        until(lambda: told.waiting)
        assert statuses(instance) == {"held": "started", "quick": "queued"}
        held.let_go()
        waiter.join(20)
    assert told.waiting == [Waiting(1, 1, 1, 1, 0)]
    assert told.waiting[0].text == "place 1 of 1: 1 of 1 run is running"
    assert statuses(instance) == {"held": "success", "quick": "success"}
    (run, _) = instance.runs()
    kinds = [type(each.event) for each in instance.events(run_id=run.id)]
    assert kinds[:2] == [RunQueued, RunStarted]
    assert run.queued_at is not None
    assert run.queued_at < run.started_at


def test_with_a_turn_to_be_had_nobody_is_queued(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()
    run_id = make(instance, told=told)
    assert run_id is not None
    assert told.waiting == []
    assert type(instance.events(run_id=run_id)[0].event) is RunStarted
    assert instance.run(run_id).queued_at is None


def test_a_limit_by_tag_concerns_those_runs_alone(tmp_path: Path) -> None:
    limits = 'tag_concurrency_limits = [{key = "team", value = "etl", limit = 1}]'
    instance = limited(tmp_path, limits)
    with holding(instance, team="etl"):
        make(instance, team="web")
        make(instance)
        second = Held(instance, "second", team="etl")
        until(lambda: second.told.waiting)
        assert second.told.waiting[0].why == "1 of 1 run with team=etl is running"
    second.let_go()
    assert {run.status for run in instance.runs()} == {"success"}


def test_the_higher_priority_is_next(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)
    with holding(instance):
        low = Held(instance, "low")
        until(lambda: low.told.waiting)
        high = Held(instance, "high", **{"dagster/priority": "1"})
        until(lambda: high.told.waiting)
        assert (high.told.waiting[0].place, low.inside.is_set()) == (1, False)
    assert high.inside.wait(20)
    assert not low.inside.is_set()
    high.let_go()
    low.let_go()
    assert [run.steps[0] for run in instance.runs()] == ["low", "high", "held"]


def test_an_interrupt_leaves_the_queue(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()
    with holding(instance):
        third = None

        def interrupt() -> None:
            until(lambda: told.waiting)
            os.kill(os.getpid(), signal.SIGINT)

        interrupting = threading.Thread(target=interrupt)
        interrupting.start()
        with pytest.raises(KeyboardInterrupt):
            make(instance, told=told)
        interrupting.join()
        (run,) = instance.store.runs(statuses=["canceled"])
        assert (run.steps, run.message) == (("quick",), "interrupted while it waited")
        third = Held(instance, "third")
        until(lambda: third.told.waiting)
        assert (third.told.waiting[0].place, third.told.waiting[0].of) == (1, 1)
    third.let_go()
    assert statuses(instance)["third"] == "success"


def test_who_is_taken_out_of_the_queue_is_told(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)
    with holding(instance):
        waiter = Held(instance, "waiter")
        until(lambda: waiter.told.waiting)
        (run,) = instance.store.runs(statuses=["queued"])
        ended = RunEnded(at=instance.clock.now(), run_id=run.id, status="canceled")
        instance.store.commit([ended])
        waiter.let_go()
    assert isinstance(waiter.error, RunEndedError)
    assert not waiter.inside.is_set()


def test_a_process_that_died_gives_up_its_turn_at_once(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)
    with elsewhere(tmp_path) as other:
        waiter = Held(instance, "waiter")
        until(lambda: waiter.told.waiting)
        began = time.monotonic()
        other.kill()
        assert waiter.inside.wait(20)
        took = time.monotonic() - began
        waiter.let_go()
    assert statuses(instance) == {"elsewhere": "failed", "waiter": "success"}
    assert took < 3  # nobody looked for it every now and then: the kernel said so


def test_a_process_that_stands_still_for_a_lease_gives_up_its_turn(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)
    with elsewhere(tmp_path) as other:
        waiter = Held(instance, "waiter")
        until(lambda: waiter.told.waiting)
        other.send_signal(signal.SIGSTOP)
        assert waiter.inside.wait(20)
        waiter.let_go()
        (stopped,) = instance.store.runs(statuses=["failed"])
        assert stopped.message.endswith("has been stopped for 1 s")
        other.send_signal(signal.SIGCONT)
        assert instance.versions("elsewhere") == []


def test_a_process_that_died_while_it_waited_holds_up_nobody(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)
    with holding(instance), elsewhere(tmp_path, waits=True) as other:
        until(lambda: instance.store.runs(statuses=["queued"]))
        waiter = Held(instance, "waiter")
        until(lambda: waiter.told.waiting)
        assert waiter.told.waiting[0].place == 2
        other.kill()
        until(lambda: waiter.told.waiting[-1].place == 1)
    waiter.let_go()
    (dead,) = instance.store.runs(statuses=["failed"])
    assert dead.message.endswith("died while it waited")


def test_what_was_made_meanwhile_is_not_made_again(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)

    @asset
    def source() -> int:
        return 1

    @asset
    def total(source: int) -> int:
        return source + 1

    with holding(instance):
        both = [threading.Thread(target=make, args=[instance, source, total]) for _ in range(2)]
        for each in both:
            each.start()
        until(lambda: len(instance.store.runs(statuses=["queued"])) == 2)
    for each in both:
        each.join(20)
    assert len(instance.versions("source")) == len(instance.versions("total")) == 1
    assert [run.steps for run in instance.runs()][:2] == [(), ("source", "total")]
    assert {run.status for run in instance.runs()} == {"success"}


def test_a_run_of_a_step_has_its_turn_with_that_run(tmp_path: Path) -> None:
    instance = limited(tmp_path, ONE)

    @asset
    def outer() -> int:
        make(instance)
        return 1

    make(instance, outer)
    assert statuses(instance) == {"quick": "success", "outer": "success"}


def test_what_cannot_be_planned_any_more_fails_in_the_queue(tmp_path: Path) -> None:
    instance, told = limited(tmp_path, ONE), Told()
    loaded = load([quick], instance)
    plan, now = plan_for(instance, loaded, "*", Options())

    def replan() -> tuple[Plan, Standing]:
        raise ConflictError("the plan", "it does not hold any more")

    with holding(instance) as held, pytest.raises(ConflictError, match="does not hold"):
        threading.Thread(target=lambda: (until(lambda: told.waiting), held.let_go())).start()
        origin = origin_of("python")
        execute(plan, instance, loaded, now, origin=origin, reporter=told, replan=replan)
    (run,) = instance.store.runs(statuses=["failed"])
    assert run.message.startswith("ConflictError: the plan: it does not hold any more")
