"""What a store must do for runs and steps that wait for each other: a part of ``StoreContract``."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

import pytest
from msgspec import structs

from assetbook.errors import ConflictError, RunEndedError
from assetbook.events.asset_events import AssetMaterialized, AssetRenamed, AssetWiped
from assetbook.events.parts import Origin, ValueRef
from assetbook.events.run_events import RunEnded, RunQueued, RunStarted
from assetbook.keys import RunId
from assetbook.storage.process_identity import current_process
from assetbook.storage.run_record import RunRecord
from assetbook.storage.store import Store
from assetbook.storage.turns import PoolSlot

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST, SECOND, THIRD = (RunId(each * 12) for each in "abc")


def run(run_id: str, **tags: str) -> RunStarted:
    """A run of one step that is about to start."""
    origin = Origin(kind="cli", user="ada")
    return RunStarted(
        at=NOON, run_id=run_id, asked="orders", steps=("orders",), origin=origin, tags=tags
    )


def end(run_id: str) -> RunEnded:
    """That run's end."""
    return RunEnded(at=NOON, run_id=run_id, status="canceled", message="interrupted")


def always(live: Sequence[object]) -> bool:
    """Lets anything have its turn."""
    return True


def never(live: Sequence[object]) -> bool:
    """Lets nothing have its turn."""
    return False


def slot(run_id: RunId, step: str = "orders", pool: str = "db") -> PoolSlot:
    """A step that wants a slot."""
    return PoolSlot(pool, run_id, step)


