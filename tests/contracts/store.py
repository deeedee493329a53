"""What any store must do. Inherit ``StoreContract`` and supply the ``store`` fixture."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace
from tests.contracts.automations import AutomationsContract
from tests.contracts.backfills import BackfillsContract
from tests.contracts.partitions import PartitionsContract
from tests.contracts.turns import TurnsContract

from assetbook.errors import ConflictError, DoomedFileError, RunEndedError, StoreError
from assetbook.events.asset_events import (
    AssetForgotten,
    AssetMaterialized,
    AssetObserved,
    AssetReadThrough,
    AssetRenamed,
    AssetWiped,
    CheckEvaluated,
    DynamicPartitionsChanged,
    VersionKept,
)
from assetbook.events.log_record import LogRecord
from assetbook.events.parts import CodeRef, ErrorInfo, InputVersion, Origin, Reexecution, ValueRef
from assetbook.events.records import EVENT_TYPES, Event
from assetbook.events.run_events import (
    HookEnded,
    KernelUse,
    KernelUsed,
    RunCanceling,
    RunEnded,
    RunQueued,
    RunStarted,
    StepEnded,
    StepOutput,
    StepStarted,
    StepSucceeded,
    StepUpForRetry,
)
from assetbook.events.value_file import ValueFile
from assetbook.keys import AssetKey, CheckKey, PartitionKey, RunId
from assetbook.storage.backfill_records import Backfill
from assetbook.storage.process_identity import current_process
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.sources import Content, Pin, SourcesGoing, SourceUse
from assetbook.storage.store import Store

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
RUN = RunId("a1b2c3d4e5f6")
WAITED = RunId("b1b2c3d4e5f6")
ORDERS = AssetKey("orders")


def started(run_id: str = RUN, asked: str = "orders") -> RunStarted:
    """A run that began at noon."""
    origin = Origin(kind="session", user="ada", host="lab", notebook="shop.ipynb", cell="In[3]")
    return RunStarted(at=NOON, run_id=run_id, asked=asked, steps=("orders",), origin=origin)


def resuming(parent: str, run_id: str, kind: Any = "resume") -> RunStarted:
    again = Reexecution(kind=kind, parent_run_id=parent, root_run_id=parent)
    return structs.replace(started(run_id), reexecution=again)


def ended(
    run_id: str = RUN, status: Literal["success", "failed", "canceled"] = "success"
) -> RunEnded:
    """That run's end, a minute later."""
    message = "" if status == "success" else "In[3] raised ValueError"
    return RunEnded(at=NOON + timedelta(minutes=1), run_id=run_id, status=status, message=message)


def canceling(run_id: str = RUN) -> RunCanceling:
    """Somebody asked that run to end."""
    return RunCanceling(at=NOON, run_id=run_id, by=Origin(kind="cli", user="bob", host="desk"))


def _secret(number: int, **more: Any) -> AssetMaterialized:
    """A version whose metadata speak of its value."""
    file = ValueRef(io_manager="io_manager", kind="arrow", path=f"orders/{number}", size=5)
    metadata = {"head": {"value": "secret"}, "dagster/row_count": {"value": 3}}
    return materialized(value=file, metadata=metadata, step="orders", **more)


def _wiped(*numbers: int) -> AssetWiped:
    """What Ada wiped at noon."""
    return AssetWiped(
        at=NOON, key="orders", versions=numbers, origin=Origin(kind="cli", user="ada")
    )


def materialized(key: str = "orders", **more: Any) -> AssetMaterialized:
    """A version of an asset."""
    return AssetMaterialized(at=NOON, run_id=more.pop("run_id", RUN), key=key, **more)


def evaluated(key: str = "orders", check: str = "has_rows", **more: Any) -> CheckEvaluated:
    """A check that passed, unless told."""
    return CheckEvaluated(
        at=NOON, run_id=RUN, key=key, check=check, passed=more.pop("passed", True), **more
    )


def printed(text: str, run_id: str = RUN, step: str = "orders") -> LogRecord:
    """A line that a step printed."""
    return LogRecord(run_id=run_id, step=step, at=NOON, stream="stdout", text=text)


RICH_EVENTS: tuple[Event, ...] = (
    started(),
    StepStarted(at=NOON, run_id=RUN, step="orders", reason="never materialized"),
    materialized(
        value=ValueRef(io_manager="parquet", kind="pandas", path="orders/1.parquet", size=12),
        inputs={"raw": InputVersion(key="raw", version=2, data_version="xxh3_128:ab")},
        metadata={"rows": {"type": "int", "value": 3}},
        tags={"team": "größe 🦉"},
        as_of=NOON,
    ),
    AssetObserved(at=NOON, run_id=RUN, key="raw", data_version="7"),
    evaluated(version=1, severity="warn", blocking=True, passed=False, description="too few"),
    StepEnded(
        at=NOON,
        run_id=RUN,
        step="report",
        status="failed",
        error=ErrorInfo(kind="builtins.ValueError", message="no", traceback="Traceback ..."),
    ),
    AssetForgotten(at=NOON, run_id=RUN, key="old"),
    VersionKept(at=NOON, key="orders", version=1, origin=Origin(kind="session", user="ada")),
    AssetReadThrough(at=NOON, key="days", store="prod", origin=Origin(kind="cli", user="ada")),
    canceling(),
    ended(status="failed"),
    StepSucceeded(
        at=NOON,
        run_id=RUN,
        step="numbers",
        duration=0.5,
        outputs=(
            StepOutput(
                name="result",
                mapping_key="n0",
                value=ValueRef(io_manager="io_manager", kind="json", inline="1"),
                metadata={"rows": {"type": "int", "value": 3}},
            ),
        ),
    ),
    StepUpForRetry(
        at=NOON, run_id=RUN, step="flaky", retry=2, seconds=1.5, message="ValueError: x"
    ),
    KernelUsed(
        at=NOON,
        run_id=RUN,
        step="report",
        use=KernelUse(exit_code=-9, peak_memory=11_800_000_000, cpu_seconds=3.5),
    ),
    HookEnded(at=NOON, run_id=RUN, step="numbers", hook="page"),
    DynamicPartitionsChanged(at=NOON, name="shops", added=("a", "b"), deleted=("c",)),
    RunQueued(
        at=NOON,
        run_id=WAITED,
        asked="orders",
        steps=("orders",),
        origin=Origin(kind="cli", user="ada"),
        keys=("orders",),
        tags={"dagster/priority": "3"},
    ),
    ended(WAITED, "canceled"),
)


