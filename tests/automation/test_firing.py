"""The daemon on a clock that is set: what is due is recorded once, and launched once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.automation.stored_schedules import SHOP, RecordingHands, define, record, turn_on

from assetbook.automation import firing
from assetbook.automation.firing import Daemon
from assetbook.automation.known_schedules import KnownSchedule, known_schedules, turned
from assetbook.automation.launches import Launch, TickAnswer
from assetbook.automation.leaving import LeftToAnother
from assetbook.clock import ManualClock
from assetbook.errors import ConflictError, DefinitionError, StoreError
from assetbook.instance.instance import Instance
from assetbook.storage.automations import StoredRequest, Tick
from assetbook.storage.process_identity import current_process

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class SetClock(ManualClock):
    """One that is also put back."""

    def set(self, to: datetime) -> None:
        self._now = to


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def instance(tmp_path: Path, clock: SetClock) -> Iterator[Instance]:
    opened = Instance.open(tmp_path / ".assetbook")
    opened.clock = clock
    yield opened
    opened.close()


class Fires:
    """A daemon that looks when it is told to."""

    def __init__(self, instance: Instance, hands: RecordingHands) -> None:
        self.daemon = Daemon(instance, hands)
        self.daemon.hold(instance.own.acquire_lease(current_process()))

    def __call__(self) -> float:
        """One look, and all that follows from it."""
        seconds = self.daemon.step()
        while self.daemon.is_busy:
            time.sleep(0.005)
            seconds = self.daemon.step()
        return seconds


@pytest.fixture
def hands(instance: Instance) -> RecordingHands:
    return RecordingHands(instance)


@pytest.fixture
def fire(instance: Instance, hands: RecordingHands) -> Fires:
    return Fires(instance, hands)


def told(instance: Instance, name: str = "a") -> list[tuple[str, str]]:
    return [(f"{each.at:%d %H:%M}", each.status) for each in ticks(instance, name)]


def ticks(instance: Instance, name: str = "a") -> list[Tick]:
    return instance.own.ticks(f"{SHOP}:{name}")[::-1]


def test_a_tick_is_recorded_and_launched_once(
    instance: Instance, clock: SetClock, hands: RecordingHands, fire: Fires
) -> None:
    define(instance, record("a", "0 * * * *"))
    turn_on(instance)
    assert fire() == 1.0
    clock.advance(3600)
    fire()
    fire()
    assert told(instance) == [("01 13:00", "requested")]
    (launch,) = hands.launched
    assert (launch.selection, dict(launch.tags)) == ("one", {"dagster/schedule_name": "a"})
    assert [each.asked for each in instance.own.runs()] == [f"{SHOP}:a 2026-03-01 13:00"]


def test_it_sleeps_until_the_next_tick(instance: Instance, clock: SetClock, fire: Fires) -> None:
    define(instance, record("a", "0 * * * *"))
    turn_on(instance)
    clock.set(NOON + HOUR - timedelta(seconds=0.25))
    assert fire() == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("on_missed", "said"),
    [
        ("skip", ["missed", "missed", "missed"]),
        ("last", ["missed", "missed", "requested"]),
        ("all", ["requested", "requested", "requested"]),
    ],
)
def test_missed_ticks_run_as_the_schedule_says(
    instance: Instance, clock: SetClock, fire: Fires, on_missed: str, said: list[str]
) -> None:
    define(instance, record("a", "0 * * * *", on_missed=on_missed))
    turn_on(instance)
    clock.advance(3 * 3600 + 600)
    fire()
    assert [status for _, status in told(instance)] == said
    missed = [each.message for each in ticks(instance) if each.status == "missed"]
    assert all(each.startswith("missed: it was looked at ") for each in missed)


def test_one_that_is_off_has_no_ticks(instance: Instance, clock: SetClock, fire: Fires) -> None:
    define(instance, record("a"))
    clock.advance(3600)
    fire()
    assert told(instance) == []


def test_one_that_is_on_by_default_counts_from_the_first_look(
    instance: Instance, clock: SetClock, fire: Fires
) -> None:
    define(instance, record("a", "0 * * * *", on=True))
    fire()
    assert told(instance) == []
    clock.advance(3600)
    fire()
    assert told(instance) == [("01 13:00", "requested")]


def test_an_edited_cron_line_replays_nothing(
    instance: Instance, clock: SetClock, fire: Fires
) -> None:
    define(instance, record("a", "0 18 * * *"))
    turn_on(instance)
    fire()
    clock.advance(4 * 3600)
    define(instance, record("a", "0 * * * *"))  # four of its ticks would be past
    fire()
    assert told(instance) == []
    clock.advance(3600)
    fire()
    assert told(instance) == [("01 17:00", "requested")]


def test_turned_off_and_on_it_replays_nothing(
    instance: Instance, clock: SetClock, fire: Fires
) -> None:
    define(instance, record("a", "0 * * * *"))
    turn_on(instance)
    (known,) = known_schedules(instance)
    turned(instance.own, known, clock.now(), on=False)
    clock.advance(5 * 3600)
    turn_on(instance)
    fire()
    assert told(instance) == []


@pytest.mark.parametrize("jump", [HOUR, timedelta(days=1)], ids=["an hour", "a day"])
def test_a_clock_that_jumps_back_and_on_again_doubles_nothing(
    instance: Instance, clock: SetClock, fire: Fires, jump: timedelta
) -> None:
    define(instance, record("a", "*/20 * * * *", on_missed="all"))
    turn_on(instance)
    clock.advance(3600)
    fire()
    before = told(instance)
    clock.set(clock.now() - jump)
    fire()
    assert told(instance) == before
    clock.set(clock.now() + jump + timedelta(minutes=20))
    fire()
    assert told(instance) == [*before, ("01 13:20", "requested")]


@pytest.mark.parametrize("jump", [HOUR, timedelta(days=1)], ids=["an hour", "a day"])
def test_a_clock_that_jumps_on_misses_nothing(
    instance: Instance, clock: SetClock, fire: Fires, jump: timedelta
) -> None:
    define(instance, record("a", "*/20 * * * *", on_missed="all"))
    turn_on(instance)
    clock.set(NOON + jump)
    fire()
    assert len(told(instance)) == len(instance.own.runs(limit=None)) == jump // HOUR * 3


def test_what_a_function_answers_is_the_tick(
    instance: Instance, clock: SetClock, hands: RecordingHands, fire: Fires
) -> None:
    answers = {
        "fails": TickAnswer(error="ValueError: no", logs="INFO looking"),
        "skips": TickAnswer(skip="nothing new"),
        "asks": TickAnswer((("k", Launch(SHOP, "one")), ("k", Launch(SHOP, "two")))),
    }
    hands.answers = lambda known, at: answers[known.record.name]
    define(instance, *(record(name, "0 * * * *", calls=True) for name in answers))
    turn_on(instance)
    clock.advance(3600)
    fire()
    found = {name: ticks(instance, name)[0] for name in answers}
    assert (found["fails"].status, found["fails"].message) == ("failed", "ValueError: no")
    assert found["fails"].logs == "INFO looking"
    assert (found["skips"].status, found["skips"].message) == ("skipped", "nothing new")
    assert len(found["asks"].run_ids) == 1  # of two with one run key
    clock.advance(3600)
    fire()
    assert len(ticks(instance, "asks")[1].run_ids) == 1  # a key holds for its tick
    assert [each.selection for each in hands.launched] == ["one", "one"]


def test_one_that_hangs_keeps_nobody_waiting(
    instance: Instance, clock: SetClock, hands: RecordingHands, fire: Fires
) -> None:
    over = threading.Event()

    def hang(known: object, at: datetime) -> TickAnswer:
        over.wait(30)
        return TickAnswer(skip="at last")

    hands.answers = hang
    define(instance, record("a", "0 * * * *"), record("slow", "0 * * * *", calls=True))
    turn_on(instance)
    clock.advance(3600)
    for _ in range(100):
        fire.daemon.step()
    assert told(instance, "slow") == []
    assert told(instance) == [("01 13:00", "requested")]
    over.set()
    fire()
    assert told(instance, "slow") == [("01 13:00", "skipped")]


@dataclass
class Hanging(RecordingHands):
    """Answers nothing before it is abandoned."""

    over: threading.Event = field(default_factory=threading.Event)

    def evaluate(self, known: KnownSchedule, at: datetime) -> TickAnswer:
        assert self.over.wait(30)
        raise LeftToAnother

    def abandon(self) -> None:
        self.over.set()


def test_one_that_hangs_at_the_end_is_left_to_the_next_daemon(
    instance: Instance, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firing, "_PATIENCE", 0.1)
    define(instance, record("slow", "0 * * * *", calls=True))
    turn_on(instance)
    clock.advance(3600)
    hands = Hanging(instance)
    daemon = Daemon(instance, hands)
    working = threading.Thread(target=daemon.run)
    working.start()
    until(lambda: daemon.is_busy)
    daemon.end()
    working.join(10)
    assert not working.is_alive()
    assert told(instance, "slow") == []
    Fires(instance, RecordingHands(instance, lambda known, at: TickAnswer(skip="now")))()
    assert told(instance, "slow") == [("01 13:00", "skipped")]


class Refusing(RecordingHands):
    """Cannot launch."""

    def launch(self, request: StoredRequest, launch: Launch) -> str:
        raise DefinitionError("the location shop.ipynb", "its cell 3 fails")


def test_a_location_that_is_broken_is_told_and_hurts_no_other(
    instance: Instance, clock: SetClock
) -> None:
    define(instance, record("a", "0 * * * *"))
    turn_on(instance)
    clock.advance(3600)
    Fires(instance, Refusing(instance))()
    (request,) = instance.own.requests()
    assert (request.state, request.message) == (
        "refused",
        "the location shop.ipynb: its cell 3 fails",
    )


class Breaking(RecordingHands):
    """Fails as no hands should."""

    def launch(self, request: StoredRequest, launch: Launch) -> str:
        raise KeyError("gone")


def test_what_nobody_foresaw_refuses_the_run_and_goes_on(
    instance: Instance, clock: SetClock
) -> None:
    define(instance, record("a", "0 * * * *"))
    turn_on(instance)
    clock.advance(3600)
    Fires(instance, Breaking(instance))()
    (request,) = instance.own.requests()
    assert (request.state, request.message) == ("refused", "KeyError: 'gone'")


class OnAFullDisk(RecordingHands):
    """The store takes nothing, the first time."""

    tries = 0

    def launch(self, request: StoredRequest, launch: Launch) -> str:
        self.tries += 1
        if self.tries == 1:
            raise StoreError("storing the bundle", "the disk is full", "Make room.")
        return super().launch(request, launch)


def test_a_run_waits_while_the_store_is_in_trouble(instance: Instance, clock: SetClock) -> None:
    define(instance, record("a", "0 * * * *"))
    turn_on(instance)
    clock.advance(3600)
    hands = OnAFullDisk(instance)
    fire = Fires(instance, hands)
    fire()
    assert [each.state for each in instance.own.requests()] == ["waiting"]
    assert hands.tries == 1  # it is not tried at each look
    clock.advance(10)
    fire()
    assert [each.state for each in instance.own.requests()] == ["launched"]


def test_a_daemon_whose_lease_was_taken_writes_nothing_more(
    instance: Instance, clock: SetClock, fire: Fires
) -> None:
    define(instance, record("a", "0 * * * *"))
    turn_on(instance)
    instance.own.release_lease(fire.daemon.lease)
    instance.own.acquire_lease(current_process())
    clock.advance(3600)
    with pytest.raises(ConflictError, match="has taken over"):
        fire()
    assert told(instance) == []


def until(ready: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


def test_it_ends_when_told_and_gives_the_lease_back(
    instance: Instance, hands: RecordingHands
) -> None:
    daemon = Daemon(instance, hands, pause=60.0)
    working = threading.Thread(target=daemon.run)
    working.start()
    until(lambda: instance.own.lease() is not None)
    daemon.end()
    working.join(10)
    assert not working.is_alive()
    assert instance.own.lease() is None


def test_ticks_that_ran_nothing_are_forgotten_after_a_week(
    instance: Instance, clock: SetClock, fire: Fires
) -> None:
    define(instance, record("a", "0 * * * *"))
    turn_on(instance)
    fire()
    clock.advance(10 * 24 * 3600)
    fire()  # records what was missed, and cares
    kept = [each.at for each in ticks(instance)]
    assert min(kept) == clock.now() - timedelta(days=7)
    assert max(kept) == clock.now()
