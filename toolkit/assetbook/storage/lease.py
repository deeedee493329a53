"""The daemon's lease: which one process of all fires the automations of a store."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from assetbook.errors import ConflictError
from assetbook.storage.process_identity import ProcessIdentity, activity, is_alive


class Lease(msgspec.Struct, frozen=True):
    """That a process is the one, as it stood at one look."""

    holder: ProcessIdentity
    token: int
    """The fencing number: each time the lease is acquired it is higher than ever before."""
    heartbeat: int
    """How often it was renewed: whoever sees the same number for a whole lease of his own clock
    may take the holder for dead, whatever the clocks of the two say."""
    acquired_at: datetime
    renewed_at: datetime
    """By the holder's clock; for people."""

    def is_free_for(self, unchanged: Lease | None) -> bool:
        """Whether another process may take it; ``unchanged`` is the lease as that saw it a whole
        lease ago, None for one that has not looked for so long.

        A process of this host that lives is never expired, only one that is gone or stands stopped;
        one that cannot be seen from here is, if it did not renew.
        """
        alive = is_alive(self.holder)
        if alive is False:
            return True
        same = (unchanged.token, unchanged.heartbeat) if unchanged is not None else None
        if same != (self.token, self.heartbeat):
            return False
        return alive is None or _stands(self.holder)


def _stands(holder: ProcessIdentity) -> bool:
    doing = activity(holder)
    return doing is None or doing.stopped


def held_by_another(lease: Lease) -> ConflictError:
    """For acquiring what another process holds."""
    return ConflictError(
        "running the store's daemon",
        f"{lease.holder} runs it since {lease.acquired_at:%Y-%m-%d %H:%M:%S} UTC",
        "Let that one run, or end it first: `assetbook daemon status` shows it.",
    )


def lease_lost(lease: Lease, now: Lease | None) -> ConflictError:
    """For writing under a lease that is not the present one."""
    found = "it was given back" if now is None else f"{now.holder} has taken over"
    return ConflictError(
        "running the store's daemon",
        f"{found} since this process acquired it; nothing of this was written",
        "End this daemon; another one does its work.",
    )


class Leases(Protocol):
    """Who runs the store's automations."""

    def lease(self) -> Lease | None:
        """The lease as it stands; None while nobody has it."""
        ...

    def acquire_lease(self, holder: ProcessIdentity, *, unchanged: Lease | None = None) -> Lease:
        """The lease, from now on ``holder``'s, with a token that nobody had before.

        Raises ConflictError unless it is free: nobody has it, its holder is dead, or it is still
        ``unchanged`` though the caller saw it so for a whole lease (see ``Lease.is_free_for``).
        """
        ...

    def renew_lease(self, lease: Lease) -> Lease:
        """The lease with its next heartbeat. Raises ConflictError if another one has it by now."""
        ...

    def release_lease(self, lease: Lease) -> None:
        """Gives it back; nothing happens if another one has it by now."""
        ...
