"""``daemon alerts``: whom the daemon tells what went wrong, what they were sent, and a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from assetbook.automation.alerts.alert import PREFIX, AlertState, decoded
from assetbook.automation.alerts.heartbeat_url import last_ping
from assetbook.automation.alerts.report import Report
from assetbook.automation.alerts.sending import send
from assetbook.errors import RunFailedError
from assetbook.instance.instance import Instance
from assetbook.settings.alerts import ALERT_KINDS, AlertTarget, FromEnv, Mail, Text
from assetbook.surfaces.display.alerts_view import AlertsView, TargetStanding
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.suggestion import typed

_SHOWN = 5
_NOBODY = "nobody is told what goes wrong: [tool.assetbook.alerts] in pyproject.toml says whom"


def alerts(instance: Instance) -> AlertsView:
    """Each target with what it was sent last, and what could not be sent."""
    return AlertsView([_standing(instance, each) for each in alert_targets_of(instance)])


def send_test(instance: Instance) -> Sentence:
    """Sends a test to each target from here, with this process's environment; says what became of
    each. Raises RunFailedError if one could not be sent."""
    targets = alert_targets_of(instance)
    if not targets:
        return Sentence(_NOBODY)
    said, failed = [], False
    for target in targets:
        answer = send(target.to, _test(instance, target))
        failed = failed or not answer.sent
        said.append(f"{target.name}: {'sent' if answer.sent else 'not sent'}")
        said[-1] += f", {answer.said}" if answer.said else ""
    if failed:
        asked = f"`{typed('daemon alerts')} --test`"
        raise RunFailedError(asked, "\n".join(said), "Mend [tool.assetbook.alerts] or its server.")
    return Sentence("\n".join(said))


def alert_lines(instance: Instance) -> Iterator[str]:
    """What ``daemon status`` says of alerts and of the heartbeat's address."""
    targets = alert_targets_of(instance)
    if targets:
        yield f"alerts go to {', '.join(each.name for each in targets)}"
    for target in targets:
        state = _state(instance, target)
        if state is not None and (trouble := _trouble(state)):
            yield f"alerts to {target.name}: {trouble}"
    project = instance.project
    if project is not None and project.settings.heartbeat_url is not None:
        yield f"its heartbeat's address {_pinged(instance)}"


def alert_targets_of(instance: Instance) -> tuple[AlertTarget, ...]:
    """Those of the project's settings."""
    return instance.project.settings.alerts if instance.project is not None else ()


def _pinged(instance: Instance) -> str:
    last = last_ping(instance)
    if last is None:
        return "was not asked yet"
    at = f"at {last.at:%Y-%m-%d %H:%M:%S} UTC"
    return f"did not answer {at}: {last.trouble}" if last.trouble else f"answered {at}"


def _standing(instance: Instance, target: AlertTarget) -> TargetStanding:
    kinds = "everything" if target.on == ALERT_KINDS else ", ".join(target.on)
    of = f" of {target.select}" if target.select is not None else ""
    by_hand = ", also what was started by hand" if target.interactive else ""
    state = _state(instance, target)
    return TargetStanding(
        target.name,
        f"{kinds}{of}{by_hand}",
        _where(target),
        state is not None,
        "" if state is None else _trouble(state),
        0 if state is None else len(state.pending),
        instance.own.ticks(PREFIX + target.name, limit=_SHOWN),
    )


def _trouble(state: AlertState) -> str:
    if state.failing_since is None:
        return ""
    waiting = counted(len(state.pending), "alert")
    return (
        f"nothing could be sent since {state.failing_since:%Y-%m-%d %H:%M:%S} UTC, {waiting} "
        + (f"to be sent: {state.trouble}")
    )


def _where(target: AlertTarget) -> str:
    if isinstance(target.to, Mail):
        return f"{', '.join(target.to.to)} by {target.to.host}"
    return _address(target.to.url)


def _address(url: Text) -> str:
    """The host alone: what comes after it may be secret."""
    return f"${url.name}" if isinstance(url, FromEnv) else urlsplit(url).netloc


def _state(instance: Instance, target: AlertTarget) -> AlertState | None:
    kept = instance.own.automation(PREFIX + target.name).cursor
    return None if kept is None else decoded(kept)


def _test(instance: Instance, target: AlertTarget) -> Report:
    return Report(
        id=os.urandom(16).hex(),
        kind="failed",
        subject="a test of alerts",
        said=f"this is a test for {target.name}: nothing has failed",
        at=instance.clock.now(),
        project=instance.root.name,
        remedy="assetbook daemon alerts",
    )
