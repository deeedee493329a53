"""Tells one target: takes in what happened since, and sends what is due of it.

What is to be sent is stored before it is sent, and let go of when it was: whoever is killed between
sends it a second time, with the same id, and nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from assetbook.automation.alerts import outbox
from assetbook.automation.alerts.alert import PREFIX, Alert, AlertState, decoded, encoded
from assetbook.automation.alerts.due_alerts import (
    Found,
    code_differs,
    lateness,
    run_ended,
    run_refused,
    ticked,
)
from assetbook.automation.alerts.ended_runs import ended_run
from assetbook.automation.alerts.known_assets import KnownAssets
from assetbook.automation.alerts.report import Report, report_of
from assetbook.automation.alerts.sending import Delivery, send
from assetbook.automation.alerts.standing import differing_code, late_assets
from assetbook.automation.alerts.watched import Watch
from assetbook.errors import AssetbookError, StoreError
from assetbook.events.records import Event
from assetbook.events.run_events import RunEnded, RunStarted
from assetbook.instance.instance import Instance
from assetbook.settings.alerts import AlertTarget
from assetbook.storage.automations import AutomationState, CursorMove, Tick
from assetbook.storage.lease import Lease
from assetbook.storage.store import StoredEvent

_KINDS: tuple[type[Event], ...] = (RunStarted, RunEnded)
_AT_ONCE = 200
"""Events that are looked at before what follows is stored, and alerts that are sent in a row."""
_STANDING_EVERY = 60.0  # seconds
_REFUSED_TRIES = 3
_log = logging.getLogger("assetbook.daemon")


class Channel:
    """One target of a store; whoever has it is the only one, for it works under the lease."""

    def __init__(self, instance: Instance, target: AlertTarget, lease: Callable[[], Lease]) -> None:
        self.target = target
        self._instance = instance
        self._store = instance.own
        self._lease = lease
        self._id = PREFIX + target.name
        self._known = KnownAssets(instance)
        self._watch = Watch(instance, self._known)
        self._state: AlertState | None = None
        self._stored: AutomationState = AutomationState(self._id)
        self._tried_again = 0.0
        self._stands_until = 0.0

    def look(self) -> None:
        """Takes in what happened, and sends what is due; what the store's trouble keeps from that
        comes with the next look. Raises ConflictError if another process has taken over."""
        try:
            self._take_in()
            self._send_due()
        except StoreError as error:
            _log.warning("alerts to %s: %s: %s", self.target.name, error.asked, error.found)

    # -- what happened

    def _take_in(self) -> None:
        now = self._instance.clock.now()
        state = self._begun(now)
        self._known.look()
        while True:
            found = self._store.events(after=state.event, kinds=_KINDS, limit=_AT_ONCE)
            for each in found:
                state = self._after(state, each)
            if len(found) < _AT_ONCE:
                break
            state = self._kept(state)
        for follow in self._rest(now):
            state = self._queued(*follow(state))
        self._state = self._kept(state)

    def _begun(self, now: datetime) -> AlertState:
        """The state as it was left; of a target that is new, as of now."""
        if self._state is not None:
            return self._state
        self._stored = self._store.automation(self._id)
        if self._stored.cursor is not None:
            return decoded(self._stored.cursor)
        last = self._store.events(newest_first=True, limit=1)
        requests = self._store.requests()
        return AlertState(
            since=now,
            event=last[0].id if last else 0,
            refused=requests[-1].id if requests else 0,
        )

    def _after(self, state: AlertState, each: StoredEvent) -> AlertState:
        event, state = each.event, replace(state, event=each.id)
        if isinstance(event, RunStarted):
            again = event.reexecution
            return state if again is None else outbox.without_retried(state, again.parent_run_id)
        if isinstance(event, RunEnded) and (event.status == "failed" or state.failing):
            ended = ended_run(self._instance, event)
            return self._queued(*run_ended(state, ended, interactive=self.target.interactive))
        return state

    def _rest(self, now: datetime) -> Iterator[Callable[[AlertState], Found]]:
        """What is looked at besides events."""
        yield self._after_ticks
        yield self._after_refusals
        if (elapsed := self._instance.clock.monotonic()) >= self._stands_until:
            self._stands_until = elapsed + _STANDING_EVERY
            late = late_assets(self._instance, self._known, now)
            yield lambda state: lateness(state, late, now)
            differing = differing_code(self._known, self._watch.locations())
            yield lambda state: code_differs(state, differing, now)

    def _after_ticks(self, state: AlertState) -> Found:
        every: list[Alert] = []
        for watched, ticks in self._watch.new_ticks(state.ticks, state.since):
            state, alerts = ticked(state, watched, ticks)
            every += alerts
        return state, every

    def _after_refusals(self, state: AlertState) -> Found:
        refused, floor = self._watch.refused(state.refused)
        return run_refused(state, refused, floor)

    def _queued(self, state: AlertState, alerts: list[Alert]) -> AlertState:
        return outbox.queued(state, filter(self._wants, alerts))

    def _wants(self, alert: Alert) -> bool:
        if alert.kind not in self.target.on:
            return False
        if self.target.select is None:
            return True
        try:
            chosen = self._known.chosen(self.target.select)
            keys = alert.assets or (self._known.chosen(alert.target) if alert.target else ())
        except AssetbookError as error:  # better told than not
            _log.warning("alerts to %s: %s: %s", self.target.name, error.asked, error.found)
            return True
        return any(key in chosen for key in keys)

    def _kept(self, state: AlertState) -> AlertState:
        """The state once it is stored, if it holds more than that nothing happened."""
        text = encoded(state)
        if self._stored.cursor is not None:
            before = decoded(self._stored.cursor)
            quiet = replace(state, event=before.event, ticks=before.ticks, refused=before.refused)
            if quiet == before and state.event - before.event < _AT_ONCE:
                return state
        self._lease()  # raises for one that is taken over
        after = replace(self._stored, cursor=text)
        self._stored = self._store.change_automation(self._stored, after)
        return state

    # -- sending

    def _send_due(self) -> None:
        for _ in range(_AT_ONCE):
            now = self._instance.clock.now()
            assert self._state is not None
            alert = outbox.due(self._state, now)
            if alert is None or self._instance.clock.monotonic() < self._tried_again:
                return
            self._settle(alert, self._sent(alert), self._instance.clock.now())

    def _report(self, alert: Alert) -> Report:
        return report_of(self._instance, alert, self._instance.root.name)

    def _sent(self, alert: Alert) -> Delivery:
        return send(self.target.to, self._report(alert))

    def _settle(self, alert: Alert, delivery: Delivery, now: datetime) -> None:
        """Stores what became of it, with what is left to be sent, in one transaction."""
        assert self._state is not None
        state, name = self._state, self.target.name
        if delivery.sent:
            _log.info("alerts to %s: sent %s: %s", name, alert.kind, alert.subject)
            self._state = self._commit(outbox.sent(state, alert, now), alert, delivery.said, now)
            return
        state = outbox.not_sent(state, alert, delivery.said, now)
        _log.warning("alerts to %s: %s: %s", name, alert.subject, delivery.said)
        refused = delivery.refused and state.tries >= _REFUSED_TRIES
        if refused or outbox.is_hopeless(state, alert, now):
            given_up = outbox.given_up(state, alert)
            self._state = self._commit(given_up, alert, delivery.said, now, failed=True)
            return
        self._state = self._kept(state)
        rest = outbox.pause(state).total_seconds()
        self._tried_again = self._instance.clock.monotonic() + rest

    def _commit(
        self, state: AlertState, alert: Alert, said: str, now: datetime, *, failed: bool = False
    ) -> AlertState:
        last = self._stored.evaluated_at
        at = now if last is None or now > last else last + timedelta(microseconds=1)
        told = f"{alert.kind}: {alert.subject}"
        tick = Tick(self._id, at, "failed" if failed else "requested", said, now, now, logs=told)
        move = CursorMove(self._stored.cursor, encoded(state))
        self._store.commit_tick(self._lease(), tick, cursor=move)
        self._stored = self._store.automation(self._id)
        return state
