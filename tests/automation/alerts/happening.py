"""A store in which things happen, and a channel that tells of them to a target."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.automation.stored_schedules import SHOP

from assetbook.automation.alerts.alert import PREFIX, AlertState, decoded
from assetbook.automation.alerts.channel import Channel
from assetbook.clock import ManualClock
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import ErrorInfo, Origin, Reexecution, RunRequest
from assetbook.events.records import Event
from assetbook.events.run_events import RunEnded, RunStarted, StepEnded
from assetbook.instance.instance import Instance
from assetbook.settings.alerts import AlertTarget, Webhook
from assetbook.storage.automations import Tick
from assetbook.storage.process_identity import current_process

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ERROR = ErrorInfo(
    kind="ValueError",
    message="no luck",
    where="cell 4, line 3",
    traceback='Traceback:\n  File "cell 4", line 3\nValueError: no luck\n',
)


class Shop:
    """A store on a clock that is set, with its daemon's lease."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(NOON)
        self.instance = Instance.open(folder / ".assetbook")
        self.instance.clock = self.clock
        self.lease = self.instance.own.acquire_lease(current_process())

    def close(self) -> None:
        """Gives the lease back, and lets go of the store."""
        self.instance.own.release_lease(self.lease)
        self.instance.close()

    def channel(self, url: str, **more: object) -> Channel:
        """One that posts there."""
        return self.channel_of(AlertTarget("team", Webhook(url), **more))  # type: ignore[arg-type]

    def channel_of(self, target: AlertTarget) -> Channel:
        return Channel(self.instance, target, lambda: self.lease)

    def state(self) -> AlertState:
        """As it is stored."""
        kept = self.instance.own.automation(f"{PREFIX}team").cursor
        assert kept is not None
        return decoded(kept)

    def starts(
        self,
        run: str,
        kind: str = "schedule",
        asked: str = "orders",
        retries: int = 0,
        parent: str = "",
        number: int = 0,
    ) -> None:
        """A run on its way."""
        again = None
        if parent:
            again = Reexecution(
                kind="from_failure", parent_run_id=parent, root_run_id=parent, retry_number=number
            )
        started = RunStarted(
            at=self.clock.now(),
            run_id=run,
            asked=asked,
            steps=("orders",),
            origin=Origin(kind=kind, notebook=SHOP),  # type: ignore[arg-type]
            keys=("orders",),
            request=RunRequest(max_retries=retries) if retries else None,
            reexecution=again,
        )
        self.instance.own.commit([started])

    def fails(self, run: str, kind: str = "schedule", key: str = "orders", **more: object) -> None:
        """A run of ``orders`` that fails."""
        self.starts(run, kind, **more)  # type: ignore[arg-type]
        now = self.clock.now()
        step = StepEnded(
            at=now, run_id=run, step=key, status="failed", error=ERROR, message="no", keys=(key,)
        )
        ended = RunEnded(at=now, run_id=run, status="failed", message=f"{key}: no luck")
        self.instance.own.commit([step, ended])

    def makes(self, run: str, kind: str = "schedule", key: str = "orders", **more: object) -> None:
        """A run of ``orders`` that succeeds."""
        self.starts(run, kind, **more)  # type: ignore[arg-type]
        now = self.clock.now()
        made: list[Event] = [
            AssetMaterialized(at=now, run_id=run, key=key, step=key, data_version=run),
            RunEnded(at=now, run_id=run, status="success"),
        ]
        self.instance.own.commit(made)

    def ticks(self, status: str, message: str = "", name: str = "nightly") -> None:
        """A tick of a schedule, now."""
        tick = Tick(f"{SHOP}:{name}", self.clock.now(), status, message)  # type: ignore[arg-type]
        self.instance.own.record_ticks(self.lease, [tick])
