"""A tick fires once: with two daemons that are killed and stopped at random, and with a kill
between any two statements of what commits it and launches what it asks for.

The controls look first and act afterwards, or write the parts down one after the other.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.contracts.automations import NIGHTLY, SIX, asks, gone, tick
from tests.faults.tick_daemon import Plan, fire_all

from assetbook import (
    DynamicPartitionsDefinition,
    Instance,
    RunRequest,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)
from assetbook.automation.sensor_commit import commit_sensor_tick
from assetbook.automation.sensor_tick import sensor_tick
from assetbook.errors import ConflictError
from assetbook.events.asset_events import DynamicPartitionsChanged
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunStarted
from assetbook.instance.sensor_record import sensor_id
from assetbook.storage.automations import CursorMove
from assetbook.storage.process_identity import current_process
from assetbook.storage.sqlite_store import SqliteStore

# newer Pythons warn of what is done here: a fork beside other threads
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

ORDINARY = {"minutes": 1_000, "seconds": 9.0, "kills": 82, "stops": 3}
LONG = {"minutes": 1_000, "seconds": 100.0, "kills": 500, "stops": 40}


def fired(database: Path) -> Counter[str]:
    """How often a run was started for each tick."""
    with closing(SqliteStore(database)) as store:
        assert store.damage() == []
        return Counter(each.asked for each in store.runs())


@pytest.mark.parametrize(
    "given", [ORDINARY, pytest.param(LONG, marks=pytest.mark.long)], ids=["82 kills", "500 kills"]
)
def test_two_daemons_killed_at_random_fire_each_tick_once(
    memory: Path, given: dict[str, float], record_property: Callable[[str, object], None]
) -> None:
    plan = Plan(memory / "assetbook.db", seed=7, **given)  # type: ignore[arg-type]
    fire_all(plan)
    found = fired(plan.database)
    with closing(SqliteStore(plan.database)) as store:
        assert len(store.ticks()) == len(plan.due)
        assert store.requests(states=["waiting", "refused"]) == []
        assert store.lease() is None
        holders = store.acquire_lease(current_process()).token - 1
    record_property("holders of the lease", holders)
    assert holders > plan.kills / 4  # else the kills met those that waited
    assert set(found) == plan.due  # none missed
    assert found.total() == len(plan.due)  # none doubled


def test_daemons_that_look_first_fire_ticks_twice(memory: Path) -> None:
    plan = Plan(memory / "assetbook.db", minutes=10, seconds=0.5, naive=True)
    fire_all(plan)
    assert fired(plan.database).total() > len(plan.due)


def start(store: SqliteStore, number: int) -> None:
    """Starts the run of that number, if it was not."""
    run = RunStarted(
        at=SIX, run_id=asks(number).run_id, asked="j", steps=(), origin=Origin(kind="schedule")
    )
    with suppress(ConflictError):
        store.commit([run])


def launch(store: SqliteStore) -> None:
    """Starts the runs that wait."""
    for each in store.requests(states=["waiting"]):
        start(store, int(each.request.run_id, 16))
        store.settle_request(each.request.run_id, "launched")


CHANGED = DynamicPartitionsChanged(at=SIX, name="shops", added=("a",))


def at_once(store: SqliteStore, first: int) -> None:
    """As the daemon does it: one transaction, then the launches."""
    lease = store.acquire_lease(current_process())
    cursor = CursorMove(store.automation(NIGHTLY).cursor, "c")
    asked = [asks(first, "a"), asks(first + 1, "b")]
    store.commit_tick(lease, tick(), asked, cursor, [CHANGED])
    launch(store)


def cursor_first(store: SqliteStore, first: int) -> None:
    """Moves on, then launches."""
    before = store.automation(NIGHTLY)
    if before.cursor != "c":
        store.change_automation(before, replace(before, cursor="c", evaluated_at=SIX))
        for number in (first, first + 1):
            start(store, number)


def cursor_last(store: SqliteStore, first: int) -> None:
    """Launches, then moves on."""
    before = store.automation(NIGHTLY)
    if before.cursor != "c":
        for number in (first, first + 1):
            start(store, number)
        store.change_automation(before, replace(before, cursor="c", evaluated_at=SIX))


ADDED = DynamicPartitionsDefinition(name="shops").build_add_request(["a"])


SENSOR = sensor_id("shop.ipynb", "nightly")


@sensor(target="*")
def nightly(context: SensorEvaluationContext) -> SensorResult:
    """Asks for two runs, a partition more, and moves on."""
    requests = [RunRequest(run_key="a"), RunRequest(run_key="b")]
    return SensorResult(requests, None, "c", [ADDED])


def launch_asked(store: SqliteStore) -> None:
    """Starts the runs that wait, under the ids that are kept for them."""
    for each in store.requests(states=["waiting"]):
        run_id = each.request.run_id
        run = RunStarted(at=SIX, run_id=run_id, asked="*", steps=(), origin=Origin(kind="schedule"))
        with suppress(ConflictError):
            store.commit([run])
        store.settle_request(run_id, "launched")


def evaluated(store: SqliteStore, first: int) -> None:
    """A sensor as the daemon has it: evaluated, committed at once, then launched."""
    lease = store.acquire_lease(current_process())
    answer = sensor_tick(nightly, Instance.ephemeral(), store.automation(SENSOR).cursor)
    at = SIX + timedelta(seconds=first)
    commit_sensor_tick(store, lease, "shop.ipynb", "nightly", at, answer)
    launch_asked(store)


def launched_before_it_is_committed(store: SqliteStore, first: int) -> None:
    """The control: what is evaluated is launched, and then written down."""
    lease = store.acquire_lease(current_process())
    answer = sensor_tick(nightly, Instance.ephemeral(), store.automation(SENSOR).cursor)
    if answer["before"] != answer["cursor"]:
        for number in (first, first + 1):
            start(store, number)
        at = SIX + timedelta(seconds=first)
        commit_sensor_tick(store, lease, "shop.ipynb", "nightly", at, {**answer, "requests": []})


Protocol = Callable[[SqliteStore, int], None]


def killed(database: Path, protocol: Protocol, statements: int) -> bool:
    """Whether a process that follows it was killed before its statement of that number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            store = SqliteStore(database)
            count = iter(range(statements))

            def kill_when_over(statement: str) -> None:
                if next(count, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

            store._database.writer().set_trace_callback(kill_when_over)
            protocol(store, 0)
            code = 0
        finally:
            os._exit(code)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL)
    return ended != 0


