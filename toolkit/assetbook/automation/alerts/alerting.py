"""What the daemon does to tell people, beside its looks: an endpoint that hangs keeps nothing else
waiting."""

from __future__ import annotations

from collections.abc import Callable

from assetbook.automation.alerts.channel import Channel
from assetbook.automation.alerts.heartbeat_url import HeartbeatUrl
from assetbook.automation.in_flight import InFlight
from assetbook.instance.instance import Instance
from assetbook.settings.alerts import AlertTarget
from assetbook.storage.lease import Lease

_PAUSE = 2.0  # seconds between two looks of one target


class Alerting:
    """All targets of a project, and its heartbeat's address."""

    def __init__(self, instance: Instance, lease: Callable[[], Lease]) -> None:
        settings = instance.project.settings if instance.project is not None else None
        targets: tuple[AlertTarget, ...] = settings.alerts if settings is not None else ()
        self._clock = instance.clock
        self._looks: dict[str, Callable[[], None]] = {
            each.name: Channel(instance, each, lease).look for each in targets
        }
        if settings is not None and settings.heartbeat_url is not None:
            self._looks["the heartbeat"] = HeartbeatUrl(instance, settings.heartbeat_url).look
        self._next: dict[str, float] = {}
        self._looking = InFlight(len(self._looks) or 1)

    def look(self) -> None:
        """Has each look that rested, beside the others; raises ConflictError if another process
        has taken over."""
        self._looking.settle()
        now = self._clock.monotonic()
        for name, look in self._looks.items():
            if name not in self._looking and now >= self._next.get(name, now):
                self._next[name] = now + _PAUSE
                self._looking.start(name, look, lambda: None)

    def finish(self) -> None:
        """Waits until what is being sent is settled."""
        self._looking.finish()
