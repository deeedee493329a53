"""Due ticks: each once, in order, whatever clocks do; and which of those that were missed run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assetbook.automation.due_ticks import ON_TIME, DueTick, due_ticks
from assetbook.clock import ManualClock
from assetbook.cron import Cron
from assetbook.definitions.schedule_definition import OnMissed

START = datetime(2026, 10, 24, 12, tzinfo=UTC)  # the night after it clocks are put back in Berlin
HOUR, DAY = 3600, 86400
CRONS = (
    Cron("30 2 * * *", "Europe/Berlin"),
    Cron("*/15 * * * *", "Europe/Berlin"),
    Cron(["0 6 * * *", "@hourly"], "America/New_York"),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Daemon:
    """What a daemon remembers: the ticks that it recorded, and when it began."""

    def __init__(self, cron: Cron, on_missed: OnMissed, clock: ManualClock) -> None:
        self.cron, self.on_missed, self.clock = cron, on_missed, clock
        self.began = clock.now()
        self.recorded: list[DueTick] = []
        self.looked: list[datetime] = [clock.now()]

    def look(self, at_most: int | None = None) -> list[DueTick]:
        """Records what is due; dies after ``at_most`` of them."""
        last = self.recorded[-1].at if self.recorded else self.began
        due = due_ticks(self.cron, last, self.clock.now(), self.on_missed)
        new = list(islice(due, at_most))
        self.recorded += new
        self.looked.append(self.clock.now())
        return new


class Naive(Daemon):
    """One that runs what came due since it last looked, as a timer does."""

    def look(self, at_most: int | None = None) -> list[DueTick]:
        since, now = self.looked[-1], self.clock.now()
        due = takewhile(lambda each: each <= now, self.cron.after(since))
        new = [DueTick(each) for each in islice(due, at_most)]
        self.recorded += new
        self.looked.append(now)
        return new


moves = st.lists(
    st.one_of(
        st.sampled_from([-DAY, -HOUR, HOUR, DAY]),
        st.integers(1, 1000),
    ),
    max_size=25,
)


def wrong_with(daemon: Daemon, jumps: list[int], dies_after: int) -> list[str]:
    """What is wrong with the ticks that a daemon recorded while its clock went by those seconds."""
    for seconds in jumps:
        daemon.clock.advance(seconds)
        daemon.look(dies_after)
        daemon.look()
    found = [each.at for each in daemon.recorded]
    until = max(daemon.looked)
    due = [*takewhile(lambda each: each <= until, daemon.cron.after(daemon.began))]
    wrong = [f"{each} twice" for each in {*found} if found.count(each) > 1]
    wrong += [f"{each} never" for each in due if each not in found]
    wrong += [f"{each} is no tick" for each in found if each not in due]
    return wrong if found == sorted(found) else [*wrong, "out of order"]


@settings(deadline=None)
@given(
    cron=st.sampled_from(CRONS),
    on_missed=st.sampled_from(["skip", "last", "all"]),
    jumps=moves,
    dies_after=st.integers(0, 3),
)
@example(CRONS[0], "last", [DAY, -HOUR, HOUR, -DAY, DAY], 0)
def test_each_tick_is_recorded_once_and_in_order_whatever_clocks_do(
    cron: Cron, on_missed: OnMissed, jumps: list[int], dies_after: int
) -> None:
    daemon = Daemon(cron, on_missed, ManualClock(START))
    assert wrong_with(daemon, jumps, dies_after) == []


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_a_timer_does_it_twice_when_clocks_are_put_back(back: int) -> None:
    for kind, right in ((Daemon, True), (Naive, False)):
        daemon = kind(CRONS[1], "all", ManualClock(START))
        assert (wrong_with(daemon, [DAY, -back, back], 0) == []) is right


@settings(deadline=None)
@given(cron=st.sampled_from(CRONS), away=st.integers(0, 4 * DAY))
def test_what_runs_after_an_outage_is_what_was_chosen(cron: Cron, away: int) -> None:
    now = START + timedelta(seconds=away)
    due = [*takewhile(lambda each: each <= now, cron.after(START))]
    on_time = [each for each in due if now - each <= ON_TIME]
    expected: dict[OnMissed, list[datetime]] = {
        "skip": on_time,
        "last": on_time or due[-1:],
        "all": due,
    }
    for choice, runs in expected.items():
        ticks = [*due_ticks(cron, START, now, choice)]
        assert [each.at for each in ticks] == due
        assert [each.at for each in ticks if each.runs] == runs


def ticks_at(now: str, on_missed: OnMissed) -> list[tuple[str, str | None]]:
    daily = Cron("0 6 * * *", "Europe/Berlin")
    found = due_ticks(daily, at("2026-11-01 12:00"), at(now), on_missed)
    return [(f"{each.at:%d %H:%M}", each.skipped) for each in found]


def test_of_missed_ticks_the_choice_says_which_run() -> None:
    late = "missed: it was looked at 1 day 4 h late"
    skipped = ", and missed ticks of this schedule are skipped"
    assert ticks_at("2026-11-03 09:30", "skip") == [
        ("02 05:00", late + skipped),
        ("03 05:00", "missed: it was looked at 4 h 30 min late" + skipped),
    ]
    assert ticks_at("2026-11-03 09:30", "last") == [
        ("02 05:00", f"{late}, and the later one of 2026-11-03 06:00 Europe/Berlin runs"),
        ("03 05:00", None),
    ]
    assert ticks_at("2026-11-03 09:30", "all") == [("02 05:00", None), ("03 05:00", None)]


def test_a_tick_that_is_looked_at_in_time_was_not_missed() -> None:
    assert ticks_at("2026-11-02 05:02", "skip") == [("02 05:00", None)]
    [(_, skipped)] = ticks_at("2026-11-02 05:03", "skip")
    assert skipped == (
        "missed: it was looked at 3 min late, and missed ticks of this schedule are skipped"
    )


def test_a_tick_that_runs_says_no_reason_and_one_that_does_not_says_how_late() -> None:
    last, now = at("2026-11-02 05:00"), at("2026-11-02 05:01") + timedelta(seconds=40)
    strict = timedelta(seconds=10)
    [tick] = due_ticks(Cron("* * * * *"), last, now, "skip", on_time=strict)
    assert not tick.runs and str(tick.skipped).startswith("missed: it was looked at 40 s late")
    [tick] = due_ticks(Cron("* * * * *"), last, now, "all", on_time=strict)
    assert tick.runs and tick.skipped is None


@pytest.mark.parametrize("back", [HOUR, DAY, 400 * DAY])
def test_before_the_last_tick_nothing_is_due(back: int) -> None:
    last = at("2026-11-02 05:00")
    cron = Cron("* * * * *")
    for now in (last - timedelta(seconds=back), last):
        assert [*due_ticks(cron, last, now, "all")] == []
    following = last + timedelta(minutes=1)
    assert [*due_ticks(cron, last, following, "all")] == [DueTick(following)]


def test_ticks_of_a_long_outage_can_be_taken_some_at_a_time() -> None:
    clock = ManualClock(START)
    daemon = Daemon(Cron("* * * * *"), "last", clock)
    clock.advance(7 * DAY)
    while daemon.look(at_most=1000):
        pass
    assert len(daemon.recorded) == 7 * DAY // 60
    assert [each.at for each in daemon.recorded if each.runs] == [
        clock.now() - timedelta(minutes=minutes) for minutes in (2, 1, 0)
    ]