class EventLogContract:
    """What is committed is read back, in order, all or nothing."""

    def test_every_kind_of_event_is_read_back_unchanged(self, store: Store) -> None:
        rewriting = {AssetRenamed, AssetWiped}  # they change how those before them read
        assert {type(event) for event in RICH_EVENTS} | rewriting == set(EVENT_TYPES)
        store.commit(RICH_EVENTS)
        assert tuple(stored.event for stored in store.events()) == RICH_EVENTS

    def test_receipt_names_ids_and_version_numbers(self, store: Store) -> None:
        receipt = store.commit([started(), materialized(), materialized("raw/flights")])
        assert receipt.event_ids == tuple(stored.id for stored in store.events())
        assert receipt.numbers == {("orders", None): 1, ("raw/flights", None): 1}

    def test_nothing_is_a_commit_too(self, store: Store) -> None:
        assert store.commit([]).event_ids == ()

    def test_ids_grow_from_commit_to_commit(self, store: Store) -> None:
        ids = [store.commit([materialized()]).event_ids[0] for _ in range(5)]
        assert ids == sorted(set(ids))

    def test_reading_after_an_id_gives_what_is_newer(self, store: Store) -> None:
        first, second, third = store.commit([materialized()] * 3).event_ids
        assert [stored.id for stored in store.events(after=first)] == [second, third]
        assert store.events(after=third) == []

    def test_newest_first_with_a_limit(self, store: Store) -> None:
        ids = store.commit([materialized()] * 4).event_ids
        newest = store.events(newest_first=True, limit=2)
        assert [stored.id for stored in newest] == [ids[3], ids[2]]
        assert [stored.id for stored in store.events(limit=1)] == [ids[0]]
        assert store.events(limit=0) == []

    def test_events_are_filtered_by_run_key_and_kind(self, store: Store) -> None:
        mine = [started(), materialized(), evaluated(), materialized("raw")]
        other = [started("ffffffffffff"), materialized(run_id="ffffffffffff")]
        store.commit([*mine, *other])
        assert [each.event for each in store.events(run_id=RunId("ffffffffffff"))] == other
        assert len(store.events(key=ORDERS)) == 3
        assert len(store.events(kinds=[RunStarted, CheckEvaluated])) == 3
        both = store.events(run_id=RUN, key=ORDERS, kinds=[AssetMaterialized])
        assert [each.event for each in both] == [mine[1]]
        assert store.events(key=AssetKey("nobody")) == []
        assert store.events(kinds=[]) == []

    def test_an_event_without_a_run_is_kept(self, store: Store) -> None:
        store.commit([materialized(run_id="")])
        assert store.latest()[ORDERS].run_id == ""

    def test_a_commit_with_a_refused_event_leaves_nothing(self, store: Store) -> None:
        store.commit([started(), ended()])
        before = store.events()
        with pytest.raises(ConflictError, match="already ended: success"):
            store.commit([materialized(), evaluated(), ended(status="failed")])
        assert store.events() == before
        assert store.latest() == {}
        assert store.commit([materialized()]).numbers == {("orders", None): 1}

    def test_keys_that_differ_only_in_case_are_refused(self, store: Store) -> None:
        store.commit([materialized("raw/orders")])
        with pytest.raises(ConflictError, match=r"`raw/Orders`.*\n?.*`raw/orders`"):
            store.commit([materialized("raw/Orders")])
        with pytest.raises(ConflictError, match="`NEW`"):
            store.commit([materialized("new"), AssetForgotten(at=NOON, key="NEW")])
        assert [key.text for key in store.latest()] == ["raw/orders"]

    def test_a_fence_holds_while_its_run_is_started(self, store: Store) -> None:
        store.commit([started()])
        assert store.commit([materialized()], fence=RUN).numbers == {("orders", None): 1}
        store.commit([ended(status="failed")])
        with pytest.raises(ConflictError, match="marked failed meanwhile"):
            store.commit([materialized()], fence=RUN)
        assert store.latest()[ORDERS].number == 1

    def test_a_fence_of_an_unknown_run_refuses(self, store: Store) -> None:
        with pytest.raises(ConflictError, match="no such run was started"):
            store.commit([materialized()], fence=RUN)

    def test_later_records_come_before_later_commits(self, store: Store) -> None:
        store.later([started(), printed("one")])
        store.later([StepStarted(at=NOON, run_id=RUN, step="orders")])
        store.commit([materialized()], fence=RUN)
        kinds = [type(stored.event) for stored in store.events()]
        assert kinds == [RunStarted, StepStarted, AssetMaterialized]

    def test_what_was_sent_later_is_read_at_once(self, store: Store) -> None:
        store.later([started(), printed("one"), printed("two")])
        assert [each.record.text for each in store.logs(RUN)] == ["one", "two"]
        assert store.runs()[0].status == "started"

    def test_a_refused_later_record_is_told_by_flush_once(self, store: Store) -> None:
        store.later([printed("kept")])
        store.later([ended(), printed("lost")])
        store.commit([materialized()])
        with pytest.raises(ConflictError, match="no such run was started"):
            store.flush()
        store.flush()
        assert [each.record.text for each in store.logs(RUN)] == ["kept"]

    def test_logs_are_filtered_by_run_step_and_id(self, store: Store) -> None:
        store.later([printed("a"), printed("b", step="raw"), printed("c", run_id="ff")])
        store.later([printed("d"), printed("e")])
        assert [each.record.text for each in store.logs(RUN, "orders")] == ["a", "d", "e"]
        first = store.logs(RUN)[0]
        rest = store.logs(RUN, after=first.id, limit=2)
        assert [each.record.text for each in rest] == ["b", "d"]
        newest = store.logs(RUN, after=first.id, limit=2, newest_first=True)
        assert [each.record.text for each in newest] == ["e", "d"]

    def test_displays_keep_their_bundle(self, store: Store) -> None:
        display = LogRecord(
            run_id=RUN, step="s", at=NOON, stream="display", bundle={"image/png": "aGk="}
        )
        store.later([display])
        assert store.logs(RUN)[0].record == display

    def test_commits_of_many_threads_are_all_kept(self, store: Store) -> None:
        def work(name: str) -> None:
            for _ in range(20):
                receipts.extend(store.commit([materialized(name), materialized()]).event_ids)

        receipts: list[int] = []
        threads = [threading.Thread(target=work, args=(f"asset{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(receipts)) == len(receipts) == len(store.events()) == 160
        assert [each.number for each in store.versions(ORDERS)] == list(range(80, 0, -1))

    def test_a_refused_request_harms_no_other(self, store: Store) -> None:
        def refused() -> None:
            for _ in range(20):
                with pytest.raises(ConflictError):
                    store.commit([materialized("bad"), ended()])
                errors.append(1)

        errors: list[int] = []
        thread = threading.Thread(target=refused)
        thread.start()
        for _ in range(20):
            store.commit([materialized()])
        thread.join()
        assert len(errors) == 20
        assert set(store.latest()) == {ORDERS}
        assert store.latest()[ORDERS].number == 20

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.close()
        store.close()
        with pytest.raises(StoreError, match="the store is closed"):
            store.commit([materialized()])
        with pytest.raises(StoreError, match="the store is closed"):
            store.later([printed("x")])
        with pytest.raises(StoreError, match="the store is closed"):
            store.events()


class StateViewContract:
    """What events add up to."""

    def test_a_run_is_started_then_ended(self, store: Store) -> None:
        store.commit([started()])
        (run,) = store.runs()
        assert (run.id, run.status, run.ended_at, run.message) == (RUN, "started", None, "")
        assert (run.asked, run.steps, run.origin) == ("orders", ("orders",), started().origin)
        assert (run.started_at, run.owner) == (NOON, current_process())
        store.commit([ended(status="failed")])
        (run,) = store.runs()
        assert (run.status, run.message) == ("failed", "In[3] raised ValueError")
        assert run.ended_at == NOON + timedelta(minutes=1)

    @pytest.mark.parametrize("first", ["success", "failed", "canceled"])
    def test_the_first_end_of_a_run_stands(self, store: Store, first: Any) -> None:
        store.commit([started(), ended(status=first)])
        with pytest.raises(ConflictError, match=f"already ended: {first}"):
            store.commit([ended()])
        assert store.runs()[0].status == first

    @pytest.mark.parametrize("last", ["success", "failed", "canceled"])
    def test_a_run_that_is_to_end_is_on_its_way_until_it_has(self, store: Store, last: Any) -> None:
        store.commit([started()])
        assert store.commit([materialized()], fence=RUN).canceling is False
        store.commit([canceling()])
        (run,) = store.runs(statuses=["canceling"])
        assert (run.id, run.status, run.ended_at) == (RUN, "canceling", None)
        assert store.runs(statuses=["started"]) == []
        assert [run.id for run in store.runs(statuses=ON_THEIR_WAY)] == [RUN]
        assert store.commit([materialized()], fence=RUN).canceling is True
        store.commit([ended(status=last)], fence=RUN)
        assert store.runs()[0].status == last

    def test_a_run_that_waits_has_ended_once_it_is_asked_to(self, store: Store) -> None:
        assert not store.start_in_turn(started(), lambda live: False)
        store.commit([canceling()])
        (run,) = store.runs()
        assert (run.status, run.message) == ("canceled", "canceled by bob on desk")
        assert [type(each.event) for each in store.events()][1:] == [RunCanceling, RunEnded]
        with pytest.raises(RunEndedError, match="canceled"):
            store.start_in_turn(started(), lambda live: True)

    def test_a_run_is_asked_to_end_once_and_while_it_is_on_its_way(self, store: Store) -> None:
        with pytest.raises(ConflictError, match="no such run was started"):
            store.commit([canceling()])
        store.commit([started(), canceling()])
        with pytest.raises(ConflictError, match="asked for before"):
            store.commit([canceling()])
        store.commit([ended(status="canceled")])
        with pytest.raises(ConflictError, match="already ended: canceled"):
            store.commit([canceling()])
        assert [type(each.event) for each in store.events()] == [
            RunStarted,
            RunCanceling,
            RunEnded,
        ]

    def test_a_run_starts_once(self, store: Store) -> None:
        store.commit([started()])
        with pytest.raises(ConflictError, match="started before"):
            store.commit([started()])
        assert len(store.runs()) == 1

    def test_a_run_is_resumed_once(self, store: Store) -> None:
        store.commit([started("parent")])
        with pytest.raises(ConflictError, match="resuming run parent: it is still running"):
            store.commit([resuming("parent", "too-soon")])
        store.commit([ended("parent", "canceled")])
        store.commit([resuming("parent", "first"), ended("first", "failed")])
        with pytest.raises(ConflictError, match="run first goes on with it already"):
            store.commit([resuming("parent", "second")])
        store.commit([resuming("first", "third")])
        assert [run.id for run in store.runs()] == ["third", "first", "parent"]
        again = store.runs(limit=1)[0].reexecution
        assert again is not None and again.parent_run_id == "first"

    def test_a_run_is_retried_as_often_as_anybody_likes(self, store: Store) -> None:
        store.commit([started("parent"), ended("parent", "failed")])
        for name in ("first", "second"):
            store.commit([resuming("parent", name, "all")])
        assert len(store.runs()) == 3

    def test_runs_are_newest_first_and_filtered(self, store: Store) -> None:
        for run_id in ("aa1", "aa2", "b%1"):
            store.commit([started(run_id)])
        store.commit([ended("aa2")])
        assert [run.id for run in store.runs()] == ["b%1", "aa2", "aa1"]
        assert [run.id for run in store.runs(limit=1)] == ["b%1"]
        assert [run.id for run in store.runs(beginning="aa")] == ["aa2", "aa1"]
        assert [run.id for run in store.runs(beginning="%")] == []
        assert [run.id for run in store.runs(statuses=["started"])] == ["b%1", "aa1"]
        assert [run.id for run in store.runs(statuses=["success", "failed"])] == ["aa2"]
        assert store.runs(statuses=[]) == []

    def test_latest_is_the_last_materialization(self, store: Store) -> None:
        assert store.latest() == {}
        store.commit([materialized(data_version="1"), materialized("raw/flights")])
        store.commit([materialized(data_version="2")])
        latest = store.latest()
        assert set(latest) == {ORDERS, AssetKey(["raw", "flights"])}
        version = latest[ORDERS]
        assert (version.key, version.number, version.partition) == (ORDERS, 2, None)
        assert (version.event.data_version, version.run_id, version.at) == ("2", RUN, NOON)
        assert store.events(key=ORDERS)[-1].id == version.event_id
        assert set(store.latest([ORDERS, AssetKey("nobody")])) == {ORDERS}
        assert store.latest([]) == {}

    def test_numbers_count_over_all_partitions(self, store: Store) -> None:
        monday, none = PartitionKey("monday"), PartitionKey("")
        for partition in (monday, none, None, monday):
            store.commit([materialized(partition=partition)])
        assert [each.partition for each in store.versions(ORDERS)] == [monday, None, none, monday]
        assert store.latest(partition=monday)[ORDERS].number == 4
        assert store.latest(partition=none)[ORDERS].number == 2
        assert store.latest()[ORDERS].number == 3

    def test_an_overridden_version_is_never_the_latest(self, store: Store) -> None:
        store.commit([materialized()])
        receipt = store.commit([materialized(overridden=True)])
        assert receipt.numbers == {("orders", None): 2}
        assert store.latest()[ORDERS].number == 1
        assert [each.number for each in store.versions(ORDERS)] == [2, 1]

    def test_assets_are_named_in_the_order_of_their_first_events(self, store: Store) -> None:
        assert store.assets() == []
        store.commit([materialized("b"), evaluated("external"), materialized("a", overridden=True)])
        store.commit([materialized("b")])
        assert [str(key) for key in store.assets()] == ["b", "external", "a"]

    def test_what_is_whole_has_no_damage(self, store: Store) -> None:
        store.commit([materialized(), evaluated()])
        assert store.damage() == []

    def test_files_that_are_chosen_are_doomed(self, store: Store) -> None:
        for number in range(3):
            file = ValueRef(io_manager="io_manager", kind="arrow", path=f"orders/{number}", size=5)
            store.commit([materialized(value=file)])
        store.commit([materialized("none"), evaluated("none")])
        shown: list[ValueFile] = []

        def choose(values: Sequence[ValueFile]) -> list[str]:
            shown.extend(values)
            return [values[0].path]

        assert store.doom(choose) == ["orders/0"]
        assert [(each.number, each.path, each.latest, each.size) for each in shown] == [
            (1, "orders/0", False, 5),
            (2, "orders/1", False, 5),
            (3, "orders/2", True, 5),
        ]
        assert list(store.doomed()) == ["orders/0"]
        assert store.doom(lambda values: [each.path for each in values if not each.latest]) == [
            "orders/1"
        ]

    def test_a_doomed_file_is_never_named_again(self, store: Store) -> None:
        file = ValueRef(io_manager="io_manager", kind="arrow", path="orders/x")
        store.doom(lambda values: ["orders/x"])
        with pytest.raises(DoomedFileError, match="`orders`: its value file orders/x"):
            store.commit([materialized(), materialized(value=file)])
        assert store.versions(ORDERS) == []

    def test_what_a_live_run_may_read_is_in_use(self, store: Store) -> None:
        def made(number: int) -> None:
            file = ValueRef(io_manager="io_manager", kind="arrow", path=f"orders/{number}")
            store.commit([materialized(value=file)])

        made(1)
        made(2)
        store.commit([started()])
        made(3)
        made(4)
        used: list[bool] = []
        store.doom(lambda values: used.extend(each.in_use for each in values) or [])
        assert used == [False, True, True, True]

    def test_what_a_live_run_was_given_is_in_use(self, store: Store) -> None:
        for number in (1, 2, 3):
            file = ValueRef(io_manager="io_manager", kind="arrow", path=f"orders/{number}")
            store.commit([materialized(value=file)])
        store.commit([structs.replace(started(), given={"orders": 1})])
        used: list[bool] = []
        store.doom(lambda values: used.extend(each.in_use for each in values) or [])
        assert used == [True, False, True]
        store.commit([ended()])
        store.doom(lambda values: used.extend(each.in_use for each in values) or [])
        assert used[3:] == [False, False, False]

    def test_a_run_cannot_be_given_what_is_gone(self, store: Store) -> None:
        file = ValueRef(io_manager="io_manager", kind="arrow", path="orders/1")
        store.commit([materialized(value=file), materialized()])
        store.doom(lambda values: ["orders/1"])
        with pytest.raises(ConflictError, match="reading `orders@1`: its value was let go"):
            store.commit([structs.replace(started(), given={"orders": 1})])
        assert store.runs() == []

    def test_kept_versions_are_known_as_such(self, store: Store) -> None:
        for number in (1, 2):
            file = ValueRef(io_manager="io_manager", kind="arrow", path=f"orders/{number}")
            store.commit([materialized(value=file)])
        store.commit([VersionKept(at=NOON, run_id="", key="orders", version=1)])
        found: list[bool] = []
        store.doom(lambda values: found.extend(each.kept for each in values) or [])
        assert found == [True, False]

    def test_what_schedules_made_is_known(self, store: Store) -> None:
        by_schedule = structs.replace(started(), origin=Origin(kind="schedule"))
        store.commit([by_schedule])
        file = ValueRef(io_manager="io_manager", kind="arrow", path="orders/x")
        store.commit([materialized(value=file)])
        found: list[bool] = []
        store.doom(lambda values: found.extend(each.scheduled for each in values) or [])
        assert found == [True]

    def test_wiped_versions_lose_their_data(self, store: Store) -> None:
        store.commit([started(), *(_secret(number) for number in (1, 2))])
        found = ErrorInfo(kind="ValueError", message="secret", traceback="secret")
        store.commit([evaluated(metadata={"seen": {"value": "secret"}}, error=found), ended()])
        store.later([LogRecord(run_id=RUN, step="orders", at=NOON, stream="log", text="secret")])
        receipt = store.commit([_wiped(1, 2)])
        versions = store.versions(ORDERS)
        assert [each.event.value.path for each in versions if each.event.value] == [None, None]
        assert [(each.event.wiped_at, each.event.wiped_by) for each in versions] == [
            (NOON, "ada")
        ] * 2
        assert versions[0].event.metadata == {"dagster/row_count": {"value": 3}}
        assert "secret" not in repr([each.event for each in store.events()])
        assert store.latest()[ORDERS] == versions[0]
        assert store.logs(RUN) == []
        assert set(store.doomed()) == {"orders/1", "orders/2"}
        [tombstone] = store.events(kinds=[AssetWiped])
        assert tombstone.id == receipt.event_ids[0]
        assert isinstance(tombstone.event, AssetWiped)
        assert (tombstone.event.size, tombstone.event.logs) == (10, 1)
        assert store.damage() == []
        store.expunge()

    def test_other_versions_keep_their_data(self, store: Store) -> None:
        other = RunId("b1b2c3d4e5f6")
        store.commit([started(), _secret(1), ended()])
        store.commit([started(other), _secret(2, run_id=other), ended(other)])
        log = LogRecord(run_id=other, step="orders", at=NOON, stream="log", text="secret")
        store.later([log, structs.replace(log, run_id=RUN)])
        store.commit([_wiped(1)])
        assert [each.event.wiped_at for each in store.versions(ORDERS)] == [None, NOON]
        assert [len(store.logs(run)) for run in (RUN, other)] == [0, 1]
        assert list(store.doomed()) == ["orders/1"]

    def test_a_whole_asset_takes_failed_steps_with_it(self, store: Store) -> None:
        failed = StepEnded(at=NOON, run_id=RUN, step="orders", status="failed", message="secret")
        end = structs.replace(ended(status="failed"), message="orders: secret")
        seen = AssetObserved(at=NOON, key="orders", metadata={"x": {"value": "secret"}})
        other = RunId("b1b2c3d4e5f6")
        store.commit([started(), failed, end, seen, started(other), _secret(1, run_id=other)])
        store.commit([ended(other)])
        store.later([LogRecord(run_id=RUN, step="orders", at=NOON, stream="log", text="secret")])
        store.commit([structs.replace(_wiped(1), whole=True)])
        assert "secret" not in repr([each.event for each in store.events()])
        assert store.runs(statuses=["failed"])[0].message == "wiped"
        assert store.logs(RUN) == []

    def test_a_version_with_the_same_value_goes_with_it(self, store: Store) -> None:
        again = structs.replace(_secret(1), run_id="b1b2c3d4e5f6", written_by=RUN, restored_from=1)
        store.commit([_secret(1), _secret(2), again])
        store.commit([_wiped(3)])
        assert [each.event.wiped_at is None for each in store.versions(ORDERS)] == [
            False,
            True,
            False,
        ]

    def test_wiping_twice_keeps_the_first_wipe(self, store: Store) -> None:
        store.commit([_secret(1)])
        store.commit([_wiped(1)])
        store.commit([structs.replace(_wiped(1), at=NOON + timedelta(days=1))])
        assert store.versions(ORDERS)[0].event.wiped_at == NOON
        tombstones = [each.event for each in store.events(kinds=[AssetWiped])]
        assert [each.size for each in tombstones if isinstance(each, AssetWiped)] == [5, 0]

    def test_a_kept_version_is_no_longer_kept_once_wiped(self, store: Store) -> None:
        store.commit([_secret(1), VersionKept(at=NOON, key="orders", version=1)])
        store.commit([_wiped(1)])
        assert store.kept().get(ORDERS, frozenset()) == frozenset()

    @pytest.mark.parametrize("keys", [("orders",), ("a", "orders"), ()])
    def test_what_a_live_run_touches_is_not_wiped(
        self, store: Store, keys: tuple[str, ...]
    ) -> None:
        store.commit([_secret(1), structs.replace(started(), keys=keys)])
        with pytest.raises(ConflictError, match=f"wiping `orders`: run {RUN} is on its way"):
            store.commit([_wiped(1)])
        assert store.versions(ORDERS)[0].event.wiped_at is None
        store.commit([ended()])
        store.commit([_wiped(1)])

    def test_other_live_runs_are_no_hindrance_to_wiping(self, store: Store) -> None:
        store.commit([_secret(1), structs.replace(started(), keys=("a",))])
        store.commit([_wiped(1)])
        assert store.versions(ORDERS)[0].event.wiped_at == NOON

    def test_newest_versions_alone(self, store: Store) -> None:
        store.commit([materialized()] * 5)
        assert [each.number for each in store.versions(ORDERS, newest=2)] == [5, 4]
        assert store.versions(AssetKey("nobody")) == []

    def test_an_input_of_the_same_commit_gets_its_number(self, store: Store) -> None:
        store.commit([materialized()])
        read = {
            "orders": InputVersion(key="orders", version=0, data_version="d"),
            "prices": InputVersion(key="prices", version=7),
        }
        store.commit([materialized(), materialized("report", inputs=read)])
        [version] = store.versions(AssetKey("report"))
        assert {name: each.version for name, each in version.event.inputs.items()} == {
            "orders": 2,
            "prices": 7,
        }
        assert version.event.inputs["orders"].data_version == "d"

    def test_an_input_that_was_not_committed_with_it_has_no_number(self, store: Store) -> None:
        store.commit([materialized()])
        read = {"orders": InputVersion(key="orders", version=0)}
        store.commit([materialized("report", inputs=read)])
        [version] = store.versions(AssetKey("report"))
        assert version.event.inputs["orders"].version is None

    def test_a_check_is_told_the_version_of_its_commit(self, store: Store) -> None:
        store.commit([materialized()])
        store.commit([materialized(), evaluated()])
        (state,) = store.checks().values()
        assert (state.version, state.passed) == (2, True)
        assert store.events(kinds=[CheckEvaluated])[0].event == state.event

    def test_a_check_alone_is_of_the_latest_version(self, store: Store) -> None:
        store.commit([materialized(), materialized()])
        store.commit([evaluated(passed=False, severity="warn", blocking=True)])
        state = store.checks([ORDERS])[CheckKey("orders", "has_rows")]
        assert (state.version, state.passed, state.severity, state.blocking) == (
            2,
            False,
            "warn",
            True,
        )

    def test_a_check_of_an_asset_without_versions(self, store: Store) -> None:
        store.commit([evaluated("external")])
        assert store.checks()[CheckKey("external", "has_rows")].version is None

    def test_a_check_of_an_older_version_changes_nothing(self, store: Store) -> None:
        store.commit([materialized(), materialized(), evaluated()])
        store.commit([evaluated(version=1, passed=False)])
        assert store.checks()[CheckKey("orders", "has_rows")].version == 2

    def test_a_check_of_an_overridden_version_changes_nothing(self, store: Store) -> None:
        store.commit([materialized(), evaluated()])
        store.commit([materialized(overridden=True), evaluated(passed=False)])
        state = store.checks()[CheckKey("orders", "has_rows")]
        assert (state.version, state.passed) == (1, True)

    def test_a_new_version_leaves_the_old_evaluation(self, store: Store) -> None:
        store.commit([materialized(), evaluated()])
        store.commit([materialized()])
        assert store.checks()[CheckKey("orders", "has_rows")].version == 1

    def test_checks_are_kept_by_asset_name_and_partition(self, store: Store) -> None:
        monday = PartitionKey("monday")
        store.commit([materialized(), materialized(partition=monday), materialized("raw")])
        store.commit([evaluated(), evaluated(check="b"), evaluated("raw")])
        store.commit([evaluated(partition=monday, passed=False)])
        assert set(store.checks()) == {
            CheckKey("orders", "has_rows"),
            CheckKey("orders", "b"),
            CheckKey("raw", "has_rows"),
        }
        assert set(store.checks([AssetKey("raw")])) == {CheckKey("raw", "has_rows")}
        assert not store.checks(partition=monday)[CheckKey("orders", "has_rows")].passed

    def test_kept_versions_are_those_not_released(self, store: Store) -> None:
        store.commit([materialized(), materialized(), materialized("raw/flights")])
        assert store.kept() == {}
        store.commit([VersionKept(at=NOON, key="orders", version=number) for number in (1, 2, 2)])
        store.commit([VersionKept(at=NOON, key="raw/flights", version=1)])
        assert store.kept([ORDERS]) == {ORDERS: frozenset([1, 2])}
        store.commit([VersionKept(at=NOON, key="orders", version=1, released=True)])
        flights = AssetKey(["raw", "flights"])
        assert store.kept() == {ORDERS: frozenset([2]), flights: frozenset([1])}
        store.commit([VersionKept(at=NOON, key="raw/flights", version=1, released=True)])
        assert store.kept([flights]) == {}

    @pytest.mark.parametrize("number", [0, 2])
    def test_only_a_version_that_is_there_is_kept(self, store: Store, number: int) -> None:
        store.commit([materialized()])
        with pytest.raises(ConflictError, match=f"keeping `orders@{number}`: there is no such"):
            store.commit([materialized("raw"), VersionKept(at=NOON, key="orders", version=number)])
        assert store.latest([AssetKey("raw")]) == {}
        assert store.kept() == {}

    def test_a_version_is_kept_in_the_commit_that_makes_it(self, store: Store) -> None:
        store.commit([materialized(), VersionKept(at=NOON, key="orders", version=1)])
        assert store.kept() == {ORDERS: frozenset([1])}

    def test_the_latest_observation_counts(self, store: Store) -> None:
        for version in ("1", "2"):
            store.commit([AssetObserved(at=NOON, key="feed", data_version=version)])
        store.commit([AssetObserved(at=NOON, key="other")])
        (stored,) = store.observed([AssetKey("feed")]).values()
        assert isinstance(stored.event, AssetObserved)
        assert stored.event.data_version == "2"
        assert len(store.observed()) == 2

    def test_a_forgotten_asset_keeps_its_versions(self, store: Store) -> None:
        store.commit([materialized()])
        store.commit([AssetForgotten(at=NOON, key="orders")])
        assert store.latest()[ORDERS].number == 1

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(
        parts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1)
    )
    def test_any_key_is_found_again(self, store: Store, parts: list[str]) -> None:
        key = AssetKey(parts)
        try:
            store.commit([materialized(key.text, metadata={"parts": parts})])
        except ConflictError:  # two examples that differ only in case
            return
        assert store.latest([key])[key].event.metadata == {"parts": parts}
        assert store.versions(key)[0].key == key


class RenamingContract:
    """A renamed asset is the same asset, whatever it had."""

    def test_all_that_is_known_has_the_new_name(self, store: Store) -> None:
        monday = PartitionKey("monday")
        store.commit([materialized(), materialized(partition=monday), materialized()])
        store.commit([evaluated(), AssetObserved(at=NOON, key="orders", data_version="7")])
        store.commit([VersionKept(at=NOON, key="orders", version=1)])
        before = store.events()
        store.commit([AssetRenamed(at=NOON, key="sales", old="orders")])
        sales = AssetKey("sales")
        assert [each.number for each in store.versions(sales)] == [3, 2, 1]
        assert {each.event.key for each in store.versions(sales)} == {"sales"}
        assert store.versions(ORDERS) == []
        assert set(store.latest()) == {sales}
        assert store.latest([sales], monday)[sales].number == 2
        assert store.kept() == {sales: frozenset([1])}
        assert store.checks()[CheckKey("sales", "has_rows")].event.key == "sales"
        assert [type(each.event) for each in store.observed().values()] == [AssetObserved]
        assert [each.id for each in store.events(key=sales)][:-1] == [each.id for each in before]
        assert store.events(key=ORDERS) == []

    def test_readers_name_the_new_key(self, store: Store) -> None:
        read = {
            "orders": InputVersion(key="orders", version=1, data_version="a"),
            "other": InputVersion(key="raw/orders", version=1, data_version="b"),
        }
        store.commit([materialized(), materialized("report", inputs=read)])
        store.commit([AssetRenamed(at=NOON, key="sales", old="orders")])
        [report] = store.versions(AssetKey("report"))
        assert report.event.inputs == {
            "orders": InputVersion(key="sales", version=1, data_version="a"),
            "other": InputVersion(key="raw/orders", version=1, data_version="b"),
        }

    def test_only_the_code_that_is_said_to_be_the_same_gets_its_name(self, store: Store) -> None:
        codes = [CodeRef(digest="a", manifest="m"), CodeRef(digest="b", authored="1")]
        store.commit([materialized(code=code) for code in codes])
        store.commit([materialized("raw", code=codes[0])])
        again = CodeRef(digest="c", manifest="n")
        event = AssetRenamed(at=NOON, key="sales", old="orders", code_before="a", code=again)
        store.commit([event])
        found = [each.event.code for each in store.versions(AssetKey("sales"))]
        assert found == [codes[1], again]
        assert store.versions(AssetKey("raw"))[0].event.code == codes[0]

    def test_the_next_version_goes_on_counting(self, store: Store) -> None:
        store.commit([materialized(), materialized()])
        store.commit([AssetRenamed(at=NOON, key="sales", old="orders")])
        store.commit([materialized("sales"), materialized("orders")])
        assert {str(key): each.number for key, each in store.latest().items()} == {
            "sales": 3,
            "orders": 1,
        }

    def test_newer_versions_of_the_new_name_go_on_where_the_old_ends(self, store: Store) -> None:
        store.commit([materialized(), materialized()])
        store.commit([evaluated(version=2, check="a"), evaluated(version=2, check="b")])
        again = materialized("sales", restored_from=1)
        store.commit([materialized("sales"), again, evaluated("sales", check="a", version=2)])
        read = {"x": InputVersion(key="sales", version=1), "y": InputVersion(key="orders")}
        store.commit([materialized("report", inputs=read)])
        store.commit([VersionKept(at=NOON, key="sales", version=2)])
        store.commit([AssetRenamed(at=NOON, key="sales", old="orders")])
        sales = AssetKey("sales")
        versions = store.versions(sales)
        assert [each.number for each in versions] == [4, 3, 2, 1]
        assert versions[0].event.restored_from == 3
        assert store.latest()[sales].number == 4
        assert store.kept() == {sales: frozenset([4])}
        checks = {key.name: state.version for key, state in store.checks().items()}
        assert checks == {"a": 4, "b": 2}
        inputs = store.versions(AssetKey("report"))[0].event.inputs
        assert {name: (each.key, each.version) for name, each in inputs.items()} == {
            "x": ("sales", 3),
            "y": ("sales", None),
        }

    def test_a_rename_of_a_rename_keeps_all(self, store: Store) -> None:
        store.commit([materialized()])
        store.commit([AssetRenamed(at=NOON, key="sales", old="orders")])
        store.commit([AssetRenamed(at=NOON, key="Sales", old="sales")])
        store.commit([AssetRenamed(at=NOON, key="raw/sales", old="Sales")])
        renamed = [each.event for each in store.events(kinds=[AssetRenamed])]
        assert [(each.key, each.old) for each in renamed if isinstance(each, AssetRenamed)] == [
            ("raw/sales", "orders"),
            ("raw/sales", "sales"),
            ("raw/sales", "Sales"),
        ]
        assert [each.number for each in store.versions(AssetKey(["raw", "sales"]))] == [1]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("nobody", "sales", "renaming `nobody`: nothing is recorded of it"),
            ("orders", "Raw", "asset `raw` differs from it only in upper and lower case"),
            ("orders", "raw", "`raw` has versions of its own that are older than the last one"),
        ],
    )
    def test_what_cannot_be_renamed_is_refused_whole(
        self, store: Store, old: str, new: str, said: str
    ) -> None:
        store.commit([materialized("raw"), materialized()])
        before = store.events()
        with pytest.raises(ConflictError, match=said):
            store.commit([AssetRenamed(at=NOON, key=new, old=old)])
        assert store.events() == before

    def test_nothing_is_renamed_while_a_run_is_on_its_way(self, store: Store) -> None:
        store.commit([materialized(), started()])
        with pytest.raises(ConflictError, match=f"run {RUN} is on its way"):
            store.commit([AssetRenamed(at=NOON, key="sales", old="orders")])
        store.commit([ended()])
        store.commit([AssetRenamed(at=NOON, key="sales", old="orders")])
        assert set(store.latest()) == {AssetKey("sales")}


