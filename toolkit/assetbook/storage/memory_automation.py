"""The daemon's lease, automations and their ticks in a store in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Literal, TypeVar

from msgspec import structs

from assetbook.clock import Clock
from assetbook.events.records import Event
from assetbook.keys import RunId
from assetbook.storage.automations import (
    AutomationState,
    CursorMove,
    LaunchRequest,
    RequestState,
    StoredRequest,
    Tick,
    TickReceipt,
    TickStatus,
    after_tick,
    changed_state,
    new_requests,
    run_id_taken,
    settled_already,
    tick_asking,
)
from assetbook.storage.lease import Lease, held_by_another, lease_lost
from assetbook.storage.memory_backfills import MemoryBackfills
from assetbook.storage.process_identity import ProcessIdentity

T = TypeVar("T")


class MemoryAutomation(MemoryBackfills):
    """See :class:`assetbook.storage.lease.Leases` and
    :class:`assetbook.storage.automations.Automations`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._lease: Lease | None = None
        self._token = 0
        self._automations: dict[str, AutomationState] = {}
        self._ticks: dict[tuple[datetime, str], Tick] = {}
        self._requests: dict[RunId, StoredRequest] = {}
        self._last_request = 0

    def lease(self) -> Lease | None:
        """See :meth:`assetbook.storage.lease.Leases.lease`."""
        return self._lease

    def acquire_lease(self, holder: ProcessIdentity, *, unchanged: Lease | None = None) -> Lease:
        """See :meth:`assetbook.storage.lease.Leases.acquire_lease`."""
        with self._mutex:
            self._refuse_closed()
            if self._lease is not None and not self._lease.is_free_for(unchanged):
                raise held_by_another(self._lease)
            self._token += 1
            at = self._clock.now()
            self._lease = Lease(holder, self._token, 0, at, at)
            return self._lease

    def renew_lease(self, lease: Lease) -> Lease:
        """See :meth:`assetbook.storage.lease.Leases.renew_lease`."""
        with self._mutex:
            now = self._held(lease)
            self._lease = structs.replace(
                now, heartbeat=now.heartbeat + 1, renewed_at=self._clock.now()
            )
            return self._lease

    def release_lease(self, lease: Lease) -> None:
        """See :meth:`assetbook.storage.lease.Leases.release_lease`."""
        with self._mutex:
            if self._lease is not None and self._lease.token == lease.token:
                self._lease = None

    def automation(self, automation: str) -> AutomationState:
        """See :meth:`assetbook.storage.automations.Automations.automation`."""
        return self._automations.get(automation, AutomationState(automation))

    def automations(self) -> dict[str, AutomationState]:
        """See :meth:`assetbook.storage.automations.Automations.automations`."""
        return dict(sorted(self._copy(self._automations.items())))

    def _named_elsewhere(self) -> tuple[tuple[str, ...], frozenset[str]]:
        pins = tuple(each.pin for each in self._automations.values() if each.pin)
        bundles = (each.bundle for each in self._backfills.values())
        return pins, frozenset(each for each in bundles if each is not None)

    def change_automation(self, before: AutomationState, after: AutomationState) -> AutomationState:
        """See :meth:`assetbook.storage.automations.Automations.change_automation`."""
        with self._mutex:
            self._refuse_closed()
            changed = changed_state(self.automation(before.automation), before, after)
            self._automations[changed.automation] = changed
            return changed

    def commit_tick(
        self,
        lease: Lease,
        tick: Tick,
        requests: Sequence[LaunchRequest] = (),
        cursor: CursorMove | None = None,
        events: Sequence[Event] = (),
    ) -> TickReceipt:
        """See :meth:`assetbook.storage.automations.Automations.commit_tick`."""
        with self._mutex:
            self._held(lease)
            before = self._ticks.get((tick.at, tick.automation))
            if before is not None:
                return TickReceipt(before, False)
            known = self._known_keys(tick.automation, requests)
            new = new_requests(requests, known)
            self._refuse_known_ids(new)
            self._tables.refuse(events)
            state = after_tick(self.automation(tick.automation), tick.at, cursor)
            tick = tick_asking(tick, new, known)
            self._put_tick(tick, state)
            for request in new:
                self._last_request += 1
                stored = StoredRequest(self._last_request, tick.automation, tick.at, request)
                self._requests[request.run_id] = stored
            self._tables.fold(events)
            return TickReceipt(tick, True, tick.run_ids, known)

    def record_ticks(self, lease: Lease, ticks: Sequence[Tick]) -> int:
        """See :meth:`assetbook.storage.automations.Automations.record_ticks`."""
        with self._mutex:
            self._held(lease)
            before = len(self._ticks)
            for tick in ticks:
                if (tick.at, tick.automation) not in self._ticks:
                    state = after_tick(self.automation(tick.automation), tick.at, None)
                    self._put_tick(structs.replace(tick, run_ids=()), state)
            return len(self._ticks) - before

    def ticks(
        self,
        automation: str | None = None,
        *,
        statuses: Collection[TickStatus] | None = None,
        older_than: Tick | None = None,
        limit: int | None = None,
    ) -> list[Tick]:
        """See :meth:`assetbook.storage.automations.Automations.ticks`."""
        found = sorted(self._copy(self._ticks.items()), key=lambda each: each[0], reverse=True)
        before = None if older_than is None else (older_than.at, older_than.automation)
        return _first(
            (tick for place, tick in found if before is None or place < before),
            lambda tick: (
                automation in (None, tick.automation)
                and (statuses is None or tick.status in statuses)
            ),
            limit,
        )

    def last_ticks(self) -> dict[str, Tick]:
        """See :meth:`assetbook.storage.automations.Automations.last_ticks`."""
        last: dict[str, Tick] = {}
        for tick in self.ticks():
            last.setdefault(tick.automation, tick)
        return last

    def drop_ticks(
        self,
        before: datetime,
        *,
        statuses: Collection[TickStatus] | None = None,
        automation: str | None = None,
    ) -> int:
        """See :meth:`assetbook.storage.automations.Automations.drop_ticks`."""
        last = self.last_ticks()
        with self._mutex:
            going = [
                place
                for place, tick in self._ticks.items()
                if tick.at < min(before, last[tick.automation].at)
                and automation in (None, tick.automation)
                and (statuses is None or tick.status in statuses)
            ]
            for place in going:
                del self._ticks[place]
            for run_id, stored in list(self._requests.items()):
                bare = stored.request.run_key is None and stored.state != "waiting"
                if bare and (stored.at, stored.automation) not in self._ticks:
                    del self._requests[run_id]
            return len(going)

    def requests(
        self,
        automation: str | None = None,
        *,
        states: Collection[RequestState] | None = None,
        after: int = 0,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[StoredRequest]:
        """See :meth:`assetbook.storage.automations.Automations.requests`."""
        return _first(
            self._copy(self._requests.values()),
            lambda each: (
                each.id > after
                and automation in (None, each.automation)
                and (states is None or each.state in states)
                and (since is None or each.at >= since)
            ),
            limit,
        )

    def settle_request(
        self, run_id: RunId, state: Literal["launched", "refused"], message: str = ""
    ) -> None:
        """See :meth:`assetbook.storage.automations.Automations.settle_request`."""
        with self._mutex:
            self._refuse_closed()
            found = self._requests.get(run_id)
            if found is None or found.state != "waiting":
                raise settled_already(run_id, None if found is None else found.state)
            self._requests[run_id] = structs.replace(found, state=state, message=message)

    def _held(self, lease: Lease) -> Lease:
        self._refuse_closed()
        if self._lease is None or self._lease.token != lease.token:
            raise lease_lost(lease, self._lease)
        return self._lease

    def _put_tick(self, tick: Tick, state: AutomationState) -> None:
        self._ticks[tick.at, tick.automation] = tick
        self._automations[tick.automation] = state

    def _known_keys(
        self, automation: str, requests: Sequence[LaunchRequest]
    ) -> dict[str, StoredRequest]:
        wanted = {each.run_key for each in requests}
        return {
            each.request.run_key: each
            for each in self._requests.values()
            if each.automation == automation
            and each.request.run_key is not None
            and each.request.run_key in wanted
        }

    def _refuse_known_ids(self, requests: Sequence[LaunchRequest]) -> None:
        seen = set(self._requests)
        for each in requests:
            if each.run_id in seen:
                raise run_id_taken(each.run_id)
            seen.add(each.run_id)


def _first(found: Iterable[T], fits: Callable[[T], bool], limit: int | None) -> list[T]:
    return list(islice(filter(fits, found), None if limit is None else max(0, limit)))
