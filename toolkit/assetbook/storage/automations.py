"""What a store remembers of automations: schedules, sensors and conditions alike.

Each has an id, which is its location and its name. A tick is one evaluation of it; the runs that
the tick asks for are written down with it, in one transaction, and launched afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, Protocol, TypeAlias

import msgspec
from msgspec import structs

from assetbook.errors import ConflictError
from assetbook.events.records import Event
from assetbook.keys import RunId
from assetbook.storage.lease import Lease

TickStatus: TypeAlias = Literal["requested", "skipped", "failed", "missed"]
RequestState: TypeAlias = Literal["waiting", "launched", "refused"]


class AutomationState(msgspec.Struct, frozen=True):
    """Where an automation stands in this store."""

    automation: str
    """Its id: the location and the name."""
    on: bool | None = None
    """None if nobody turned it on or off: then its definition says."""
    since: datetime | None = None
    """Since when it is on or off; None if nobody said so."""
    pin: str = ""
    """What code it runs, as its writer encoded it; empty for what its definition says."""
    cursor: str | None = None
    """How far it came, in its own words; None before it said so."""
    evaluated_at: datetime | None = None
    """The instant of its latest tick; None before the first one."""


class Tick(msgspec.Struct, frozen=True):
    """One evaluation of an automation."""

    automation: str
    at: datetime
    """The instant, in UTC: when it was due for a schedule, when it was evaluated for others."""
    status: TickStatus
    message: str = ""
    """Why it was skipped or missed, or how it failed."""
    started_at: datetime | None = None
    """When its evaluation began; None if it was never evaluated."""
    ended_at: datetime | None = None
    zone: str = "UTC"
    """The time zone in which it was due."""
    logs: str = ""
    """What it logged, or where that is."""
    run_ids: tuple[RunId, ...] = ()
    """The runs that it asked for and nobody before it; the store writes them in."""


class LaunchRequest(msgspec.Struct, frozen=True):
    """A run that a tick asks for."""

    run_id: RunId
    """The id that is kept for it: a run starts under it once, however often it is launched."""
    launch: str
    """What is to be launched (a job or a selection, partition, tags, configuration, bundle), as
    JSON."""
    run_key: str | None = None
    """No two runs of one automation have the same; None for no such bound."""


class StoredRequest(msgspec.Struct, frozen=True):
    """A run that was asked for, and what became of that."""

    id: int
    """Its place among all of them."""
    automation: str
    at: datetime
    """The tick's instant."""
    request: LaunchRequest
    state: RequestState = "waiting"
    message: str = ""
    """Why it was refused."""


class CursorMove(msgspec.Struct, frozen=True):
    """How far an automation came; refused if somebody moved the cursor meanwhile."""

    before: str | None
    """The cursor that the evaluation began with."""
    after: str | None


class TickReceipt(msgspec.Struct, frozen=True):
    """What became of a tick that was to be committed."""

    tick: Tick
    """As it is stored: the one that was there before, if there was one."""
    is_new: bool
    """False if that instant had a tick already: then nothing was written."""
    new: tuple[RunId, ...] = ()
    """The requests that were written, in order."""
    known: Mapping[str, StoredRequest] = msgspec.field(default_factory=dict)
    """What was asked for before, by those of the run keys that were there."""


_TURNED = frozenset({"on", "since"})


def changed_state(
    now: AutomationState, before: AutomationState, after: AutomationState
) -> AutomationState:
    """``now`` with what is other in ``after`` than in ``before``.

    Raises ConflictError if one of those fields is not as in ``before``.
    """
    changes = {
        name: getattr(after, name)
        for name in AutomationState.__struct_fields__
        if getattr(after, name) != getattr(before, name)
    }
    for name in changes:
        if getattr(now, name) != getattr(before, name):
            raise ConflictError(
                f"changing `{before.automation}`",
                f"somebody else changed its {'state' if name in _TURNED else name} meanwhile",
                "Look at it again: `%schedules` and `%sensors` show where it stands.",
            )
    return AutomationState(
        **{name: changes.get(name, getattr(now, name)) for name in now.__struct_fields__}
    )


def after_tick(now: AutomationState, at: datetime, cursor: CursorMove | None) -> AutomationState:
    """The state once a tick of that instant is committed; raises ConflictError as above."""
    latest = at if now.evaluated_at is None else max(at, now.evaluated_at)
    state = changed_state(
        now,
        AutomationState(now.automation, evaluated_at=now.evaluated_at),
        AutomationState(now.automation, evaluated_at=latest),
    )
    if cursor is None:
        return state
    return changed_state(
        state,
        AutomationState(now.automation, cursor=cursor.before),
        AutomationState(now.automation, cursor=cursor.after),
    )


