"""Commits a tick with all that follows from it, inside one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import structs

from assetbook.events.records import Event
from assetbook.storage.automation_rows import add_tick, come_to, stored_tick
from assetbook.storage.automations import (
    CursorMove,
    LaunchRequest,
    Tick,
    TickReceipt,
    new_requests,
    tick_asking,
)
from assetbook.storage.fold import Folding
from assetbook.storage.lease import Lease
from assetbook.storage.lease_rows import hold_lease
from assetbook.storage.process_identity import current_process
from assetbook.storage.request_rows import add_request, known_keys


class TickCommit(msgspec.Struct, frozen=True):
    """What is to be committed under a lease."""

    lease: Lease
    tick: Tick
    requests: tuple[LaunchRequest, ...]
    cursor: CursorMove | None
    events: tuple[Event, ...]


def commit_tick(work: TickCommit, store: Path, connection: sqlite3.Connection) -> TickReceipt:
    """See :meth:`assetbook.storage.automations.Automations.commit_tick`."""
    hold_lease(work.lease, store, connection)
    before = stored_tick(connection, store, work.tick)
    if before is not None:
        return TickReceipt(before, False)
    automation = work.tick.automation
    run_keys = [each.run_key for each in work.requests if each.run_key is not None]
    known = known_keys(connection, store, automation, run_keys)
    new = new_requests(work.requests, known)
    tick = tick_asking(work.tick, new, known)
    add_tick(connection, tick)
    for request in new:
        add_request(connection, tick, request)
    come_to(connection, store, tick, work.cursor)
    Folding(connection, current_process().text, store).fold(work.events)
    return TickReceipt(tick, True, tick.run_ids, known)


def record_ticks(
    lease: Lease, ticks: Sequence[Tick], store: Path, connection: sqlite3.Connection
) -> int:
    """See :meth:`assetbook.storage.automations.Automations.record_ticks`."""
    hold_lease(lease, store, connection)
    new = [each for each in ticks if add_tick(connection, structs.replace(each, run_ids=()))]
    newest: dict[str, Tick] = {}
    for tick in new:
        known = newest.get(tick.automation)
        if known is None or known.at < tick.at:
            newest[tick.automation] = tick
    for tick in newest.values():
        come_to(connection, store, tick, None)
    return len(new)