class TurnsContract:
    """Who waits is kept, and a turn is given in the transaction that decides it."""

    def test_a_run_that_may_start_does(self, store: Store) -> None:
        assert store.start_in_turn(run(FIRST, team="etl"), always)
        (found,) = store.runs()
        assert (found.status, found.queued_at, found.tags) == ("started", None, {"team": "etl"})
        assert [type(each.event) for each in store.events()] == [RunStarted]

    def test_a_run_has_its_bundle_once_it_starts(self, store: Store) -> None:
        launched = structs.replace(run(FIRST), bundle="4f2a")
        assert not store.start_in_turn(launched, never)
        assert [each.bundle for each in store.runs()] == [None]
        assert store.start_in_turn(launched, always)
        assert [each.bundle for each in store.runs()] == ["4f2a"]

    def test_a_run_that_may_not_is_queued_until_it_may(self, store: Store) -> None:
        assert not store.start_in_turn(run(FIRST), never)
        assert not store.start_in_turn(run(FIRST), never)
        (found,) = store.runs(statuses=["queued"])
        assert (found.id, found.started_at, found.queued_at) == (FIRST, NOON, NOON)
        assert (found.steps, found.owner) == (("orders",), current_process())
        assert store.start_in_turn(run(FIRST), always)
        assert [each.status for each in store.runs()] == ["started"]
        assert [type(each.event) for each in store.events()] == [RunQueued, RunStarted]

    def test_the_rule_sees_all_that_are_on_their_way(self, store: Store) -> None:
        seen: list[list[tuple[str, str]]] = []

        def look(live: Sequence[RunRecord]) -> bool:
            seen.append([(each.id, each.status) for each in live])
            return False

        store.start_in_turn(run(FIRST), always)
        store.start_in_turn(run(SECOND), look)
        store.start_in_turn(run(THIRD), look)
        store.commit([end(FIRST)])
        store.start_in_turn(run(SECOND), look)
        waiting = [(SECOND, "queued"), (THIRD, "queued")]
        assert seen == [
            [(FIRST, "started"), waiting[0]],
            [(FIRST, "started"), *waiting],
            waiting,
        ]

    def test_a_run_that_waited_is_ordered_by_its_start(self, store: Store) -> None:
        store.start_in_turn(run(FIRST), never)
        store.start_in_turn(run(SECOND), always)
        store.start_in_turn(run(FIRST), always)
        assert [each.id for each in store.runs()] == [FIRST, SECOND]

    def test_a_run_leaves_the_queue_without_having_started(self, store: Store) -> None:
        store.start_in_turn(run(FIRST), never)
        store.commit([end(FIRST)])
        assert [(each.status, each.message) for each in store.runs()] == [
            ("canceled", "interrupted")
        ]
        with pytest.raises(RunEndedError, match="was marked canceled meanwhile"):
            store.start_in_turn(run(FIRST), always)
        with pytest.raises(ConflictError, match="already ended: canceled"):
            store.commit([end(FIRST)])

    def test_a_run_starts_in_turn_once(self, store: Store) -> None:
        store.start_in_turn(run(FIRST), never)
        store.start_in_turn(run(FIRST), always)
        with pytest.raises(ConflictError):
            store.start_in_turn(run(FIRST), always)
        assert len(store.events()) == 2

    def test_no_asset_is_renamed_while_a_run_waits(self, store: Store) -> None:
        store.start_in_turn(run(FIRST), never)
        with pytest.raises(ConflictError, match="is on its way"):
            store.commit([AssetRenamed(at=NOON, key="sales", old="orders")])

    def test_what_a_waiting_run_would_read_is_kept_for_it(self, store: Store) -> None:
        made = [
            AssetMaterialized(
                at=NOON,
                key="orders",
                value=ValueRef(io_manager="io_manager", kind="arrow", path=f"orders/{number}"),
            )
            for number in (1, 2)
        ]
        store.commit(made[:1])
        store.start_in_turn(structs.replace(run(FIRST), keys=("orders",)), never)
        store.commit(made[1:])
        with pytest.raises(ConflictError, match=f"wiping `orders`: run {FIRST} is on its way"):
            store.commit([AssetWiped(at=NOON, key="orders", versions=(1,))])
        used: list[bool] = []
        store.doom(lambda values: used.extend(each.in_use for each in values) or [])
        assert used == [True, True]
        store.commit([end(FIRST)])
        store.commit([AssetWiped(at=NOON, key="orders", versions=(1,))])

    def test_of_many_threads_as_many_start_as_may(self, store: Store) -> None:
        started: list[str] = []

        def at_most_two(live: Sequence[RunRecord]) -> bool:
            return sum(each.status == "started" for each in live) < 2

        def begin(number: int) -> None:
            if store.start_in_turn(run(f"{number:012}"), at_most_two):
                started.append(f"{number:012}")

        threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(started) == 2
        assert len(store.runs(statuses=["started"])) == 2
        assert len(store.runs(statuses=["queued"])) == 6

    def test_a_slot_is_taken_or_waited_for(self, store: Store) -> None:
        store.commit([run(FIRST), run(SECOND)])
        assert store.take_slot(slot(FIRST), always)
        assert not store.take_slot(slot(SECOND), never)
        assert store.slots() == [
            PoolSlot("db", FIRST, "orders", 0, True),
            PoolSlot("db", SECOND, "orders", 0, False),
        ]
        assert store.take_slot(slot(FIRST), never)  # it has it already
        store.leave_slot(FIRST, "orders")
        assert store.take_slot(slot(SECOND), always)
        assert store.slots() == [PoolSlot("db", SECOND, "orders", 0, True)]

    def test_the_rule_of_a_pool_sees_its_own_slots(self, store: Store) -> None:
        seen: list[list[tuple[str, bool]]] = []

        def look(live: Sequence[PoolSlot]) -> bool:
            seen.append([(each.run_id, each.taken) for each in live])
            return False

        store.commit([run(FIRST), run(SECOND)])
        store.take_slot(slot(FIRST, pool="api"), always)
        store.take_slot(slot(FIRST, "other"), always)
        store.take_slot(slot(SECOND), look)
        store.take_slot(slot(SECOND), look)
        assert seen == [[(FIRST, True), (SECOND, False)]] * 2

    def test_slots_of_a_run_that_has_ended_are_free(self, store: Store) -> None:
        store.commit([run(FIRST), run(SECOND)])
        store.take_slot(slot(FIRST), always)
        store.commit([end(FIRST)])
        assert store.slots() == []
        assert store.take_slot(slot(SECOND), lambda live: live == [slot(SECOND)])
        with pytest.raises(RunEndedError, match="was marked canceled meanwhile"):
            store.take_slot(slot(FIRST), always)

    def test_leaving_what_was_never_asked_for_is_nothing(self, store: Store) -> None:
        store.leave_slot(FIRST, "orders")
        assert store.slots() == []

    def test_the_end_of_a_run_wakes_who_waits(self, store: Store) -> None:
        store.commit([run(FIRST)])
        with closing(store.bell()) as bell:
            ending = threading.Timer(0.05, store.commit, [[end(FIRST)]])
            ending.start()
            began = time.monotonic()
            bell.wait(30)
            assert time.monotonic() - began < 10
            assert store.runs()[0].status == "canceled"
            ending.join()

    def test_what_rang_before_the_wait_is_not_missed(self, store: Store) -> None:
        store.commit([run(FIRST)])
        store.take_slot(slot(FIRST), always)
        with closing(store.bell()) as bell:
            store.leave_slot(FIRST, "orders")
            began = time.monotonic()
            bell.wait(30)
            assert time.monotonic() - began < 10
            bell.wait(0.05)  # once is enough: it would not come back so soon again
            assert time.monotonic() - began >= 0.05