def runs_after_kills(memory: Path, protocol: Protocol) -> list[int]:
    """How many runs were started once another process had gone on, for a kill at each statement."""
    found = []
    automation = SENSOR if protocol in (evaluated, launched_before_it_is_committed) else NIGHTLY
    for statements in range(200):
        database = memory / str(statements) / "assetbook.db"
        SqliteStore(database).close()
        again = killed(database, protocol, statements)
        with closing(SqliteStore(database)) as store:
            before = store.ticks(), store.requests(), store.events(kinds=[DynamicPartitionsChanged])
            stands = store.automation(automation)
            if protocol in (at_once, evaluated):  # all of it or nothing
                parts = [len(each) for each in before]
                assert (parts, stands.cursor) in (([0, 0, 0], None), ([1, 2, 1], "c"))
            protocol(store, 8)
            found.append(len(store.runs()))
            if protocol in (at_once, evaluated):
                assert [each.state for each in store.requests()] == ["launched"] * 2
                assert len(store.ticks()) == (1 if protocol is at_once else 1 + len(before[0]))
                assert store.dynamic_partitions("shops") == ["a"]
            assert store.automation(automation).cursor == "c"
            assert store.damage() == []
        if not again:
            return found
    raise AssertionError("there was always one more statement")


def test_a_kill_between_any_two_statements_loses_and_doubles_nothing(memory: Path) -> None:
    found = runs_after_kills(memory, at_once)
    assert len(found) > 40  # statements, in five transactions
    assert set(found) == {2}


def test_a_sensor_that_is_killed_between_any_two_statements_loses_and_doubles_nothing(
    memory: Path,
) -> None:
    found = runs_after_kills(memory, evaluated)
    assert len(found) > 30
    assert set(found) == {2}


def test_a_sensor_whose_runs_are_launched_before_its_commit_doubles_them(memory: Path) -> None:
    assert max(runs_after_kills(memory, launched_before_it_is_committed)) > 2


def test_moving_on_before_the_launch_loses_runs(memory: Path) -> None:
    assert min(runs_after_kills(memory, cursor_first)) < 2


def test_launching_before_moving_on_doubles_runs(memory: Path) -> None:
    assert max(runs_after_kills(memory, cursor_last)) > 2


def test_a_daemon_that_was_taken_for_dead_writes_nothing_more(memory: Path) -> None:
    database = memory / "assetbook.db"
    with closing(SqliteStore(database)) as store, closing(SqliteStore(database)) as other:
        stale = store.acquire_lease(gone())
        taken = other.acquire_lease(current_process())
        other.commit_tick(taken, tick(), [asks(1)])
        with pytest.raises(ConflictError, match="has taken over"):
            store.commit_tick(stale, tick(1), [asks(2)])
        assert [each.at for each in store.ticks()] == [SIX]
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM run_requests").fetchone() == (1,)