class OtherStoresContract:
    """What is recorded of an asset that is read from another store."""

    def test_a_check_of_another_stores_version_is_kept(self, store: Store) -> None:
        check = evaluated(version=41, store="prod")
        store.commit([check])
        [state] = store.checks([ORDERS]).values()
        assert state.event == check

    def test_a_check_of_another_store_hides_no_own_one(self, store: Store) -> None:
        store.commit([materialized(), evaluated(passed=False), evaluated(version=1, store="prod")])
        [state] = store.checks([ORDERS]).values()
        assert not state.passed

    def test_an_asset_read_through_has_no_latest_version(self, store: Store) -> None:
        store.commit([materialized(), materialized("other"), evaluated()])
        store.commit([AssetReadThrough(at=NOON, key="orders", store="prod")])
        assert list(store.latest()) == [AssetKey("other")]
        assert not store.checks()
        assert [each.number for each in store.versions(ORDERS)] == [1]

    def test_a_later_version_is_the_latest_again(self, store: Store) -> None:
        store.commit([materialized(), AssetReadThrough(at=NOON, key="orders", store="prod")])
        store.commit([materialized()])
        assert store.latest()[ORDERS].number == 2


SNAPSHOT = Content("c1", "snapshot", "a.ipynb", "{}", ("p1", "p2"))
BUNDLE = Content("b1", "bundle", "a.ipynb", "{}", ("p1",))


