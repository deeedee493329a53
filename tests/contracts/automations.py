"""What a store must do for the daemon: its lease, automations and their ticks."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from assetbook.errors import ConflictError
from assetbook.events.asset_events import DynamicPartitionsChanged
from assetbook.events.run_events import RunEnded
from assetbook.keys import RunId
from assetbook.storage.automations import (
    AutomationState,
    CursorMove,
    LaunchRequest,
    StoredRequest,
    Tick,
)
from assetbook.storage.lease import Lease
from assetbook.storage.process_identity import ProcessIdentity, current_process
from assetbook.storage.store import Store

SIX = datetime(2026, 3, 1, 6, tzinfo=UTC)
NIGHTLY, ARRIVALS = "shop.ipynb:nightly", "shop.ipynb:arrivals"
DAY = timedelta(days=1)
ELSEWHERE = ProcessIdentity("far away", "another boot", "1", 7, 8)


def gone() -> ProcessIdentity:
    """A process of this host that has ended: its pid is another one's by now."""
    return replace(current_process(), started=1)


def tick(days: int = 0, automation: str = NIGHTLY, **more: object) -> Tick:
    """A tick at six, so many days on."""
    return replace(Tick(automation, SIX + days * DAY, "requested", zone="Europe/Berlin"), **more)  # type: ignore[arg-type]


def asks(number: int, run_key: str | None = None) -> LaunchRequest:
    """A request for the run of that number."""
    return LaunchRequest(RunId(f"{number:012x}"), f'{{"job":"j{number}"}}', run_key)


