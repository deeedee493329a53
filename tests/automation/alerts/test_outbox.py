"""The order in which alerts are sent: whatever comes and however sending goes, none is lost, and
what is told last of a subject is how it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assetbook.automation.alerts import outbox
from assetbook.automation.alerts.alert import APART, Alert, AlertState, decoded, encoded

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["failed", "recovered"]), st.sampled_from("abc")),
        st.tuples(st.sampled_from(["pass", "send", "fail"]), st.integers(1, 900)),
    ),
    max_size=40,
)


@given(STEPS)
def test_each_alert_is_told_once_in_order(steps: list[tuple[str, object]]) -> None:
    state, now = AlertState(since=NOON), NOON
    came: dict[str, list[str]] = {subject: [] for subject in "abc"}
    told: dict[str, list[tuple[str, int]]] = {subject: [] for subject in "abc"}
    at: dict[str, datetime] = {}

    def send() -> None:
        nonlocal state
        while (alert := outbox.due(state, now)) is not None:
            about = f"{alert.kind} {alert.subject}"
            assert about not in at or now - at[about] >= APART
            at[about] = now
            told[alert.subject].append((alert.kind, alert.more + 1))
            state = decoded(encoded(outbox.sent(state, alert, now)))

    for number, (what, value) in enumerate(steps):
        if what in ("failed", "recovered"):
            subject = str(value)
            came[subject].append(what)
            alert = Alert(kind=what, subject=subject, said="", key=str(number), at=now)  # type: ignore[arg-type]
            state = outbox.queued(state, [alert])
        elif what == "pass":
            now += timedelta(seconds=int(str(value)))
        elif what == "send":
            send()
        else:
            alert = outbox.due(state, now)
            if alert is not None:
                state = outbox.not_sent(state, alert, "it answered 500", now)
    while state.pending:
        now += APART
        send()
    for subject in "abc":
        assert [kind for kind, count in told[subject] for _ in range(count)] == came[subject]


def test_pauses_grow_to_five_minutes() -> None:
    alert = Alert(kind="failed", subject="a", said="", key="k", at=NOON)
    state, pauses = outbox.queued(AlertState(since=NOON), [alert]), []
    for _ in range(10):
        state = outbox.not_sent(state, alert, "down", NOON)
        pauses.append(outbox.pause(state).total_seconds())
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300]
    assert (state.failing_since, state.trouble) == (NOON, "down")


def test_a_week_of_trouble_is_enough() -> None:
    alert = Alert(kind="failed", subject="a", said="", key="k", at=NOON)
    state = outbox.not_sent(outbox.queued(AlertState(since=NOON), [alert]), alert, "down", NOON)
    week = NOON + outbox.GIVEN_UP_AFTER + APART
    assert not outbox.is_hopeless(state, alert, NOON + APART)
    assert outbox.is_hopeless(state, alert, week)
    late = Alert(kind="failed", subject="b", said="", key="l", at=week)
    assert not outbox.is_hopeless(state, late, week)


def test_a_clock_that_was_put_back_holds_nothing() -> None:
    alert = Alert(kind="failed", subject="a", said="", key="k", at=NOON)
    state = outbox.sent(outbox.queued(AlertState(since=NOON), [alert]), alert, NOON)
    state = outbox.queued(state, [alert])
    assert outbox.due(state, NOON + APART / 2) is None
    assert outbox.due(state, NOON - 2 * APART) == alert