class SourcesContract:
    """Texts by digest, snapshots by location, contents with their parts, and pins."""

    def test_texts_are_found_by_digest(self, store: Store) -> None:
        store.put_texts({"d1": "def f(): ...", "d2": "größe = 1"})
        store.put_texts({"d2": "größe = 1", "d3": ""})
        assert store.texts(["d1", "d3", "nothing"]) == {"d1": "def f(): ...", "d3": ""}
        assert store.texts([]) == {}

    def test_the_newest_snapshot_of_a_location_counts(self, store: Store) -> None:
        assert store.snapshot("a.ipynb") is None
        ids = [
            store.put_snapshot(location, body)
            for location, body in [("a.ipynb", b"1"), ("b.ipynb", b"2"), ("a.ipynb", b"\x00\xff")]
        ]
        assert ids == sorted(set(ids))
        newest = store.snapshot("a.ipynb")
        assert newest is not None
        assert (newest.id, newest.location, newest.body) == (ids[2], "a.ipynb", b"\x00\xff")
        assert newest.at.tzinfo is UTC
        assert store.snapshot() == newest
        assert [(name, each.body) for name, each in store.snapshots().items()] == [
            ("b.ipynb", b"2"),
            ("a.ipynb", b"\x00\xff"),
        ]

    def test_a_content_is_found_with_its_parts(self, store: Store) -> None:
        store.put_content(SNAPSHOT, {"p1": "größe", "p2": "two"})
        stored = store.content("c1")
        assert stored is not None
        assert stored.content == SNAPSHOT
        assert stored.at.tzinfo is UTC
        assert store.parts(["p1", "p2", "p3"]) == {"p1": "größe", "p2": "two"}
        assert store.content("c2") is None

    def test_the_last_pin_of_a_location_counts(self, store: Store) -> None:
        assert store.pins() == {}
        store.put_content(SNAPSHOT, {"p1": "one", "p2": "two"})
        store.put_content(BUNDLE, {"p1": "one"})
        store.put_content(replace(BUNDLE, digest="b2"), {"p1": "one"})
        store.put_pin(Pin("a.ipynb", "b1", None, NOON, "ann@laptop"))
        store.put_pin(Pin("b.ipynb", "b1", None, NOON + timedelta(1), "ann@laptop"))
        moved = Pin("a.ipynb", "b2", "c1", NOON + timedelta(2), "bob@server")
        store.put_pin(moved)
        assert list(store.pins()) == ["b.ipynb", "a.ipynb"]
        assert store.pins()["a.ipynb"] == moved

    @pytest.mark.parametrize("bundle, snapshot", [("b9", None), ("b1", "c9"), ("c1", None)])
    def test_only_what_is_stored_is_pinned(
        self, store: Store, bundle: str, snapshot: str | None
    ) -> None:
        store.put_content(SNAPSHOT, {"p1": "one", "p2": "two"})
        store.put_content(BUNDLE, {"p1": "one"})
        before = Pin("a.ipynb", "b1", None, NOON, "ann@laptop")
        store.put_pin(before)
        with pytest.raises(ConflictError, match="is not in the store"):
            store.put_pin(Pin("a.ipynb", bundle, snapshot, NOON, "ann@laptop"))
        assert store.pins() == {"a.ipynb": before}

    def test_sources_are_dropped_with_parts_of_nobody_else(self, store: Store) -> None:
        gone = store.put_snapshot("a.ipynb", b"1")
        kept = store.put_snapshot("a.ipynb", b"2")
        store.put_content(SNAPSHOT, {"p1": "one", "p2": "two"})
        store.put_content(BUNDLE, {"p1": "one"})
        store.put_pin(Pin("a.ipynb", "b1", None, NOON, "ann@laptop"))
        store.commit([structs.replace(started(), snapshot="c1", bundle="b3")])
        off = store.automation("a.ipynb:nightly")
        store.change_automation(off, replace(off, on=True, pin="its own words"))
        store.add_backfill(Backfill("f1", "paused", "all", NOON, "ann@laptop", bundle="b4"), ["{}"])
        shown: list[SourceUse] = []

        def choose(use: SourceUse) -> SourcesGoing:
            shown.append(use)
            return SourcesGoing((gone,), ("c1",))

        going = store.drop_sources(choose)
        (use,) = shown
        assert [each.id for each in use.snapshots] == [gone, kept]
        assert {each.content.digest for each in use.contents} == {"c1", "b1"}
        assert [each.bundle for each in use.pins] == ["b1"]
        assert use.named_by_runs == {"c1", "b3"}
        assert use.automation_pins == ("its own words",)
        assert use.named_by_backfills == {"b4"}
        assert going == SourcesGoing((gone,), ("c1",))
        assert use.part_sizes.keys() == {"p1", "p2"}
        assert store.content("c1") is None
        assert store.parts(["p1", "p2"]) == {"p1": "one"}
        newest = store.snapshot("a.ipynb")
        assert newest is not None
        assert newest.id == kept
        store.put_content(SNAPSHOT, {"p1": "one", "p2": "two"})
        assert store.parts(["p1", "p2"]) == {"p1": "one", "p2": "two"}


class StoreContract(
    EventLogContract,
    StateViewContract,
    RenamingContract,
    OtherStoresContract,
    SourcesContract,
    AutomationsContract,
    BackfillsContract,
    PartitionsContract,
    TurnsContract,
):
    """All of it."""