class LeaseContract:
    """One process at a time, and who had it before is told."""

    def test_nobody_has_the_lease_of_a_new_store(self, store: Store) -> None:
        assert store.lease() is None

    def test_a_lease_is_acquired_renewed_and_given_back(self, store: Store) -> None:
        lease = store.acquire_lease(current_process())
        assert (lease.holder, lease.token, lease.heartbeat) == (current_process(), 1, 0)
        assert store.lease() == lease
        renewed = store.renew_lease(lease)
        assert (renewed.token, renewed.heartbeat) == (1, 1)
        assert store.lease() == renewed
        store.release_lease(lease)
        assert store.lease() is None

    def test_a_token_is_never_given_twice(self, store: Store) -> None:
        tokens = []
        for _ in range(3):
            lease = store.acquire_lease(current_process())
            tokens.append(lease.token)
            store.release_lease(lease)
        assert tokens == [1, 2, 3]

    def test_a_living_holder_keeps_it_however_silent(self, store: Store) -> None:
        lease = store.acquire_lease(current_process())
        with pytest.raises(ConflictError, match=f"process {current_process().pid} on .* runs it"):
            store.acquire_lease(ELSEWHERE, unchanged=lease)
        assert store.lease() == lease

    def test_a_dead_holder_of_this_host_loses_it_at_once(self, store: Store) -> None:
        store.acquire_lease(gone())
        assert store.acquire_lease(current_process()).token == 2

    def test_a_holder_elsewhere_loses_it_when_it_did_not_renew(self, store: Store) -> None:
        seen = store.acquire_lease(ELSEWHERE)
        with pytest.raises(ConflictError, match="process 7 on far away runs it since"):
            store.acquire_lease(current_process())
        renewed = store.renew_lease(seen)
        with pytest.raises(ConflictError, match="far away"):
            store.acquire_lease(current_process(), unchanged=seen)
        assert store.acquire_lease(current_process(), unchanged=renewed).token == 2

    def test_who_lost_it_can_neither_renew_nor_give_it_back(self, store: Store) -> None:
        lost = store.acquire_lease(gone())
        now = store.acquire_lease(current_process())
        with pytest.raises(ConflictError, match=r"has taken over since this process acquired it"):
            store.renew_lease(lost)
        store.release_lease(lost)
        assert store.lease() == now
        store.release_lease(now)
        with pytest.raises(ConflictError, match="it was given back since"):
            store.renew_lease(now)

    def test_of_many_threads_one_acquires_it(self, store: Store) -> None:
        won: list[int] = []

        def acquire() -> None:
            with suppress(ConflictError):
                won.append(store.acquire_lease(current_process()).token)

        threads = [threading.Thread(target=acquire) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert won == [1]


class AutomationStateContract:
    """Where automations stand, changed by several at once."""

    def test_an_unknown_automation_stands_as_its_definition_says(self, store: Store) -> None:
        assert store.automation(NIGHTLY) == AutomationState(NIGHTLY)
        assert store.automations() == {}

    def test_a_change_is_kept(self, store: Store) -> None:
        before = store.automation(NIGHTLY)
        after = replace(before, on=True, since=SIX, pin="latest", cursor="größe 🦉")
        assert store.change_automation(before, after) == after
        assert store.automation(NIGHTLY) == after
        assert store.automations() == {NIGHTLY: after}
        off = store.change_automation(after, replace(after, on=False))
        assert off.on is False
        assert store.change_automation(off, replace(off, on=None)).on is None

    def test_changes_of_other_fields_are_left_alone(self, store: Store) -> None:
        before = store.automation(NIGHTLY)
        store.change_automation(before, replace(before, cursor="a"))
        both = store.change_automation(before, replace(before, on=True))
        assert (both.on, both.cursor) == (True, "a")

    def test_a_change_of_what_was_changed_is_refused(self, store: Store) -> None:
        before = store.automation(NIGHTLY)
        store.change_automation(before, replace(before, cursor="a"))
        with pytest.raises(ConflictError, match=f"changing `{NIGHTLY}`: .* its cursor meanwhile"):
            store.change_automation(before, replace(before, cursor="b", on=True))
        assert store.automation(NIGHTLY) == replace(before, cursor="a")


class TickContract:
    """A tick, what it asks for and its cursor: all at once, and once."""

    def test_a_tick_is_kept_with_what_it_asks_for(self, store: Store, lease: Lease) -> None:
        asked = tick(started_at=SIX, ended_at=SIX + timedelta(seconds=2), logs="looked")
        got = store.commit_tick(lease, asked, [asks(1), asks(2, "b")], CursorMove(None, "c"))
        assert (got.is_new, got.new, got.known) == (True, (asks(1).run_id, asks(2).run_id), {})
        assert got.tick == replace(asked, run_ids=got.new)
        assert store.ticks() == store.ticks(NIGHTLY) == [got.tick]
        assert store.last_ticks() == {NIGHTLY: got.tick}
        assert store.requests() == [
            StoredRequest(1, NIGHTLY, SIX, asks(1)),
            StoredRequest(2, NIGHTLY, SIX, asks(2, "b")),
        ]
        stands = store.automation(NIGHTLY)
        assert (stands.cursor, stands.evaluated_at) == ("c", SIX)

    def test_a_tick_of_the_same_instant_is_told_and_changes_nothing(
        self, store: Store, lease: Lease
    ) -> None:
        first = store.commit_tick(lease, tick(), [asks(1)])
        again = store.commit_tick(
            lease, tick(status="skipped", message="no"), [asks(2)], CursorMove(None, "c")
        )
        assert (again.is_new, again.tick, again.new) == (False, first.tick, ())
        assert store.ticks() == [first.tick]
        assert [each.request.run_id for each in store.requests()] == [asks(1).run_id]
        assert store.automation(NIGHTLY).cursor is None

    def test_a_run_key_is_asked_for_once(self, store: Store, lease: Lease) -> None:
        store.commit_tick(lease, tick(), [asks(1, "a")])
        got = store.commit_tick(
            lease, tick(1), [asks(2, "a"), asks(3, "b"), asks(4, "b"), asks(5), asks(6)]
        )
        assert {key: each.request.run_id for key, each in got.known.items()} == {
            "a": asks(1).run_id
        }
        assert got.new == got.tick.run_ids == (asks(3).run_id, asks(5).run_id, asks(6).run_id)
        other = store.commit_tick(lease, tick(automation=ARRIVALS), [asks(7, "a")])
        assert other.new == (asks(7).run_id,)

    def test_a_tick_that_asks_for_what_was_asked_before_is_skipped(
        self, store: Store, lease: Lease
    ) -> None:
        store.commit_tick(lease, tick(), [asks(1, "a"), asks(2, "b")])
        said = f"run key a was already requested by the tick of {SIX:%Y-%m-%d %H:%M:%S} UTC"
        for number, (requests, message) in enumerate(
            [
                ([asks(3, "a")], said),
                ([asks(4, "a"), asks(5, "b")], f"{said}, and so were 1 more"),
            ],
            start=1,
        ):
            got = store.commit_tick(lease, tick(number), requests).tick
            assert (got.status, got.message, got.run_ids) == ("skipped", message, ())
            assert store.ticks(limit=1) == [got]
        some = store.commit_tick(lease, tick(3), [asks(6, "a"), asks(7, "c")]).tick
        assert (some.status, some.run_ids) == ("requested", (asks(7).run_id,))
        failed = store.commit_tick(lease, tick(4, status="failed", message="no"), [asks(8, "a")])
        assert (failed.tick.status, failed.tick.message) == ("failed", "no")

    def test_a_run_id_that_is_taken_is_refused_with_all_the_tick(
        self, store: Store, lease: Lease
    ) -> None:
        store.commit_tick(lease, tick(), [asks(1)])
        with pytest.raises(ConflictError, match="another request has this id"):
            store.commit_tick(lease, tick(1), [asks(2), asks(1)])
        with pytest.raises(ConflictError, match="another request has this id"):
            store.commit_tick(lease, tick(1), [asks(3), asks(3)])
        assert len(store.ticks()) == len(store.requests()) == 1
        assert store.automation(NIGHTLY).evaluated_at == SIX

    def test_a_stale_token_writes_nothing(self, store: Store) -> None:
        stale = store.acquire_lease(gone())
        store.acquire_lease(current_process())
        for write in (
            lambda: store.commit_tick(stale, tick(), [asks(1)], CursorMove(None, "c")),
            lambda: store.record_ticks(stale, [tick()]),
        ):
            with pytest.raises(ConflictError, match="nothing of this was written"):
                write()
        assert store.ticks() == store.requests() == []
        assert store.automations() == {}

    def test_a_cursor_that_somebody_set_meanwhile_is_not_overwritten(
        self, store: Store, lease: Lease
    ) -> None:
        before = store.automation(ARRIVALS)
        store.change_automation(before, replace(before, cursor="set by hand"))
        asked = tick(automation=ARRIVALS)
        with pytest.raises(ConflictError, match="its cursor meanwhile"):
            store.commit_tick(lease, asked, [asks(1)], CursorMove(None, "c"))
        assert store.ticks() == store.requests() == []
        store.commit_tick(lease, asked, [asks(1)], CursorMove("set by hand", None))
        assert store.automation(ARRIVALS).cursor is None

    def test_events_are_committed_with_the_tick(self, store: Store, lease: Lease) -> None:
        changed = DynamicPartitionsChanged(at=SIX, name="shops", added=("a",))
        refused = RunEnded(at=SIX, run_id="f" * 12, status="success")
        with pytest.raises(ConflictError, match="no such run was started"):
            store.commit_tick(lease, tick(), [asks(1)], events=[changed, refused])
        assert store.ticks() == store.requests() == store.events() == []
        assert store.dynamic_partitions("shops") == []
        store.commit_tick(lease, tick(), [asks(1)], events=[changed])
        assert store.dynamic_partitions("shops") == ["a"]
        assert [each.event for each in store.events()] == [changed]

    def test_ticks_that_ask_for_nothing_are_recorded_together(
        self, store: Store, lease: Lease
    ) -> None:
        store.commit_tick(lease, tick(1), [asks(1)])
        missed = [tick(day, status="missed", message="the daemon was down") for day in range(4)]
        assert store.record_ticks(lease, missed) == 3
        assert store.record_ticks(lease, missed) == 0
        assert [each.status for each in store.ticks()] == [
            "missed",
            "missed",
            "requested",
            "missed",
        ]
        assert store.automation(NIGHTLY).evaluated_at == SIX + 3 * DAY
        store.record_ticks(lease, [tick(-1, status="missed")])
        assert store.automation(NIGHTLY).evaluated_at == SIX + 3 * DAY

    def test_ticks_are_listed_by_pages_newest_first(self, store: Store, lease: Lease) -> None:
        for automation in (NIGHTLY, ARRIVALS):
            store.record_ticks(lease, [tick(day, automation, status="skipped") for day in range(3)])
        store.record_ticks(lease, [tick(3, status="failed", message="ValueError: x")])
        every = store.ticks()
        assert [(each.at, each.automation) for each in every] == sorted(
            [(each.at, each.automation) for each in every], reverse=True
        )
        pages, last = [], None
        while page := store.ticks(older_than=last, limit=2):
            pages += page
            last = page[-1]
        assert pages == every
        assert len(every) == 7
        assert [each.at.day for each in store.ticks(NIGHTLY, older_than=every[1])] == [2, 1]
        assert store.ticks(statuses=["failed"]) == every[:1]
        assert store.ticks(statuses=[]) == store.ticks(limit=0) == store.ticks("nobody's") == []
        assert store.last_ticks() == {NIGHTLY: every[0], ARRIVALS: every[2]}

    def test_old_ticks_are_dropped_by_status(self, store: Store, lease: Lease) -> None:
        for day in range(3):
            store.commit_tick(lease, tick(day), [asks(2 * day), asks(2 * day + 1, str(day))])
        store.record_ticks(lease, [tick(day, ARRIVALS, status="skipped") for day in range(3)])
        store.settle_request(asks(0).run_id, "launched")
        assert store.drop_ticks(SIX + 9 * DAY, statuses=["skipped"]) == 2
        assert [each.at for each in store.ticks(ARRIVALS)] == [SIX + 2 * DAY]  # the newest stays
        assert store.drop_ticks(SIX + DAY, automation=ARRIVALS) == 0
        assert store.drop_ticks(SIX + DAY) == 1
        assert [each.at for each in store.ticks(NIGHTLY)] == [SIX + 2 * DAY, SIX + DAY]
        left = [int(each.request.run_id, 16) for each in store.requests()]
        assert left == [1, 2, 3, 4, 5]  # 1 has a run key, the others wait
        [again] = store.commit_tick(lease, tick(8), [asks(9, "0")]).known.values()
        assert again.request.run_id == asks(1).run_id

    def test_requests_wait_until_somebody_says_what_became_of_them(
        self, store: Store, lease: Lease
    ) -> None:
        store.commit_tick(lease, tick(), [asks(number) for number in (3, 1, 2)])
        store.settle_request(asks(3).run_id, "launched")
        store.settle_request(asks(2).run_id, "refused", "no such job")
        waiting = store.requests(states=["waiting"])
        assert [each.request for each in waiting] == [asks(1)]
        assert [each.state for each in store.requests()] == ["launched", "waiting", "refused"]
        assert store.requests(states=["refused"])[0].message == "no such job"
        assert store.requests(after=2) == store.requests()[2:]
        assert store.requests(limit=1) == store.requests()[:1]
        assert store.requests(since=SIX) == store.requests()
        assert store.requests(since=SIX + timedelta(seconds=1)) == []
        assert store.requests(ARRIVALS) == store.requests(states=[]) == []

    def test_a_request_is_settled_once(self, store: Store, lease: Lease) -> None:
        store.commit_tick(lease, tick(), [asks(1)])
        store.settle_request(asks(1).run_id, "launched")
        with pytest.raises(ConflictError, match="it was launched before"):
            store.settle_request(asks(1).run_id, "refused")
        with pytest.raises(ConflictError, match="no automation asked for it"):
            store.settle_request(asks(2).run_id, "launched")


class AutomationsContract(LeaseContract, AutomationStateContract, TickContract):
    """All of it: a part of ``StoreContract``."""

    @pytest.fixture
    def lease(self, store: Store) -> Lease:
        return store.acquire_lease(current_process())
