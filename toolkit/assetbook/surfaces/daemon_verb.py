"""``daemon``: the process that fires what is due; run here, started beside, looked at, ended."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from types import FrameType

from assetbook.automation.firing import Daemon
from assetbook.errors import ConflictError, RunFailedError, UsageError
from assetbook.instance.instance import Instance
from assetbook.named_arguments import named_arguments
from assetbook.storage.automations import RequestState
from assetbook.storage.process_identity import is_alive, send_signal
from assetbook.surfaces.alerts_told import alert_lines, alerts, send_test
from assetbook.surfaces.automation_status import holder_text, on_lines
from assetbook.surfaces.daemon_hands import LocationHands
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.alerts_view import AlertsView
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.inside_run import nothing_here
from assetbook.surfaces.suggestion import typed
from assetbook.surfaces.warm_locations import WarmLocations
from assetbook.surfaces.warm_runners import WarmRunners

ACTIONS = ("status", "run", "start", "stop", "alerts")
_WAITING: tuple[RequestState, ...] = ("waiting",)
_LONGEST_START = 30.0  # seconds
_LONGEST_STOP = 60.0


@named_arguments
def daemon(
    action: str = "status", *, test: bool = False, desk: Desk | None = None
) -> Sentence | AlertsView:
    """The process that fires schedules and launches their runs in this store.

    ``run`` is it, in the foreground, until it is interrupted or terminated; ``start`` starts one
    that outlives this process; ``stop`` has it end what it is at, and waits for that; ``status``
    says who runs it and what is due. A second one waits, and takes over when the first is gone.
    ``alerts`` says whom it tells what went wrong, and what they were sent; ``test`` sends each a
    test.
    """
    said = nothing_here(f"`{typed('daemon')}`") if action in ("run", "start", "stop") else None
    if said is not None:
        return said
    instance = (desk or current_desk()).instance
    if not test:
        return _ACTIONS[action](instance)
    if action != "alerts":
        raise UsageError(f"daemon {action} --test", "tests are of alerts", "`daemon alerts --test`")
    return send_test(instance)


def _status(instance: Instance) -> Sentence:
    lease = instance.own.lease()
    waiting = instance.own.requests(states=_WAITING)
    lines = [holder_text(lease), *on_lines(instance)]
    if waiting:
        lines.append(f"{len(waiting)} runs wait to be launched")
    lines += alert_lines(instance)
    if lease is None or is_alive(lease.holder) is False:
        lines.append(f"`{typed('daemon start')}` starts one")
    return Sentence("\n".join(lines))


def _run(instance: Instance) -> Sentence:
    runners, locations = WarmRunners(), WarmLocations()
    hands = LocationHands(instance, runners=runners, refill=runners.refill, calling=locations)
    fires = Daemon(instance, hands)

    def drain(number: int, frame: FrameType | None) -> None:
        fires.end()

    before = {number: signal.signal(number, drain) for number in (signal.SIGTERM, signal.SIGINT)}
    log = logging.getLogger("assetbook.daemon")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        log.info("looking after %s", instance.values.root.parent)
        fires.run()
    finally:
        runners.close()
        locations.close()
        log.removeHandler(handler)
        for number, earlier in before.items():
            signal.signal(number, earlier)
    return Sentence("the daemon has ended")


def _start(instance: Instance) -> Sentence:
    lease = instance.own.lease()
    if lease is not None and is_alive(lease.holder) is not False:
        return Sentence(holder_text(lease))
    folder = instance.values.root.parent
    with (folder / "daemon.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "assetbook", "daemon", "run"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=instance.root,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # it outlives the kernel or terminal
        )
    until = time.monotonic() + _LONGEST_START
    while time.monotonic() < until:
        found = instance.own.lease()
        if found is not None and is_alive(found.holder):
            return Sentence(f"{holder_text(found)}\nwhat it does is in {folder.name}/daemon.log")
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RunFailedError(
        "daemon start", "it did not come up", f"See {folder.name}/daemon.log in the project."
    )


def _stop(instance: Instance) -> Sentence:
    lease = instance.own.lease()
    if lease is None or is_alive(lease.holder) is False:
        return Sentence("no daemon runs this store")
    if not send_signal(lease.holder, signal.SIGTERM):
        raise ConflictError(
            "daemon stop", f"it runs elsewhere: {lease.holder}", "End it on that computer."
        )
    until = time.monotonic() + _LONGEST_STOP
    while time.monotonic() < until:
        found = instance.own.lease()
        if found is None or found.token != lease.token:
            return Sentence("the daemon has ended; runs that it launched go on")
        time.sleep(0.1)
    raise RunFailedError("daemon stop", f"it did not end within {_LONGEST_STOP:g} s")


_ACTIONS: Mapping[str, Callable[[Instance], Sentence | AlertsView]] = {
    "status": _status,
    "run": _run,
    "start": _start,
    "stop": _stop,
    "alerts": alerts,
}
