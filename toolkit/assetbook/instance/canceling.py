"""Ending a run that is on its way, wherever it runs: by a stored request, then by its process.

The request is what counts: a run that ends after it, however its process came to its end, is
canceled. The process is interrupted as by a person; if it does not react it is asked to terminate,
then killed. What was committed stays.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import msgspec

from assetbook.errors import ConflictError
from assetbook.events.canceling import canceled_by
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunCanceling
from assetbook.execution.live_runs import interrupt_live, live_runs
from assetbook.instance.instance import Instance
from assetbook.keys import RunId
from assetbook.storage.process_identity import current_process, is_alive, send_signal
from assetbook.storage.run_record import ON_THEIR_WAY, RunRecord

GRACE = 10.0
"""Seconds that a process has to react, unless told otherwise."""
_PAUSE = 0.05  # seconds between two looks
Say = Callable[[str], None]


class Means(msgspec.Struct, frozen=True):
    """How far whoever cancels a run may go."""

    kill: bool = False
    """Whether a process that is a person's own, as a kernel, may be ended with the run."""
    grace: float = GRACE
    """Seconds to wait after the interrupt, and again after asking the process to terminate."""


def cancel_run(
    instance: Instance, run_id: RunId, by: Origin, means: Means, say: Say = lambda said: None
) -> RunRecord:
    """The run as it stands in the end: canceled, unless its process does not react or is elsewhere.

    ``say`` is told of each step. Raises ConflictError for a run that has ended, or whose process is
    dead: it is marked so.
    """
    instance.end_dead_runs()
    run = instance.run(run_id)
    _refuse_ended(run)
    _ask(instance, run, by, say)
    return _Ending(instance, run, means, say).end()


def _refuse_ended(run: RunRecord) -> None:
    if run.status not in ON_THEIR_WAY:
        why = f" ({run.message})" if run.message else ""
        raise ConflictError(f"canceling run {run.id}", f"it has ended: {run.status}{why}")


def _ask(instance: Instance, run: RunRecord, by: Origin, say: Say) -> None:
    """Stores the request, unless there is one."""
    asked = RunCanceling(at=instance.clock.now(), run_id=run.id, by=by)
    try:
        instance.store.commit([asked])
    except ConflictError:
        now = instance.run(run.id)
        _refuse_ended(now)
        earlier = instance.events(run_id=run.id, kinds=[RunCanceling])[0].event
        assert isinstance(earlier, RunCanceling)
        say(f"it was {canceled_by(earlier)} before, and has not ended yet")


class _Ending:
    """One run on its way to its end."""

    def __init__(self, instance: Instance, run: RunRecord, means: Means, say: Say) -> None:
        self.instance = instance
        self.run = run
        self.means = means
        self.say = say

    def end(self) -> RunRecord:
        """The run as it stands when it has ended, or no more can be done."""
        now = self._now()
        if now.status not in ON_THEIR_WAY:  # one that waited for its turn
            return now
        owner = self.run.owner
        if owner == current_process():
            return self._end_here()
        if is_alive(owner) is None:
            self.say(
                f"{owner} runs it, which cannot be reached from here: it ends the run when it next "
                "commits something"
            )
            return self._now()
        if self._ended_by(signal.SIGINT, f"interrupting {owner}"):
            return self._now()
        if not self._may_be_killed():
            self.say(
                f"{owner} has not reacted in {self.means.grace:g} s; it is a kernel or a program "
                "of somebody's: --kill ends it too"
            )
            return self._now()
        if not self._ended_by(signal.SIGTERM, f"terminating {owner}"):
            self._ended_by(signal.SIGKILL, f"killing {owner}")
        return self._now()

    def _end_here(self) -> RunRecord:
        if self.run.id in live_runs():
            self.say("interrupting it in this process")
            interrupt_live(self.run.id)
            self._has_ended()
        return self._now()

    def _may_be_killed(self) -> bool:
        """Whether its process is there for the run alone, or may be ended all the same."""
        origin = self.run.origin
        return self.means.kill or origin.detached or origin.kind == "cli"

    def _ended_by(self, number: signal.Signals, said: str) -> bool:
        """Whether the run has ended after its process got the signal, and time to react."""
        if self._now().status not in ON_THEIR_WAY:
            return True
        self.say(said)
        try:
            if not send_signal(self.run.owner, number):
                return self._has_ended()
        except PermissionError:
            self.say(f"{self.run.owner} is another user's, which must not be interrupted from here")
            return False
        return self._has_ended()

    def _has_ended(self) -> bool:
        until = time.monotonic() + self.means.grace
        while time.monotonic() < until:
            if is_alive(self.run.owner) is False:
                self.instance.end_dead_runs()
            if self._now().status not in ON_THEIR_WAY:
                return True
            time.sleep(_PAUSE)
        return False

    def _now(self) -> RunRecord:
        return self.instance.run(self.run.id)
