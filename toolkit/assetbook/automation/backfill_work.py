"""Backfills that were stored to be run by the daemon: chunk by chunk, whenever no tick waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from assetbook.automation.in_flight import InFlight
from assetbook.automation.launches import Launch
from assetbook.automation.leaving import LeftToAnother
from assetbook.errors import AssetbookError, ConflictError
from assetbook.instance.backfilling import BackfillRun, ChunkWork, plan_said
from assetbook.instance.instance import Instance
from assetbook.storage.automations import LaunchRequest, RequestState, StoredRequest
from assetbook.storage.backfill_records import Backfill, BackfillStatus
from assetbook.storage.run_record import ON_THEIR_WAY

_OPEN: tuple[BackfillStatus, ...] = ("requested", "running", "canceling")
_WAITING: tuple[RequestState, ...] = ("waiting",)
_PAUSE = 0.1  # seconds between two looks at a run


@dataclass
class BackfillWork:
    """Goes on with backfills that have their source in the store; those without run where they
    were asked for."""

    instance: Instance
    launch: Callable[[StoredRequest, Launch], str]
    may_go_on: Callable[[], bool]
    """Whether this process is still the one that does it; asked between any two steps."""

    def __post_init__(self) -> None:
        self._working = InFlight(1)

    def look(self, ended: Callable[[], None]) -> None:
        """Goes on with the earliest that nobody works on, beside what else the daemon does."""
        self._working.settle()
        for backfill in reversed(self.instance.own.backfills(statuses=_OPEN)):
            if backfill.bundle is not None and not self._working:
                self._working.start(backfill.id, partial(self._work, backfill), ended)

    def finish(self) -> None:
        """Waits until what is at work has come to a place where another one can go on."""
        self._working.finish()

    def _work(self, backfill: Backfill) -> None:
        run = BackfillRun(self.instance, backfill.id, partial(self._run, backfill))
        try:
            if backfill.status == "canceling":
                run.ended()
            else:
                run.go()
        except (ConflictError, LeftToAnother):
            time.sleep(_PAUSE)  # its run is on its way, or somebody changed it: the next look sees

    def _run(self, backfill: Backfill, work: ChunkWork) -> bool:
        """Whether the run of one chunk succeeded, or there was nothing to do."""
        while self.instance.own.requests(states=_WAITING, limit=1):  # ticks come first
            self._pause()
        asked = Launch(
            str(plan_said(backfill)["location"]),
            " or ".join(work.selection),
            work.job,
            work.partition,
            tags=work.tags,
            bundle=backfill.bundle,
            partitions=work.partitions,
            force=bool(plan_said(backfill)["force"]),
            kind="backfill",
        )
        name = f"backfill {backfill.id}"
        request = StoredRequest(
            0, name, self.instance.clock.now(), LaunchRequest(work.run_id, asked.to_json())
        )
        try:
            if self.launch(request, asked):
                return True  # all fresh
        except AssetbookError:
            return False
        while True:
            found = self.instance.store.runs(beginning=work.run_id, limit=1)
            if not found or found[0].status not in ON_THEIR_WAY:
                return bool(found) and found[0].status == "success"
            self._pause()

    def _pause(self) -> None:
        if not self.may_go_on():
            raise LeftToAnother
        time.sleep(_PAUSE)
