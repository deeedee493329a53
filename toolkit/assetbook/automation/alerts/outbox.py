"""What is to be sent next: alerts in order, alike ones together, and when to try again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from assetbook.automation.alerts.alert import APART, Alert, AlertState

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=7)
"""How long an alert is tried to be sent."""


def queued(state: AlertState, alerts: Iterable[Alert]) -> AlertState:
    """The state with the alerts to be sent; one like another that waits is counted with it."""
    pending = list(state.pending)
    for alert in alerts:
        like = _last_about(pending, alert.subject)
        if like is not None and _may_hold(pending[like], alert):
            pending[like] = replace(pending[like], more=pending[like].more + 1)
        else:
            pending.append(alert)
    return replace(state, pending=tuple(pending))


def without_retried(state: AlertState, parent: str) -> AlertState:
    """The state once that run is run again by itself: how that ends is what is told."""
    left = [each for each in state.pending if not (each.if_not_retried and each.run_id == parent)]
    return replace(state, pending=tuple(left)) if len(left) < len(state.pending) else state


def due(state: AlertState, now: datetime) -> Alert | None:
    """The alert that is to be sent now: the first that may be, and after those before it of the
    same subject; None for none. One like another that was sent lately rests until that is a while
    ago."""
    held: set[str] = set()
    for each in state.pending:
        if each.subject not in held and _rests_until(state, each, now) <= now:
            return each
        held.add(each.subject)
    return None


def sent(state: AlertState, alert: Alert, now: datetime) -> AlertState:
    """The state once it was sent."""
    lately = {about: at for about, at in state.sent.items() if now - at < APART}
    return replace(
        _without(state, alert),
        sent={**lately, _about(alert): now},
        tries=0,
        trouble="",
        failing_since=None,
    )


def not_sent(state: AlertState, alert: Alert, why: str, now: datetime) -> AlertState:
    """The state once it could not be sent: after ``pause`` those of other subjects come first."""
    others = [each for each in state.pending if each.subject != alert.subject]
    same = [each for each in state.pending if each.subject == alert.subject]
    return replace(
        state,
        pending=(*others, *same),
        tries=state.tries + 1,
        trouble=why,
        failing_since=state.failing_since or now,
    )


def is_hopeless(state: AlertState, alert: Alert, now: datetime) -> bool:
    """Whether it has been tried for so long that it is let go of."""
    return now - max(alert.at, state.failing_since or now) > GIVEN_UP_AFTER


def given_up(state: AlertState, alert: Alert) -> AlertState:
    """The state without an alert that will never be taken; the next one has its own tries."""
    return replace(_without(state, alert), tries=0)


def pause(state: AlertState) -> timedelta:
    """How long nothing is tried after the last try: longer each time, five minutes at most."""
    if not state.tries:
        return timedelta(0)
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(state.tries - 1, 10))


def _rests_until(state: AlertState, alert: Alert, now: datetime) -> datetime:
    like = state.sent.get(_about(alert))
    until = max(alert.not_before or now, now if like is None else like + APART)
    return until if until - now <= APART else now  # else the clock was put back


def _last_about(pending: Sequence[Alert], subject: str) -> int | None:
    places = [place for place, each in enumerate(pending) if each.subject == subject]
    return places[-1] if places else None


def _may_hold(waiting: Alert, alert: Alert) -> bool:
    """Whether one alert tells both; what is run again by itself is told for itself."""
    alike = _about(waiting) == _about(alert)
    return alike and not (waiting.if_not_retried or alert.if_not_retried)


def _without(state: AlertState, alert: Alert) -> AlertState:
    return replace(state, pending=tuple(each for each in state.pending if each.key != alert.key))


def _about(alert: Alert) -> str:
    return f"{alert.kind} {alert.subject}"