def new_requests(requests: Sequence[LaunchRequest], known: Collection[str]) -> list[LaunchRequest]:
    """The requests whose run keys are neither known nor those of one before them."""
    seen = set(known)
    new = []
    for request in requests:
        if request.run_key is None or request.run_key not in seen:
            new.append(request)
            seen.update([] if request.run_key is None else [request.run_key])
    return new


def tick_asking(
    tick: Tick, new: Sequence[LaunchRequest], known: Mapping[str, StoredRequest]
) -> Tick:
    """The tick with the runs that it alone asks for; skipped, and saying why, where all that it
    asks for was asked for before."""
    asking = structs.replace(tick, run_ids=tuple(each.run_id for each in new))
    if tick.status != "requested" or new or not known:
        return asking
    return structs.replace(asking, status="skipped", message=_asked_before(known))


def _asked_before(known: Mapping[str, StoredRequest]) -> str:
    key, request = next(iter(known.items()))
    at = f"by the tick of {request.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if len(known) == 1:
        return f"run key {key} was already requested {at}"
    return f"run key {key} was already requested {at}, and so were {len(known) - 1} more"


def settled_already(run_id: str, state: str | None) -> ConflictError:
    """For saying what became of a request that does not wait."""
    found = "no automation asked for it" if state is None else f"it was {state} before"
    return ConflictError(f"launching run {run_id}", found)


def run_id_taken(run_id: str) -> ConflictError:
    """For a request whose run id is another one's."""
    return ConflictError(f"asking for run {run_id}", "another request has this id")


class Automations(Protocol):
    """Schedules, sensors and conditions: where they stand, their ticks, and what these ask for."""

    def automation(self, automation: str) -> AutomationState:
        """Where that one stands; all defaults for one of which nothing is stored."""
        ...

    def automations(self) -> dict[str, AutomationState]:
        """Where those stand of which anything is stored, by id."""
        ...

    def change_automation(self, before: AutomationState, after: AutomationState) -> AutomationState:
        """The state once the fields in which the two differ are as in ``after``; others may have
        been changed meanwhile. Raises ConflictError if one of those is not as in ``before``."""
        ...

    def commit_tick(
        self,
        lease: Lease,
        tick: Tick,
        requests: Sequence[LaunchRequest] = (),
        cursor: CursorMove | None = None,
        events: Sequence[Event] = (),
    ) -> TickReceipt:
        """Stores a tick, what it asks for, its cursor and ``events``: all of it or nothing.

        A request whose run key was there before is left out, and told; a tick of which nothing is
        left is stored as skipped, with when its first run key was asked for. Where the automation
        has a tick of that instant, that is told and nothing is stored. Raises ConflictError if
        ``lease`` is not the present one, the cursor is not as it was, or an event is refused.
        """
        ...

    def record_ticks(self, lease: Lease, ticks: Sequence[Tick]) -> int:
        """Stores ticks that ask for nothing; how many are new. Raises as ``commit_tick``."""
        ...

    def ticks(
        self,
        automation: str | None = None,
        *,
        statuses: Collection[TickStatus] | None = None,
        older_than: Tick | None = None,
        limit: int | None = None,
    ) -> list[Tick]:
        """The ticks of one automation (None: of all), newest first; after ``older_than``, which is
        the last one of the page before."""
        ...

    def last_ticks(self) -> dict[str, Tick]:
        """The newest tick of each automation that has any."""
        ...

    def drop_ticks(
        self,
        before: datetime,
        *,
        statuses: Collection[TickStatus] | None = None,
        automation: str | None = None,
    ) -> int:
        """Removes the ticks before that instant that are in ``statuses`` (None: in any); how many.

        Requests of theirs stay while they wait, or have a run key; and so does the newest tick of
        each automation.
        """
        ...

    def requests(
        self,
        automation: str | None = None,
        *,
        states: Collection[RequestState] | None = None,
        after: int = 0,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[StoredRequest]:
        """The requests with ids above ``after``, of ticks from ``since`` on, that fit, in the order
        of their commits."""
        ...

    def settle_request(
        self, run_id: RunId, state: Literal["launched", "refused"], message: str = ""
    ) -> None:
        """Says what became of a request that waits. Raises ConflictError if it does not wait."""
        ...
