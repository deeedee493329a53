"""Asks an address now and then that misses it when the daemon is gone, and keeps what it said."""

from __future__ import annotations

import logging
from datetime import datetime

import msgspec
from msgspec import structs

from assetbook.automation.alerts.alert import PREFIX
from assetbook.automation.alerts.sending import ping
from assetbook.errors import StoreError
from assetbook.instance.instance import Instance
from assetbook.settings.alerts import Text

EVERY = 60.0  # seconds
_ID = f"{PREFIX}:heartbeat"
_log = logging.getLogger("assetbook.daemon")


class Pinged(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The last time that it was asked."""

    at: datetime
    trouble: str = ""
    """Why it did not answer; empty if it did."""


class HeartbeatUrl:
    """The address of one store's daemon."""

    def __init__(self, instance: Instance, url: Text) -> None:
        self._instance = instance
        self._url = url
        self._next = 0.0

    def look(self) -> None:
        """Asks it if it is time, for half a minute at most; that it failed is kept and logged."""
        now = self._instance.clock.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY
        answer = ping(self._url)
        if not answer.sent:
            _log.warning("the heartbeat's address: %s", answer.said)
        pinged = Pinged(at=self._instance.clock.now(), trouble=answer.said)
        try:
            _keep(self._instance, pinged)
        except StoreError as error:
            _log.warning("the heartbeat's address: %s", error.found)


def last_ping(instance: Instance) -> Pinged | None:
    """The last time that a daemon of this store asked; None if none did."""
    kept = instance.own.automation(_ID).cursor
    return None if kept is None else msgspec.json.decode(kept, type=Pinged)


def _keep(instance: Instance, pinged: Pinged) -> None:
    before = instance.own.automation(_ID)
    after = structs.replace(before, cursor=msgspec.json.encode(pinged).decode())
    instance.own.change_automation(before, after)
