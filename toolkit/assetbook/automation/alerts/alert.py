"""One thing that people are to be told, and where telling one target of it stands."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from assetbook.settings.alerts import AlertKind

PREFIX = "assetbook/alerts/"
"""What the store calls a target's state and what it was sent; no schedule is called so."""


class Alert(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What happened, as it is kept until it is sent; what else is known of it is read then."""

    kind: AlertKind
    subject: str
    """What it is about, for people: ``orders in shop.ipynb``."""
    said: str
    """What happened, a line for people."""
    key: str
    """What it is told apart by from all others of its store."""
    at: datetime
    location: str = ""
    assets: tuple[str, ...] = ()
    """The texts of the keys of the assets that it is about."""
    target: str = ""
    """What was to run, as typed, where no asset is named: a selection; empty for none."""
    run_id: str = ""
    step: str = ""
    """The step of that run that failed first."""
    remedy: str = ""
    """The command that retries, or looks into it; empty for none."""
    detail: str = ""
    """What was said besides, such as what a sensor's function logged."""
    more: int = 0
    """How many like it came since, and are told with it."""
    not_before: datetime | None = None
    """When it may be sent at the earliest; None for at once."""
    if_not_retried: bool = False
    """Whether it is dropped when its run is run again by itself."""


class AlertState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How far a target has come, and what it is still to be told."""

    since: datetime
    """From when on it is told; what was before is not."""
    event: int = 0
    """The last event that was looked at."""
    ticks: dict[str, datetime] = {}
    """By automation, its last tick that was looked at."""
    refused: int = 0
    """Requests up to this id have been looked at for good."""
    refused_told: tuple[str, ...] = ()
    """The runs of later ones that were refused, and are told."""
    failing: dict[str, str] = {}
    """What has failed and was not made since, and in which run or tick."""
    late: dict[str, str] = {}
    """Assets that are late, and since which version."""
    differs: dict[str, str] = {}
    """Locations whose code differs, and how."""
    pending: tuple[Alert, ...] = ()
    """What is to be sent, in order."""
    sent: dict[str, datetime] = {}
    """When what was sent within the last minutes, by kind and subject."""
    tries: int = 0
    """How often the first one could not be sent."""
    failing_since: datetime | None = None
    """Since when nothing could be sent; None if all is well."""
    trouble: str = ""
    """Why not."""


APART = timedelta(minutes=10)
"""Nothing of one kind and subject is told more often; what comes between is told as one."""


def encoded(state: AlertState) -> str:
    """As the store keeps it."""
    return msgspec.json.encode(state).decode()


def decoded(text: str) -> AlertState:
    """What ``encoded`` gave."""
    return _state.decode(text)


_state = msgspec.json.Decoder(AlertState)
