"""What happens by itself: schedules, sensors, backfills, and the daemon that does it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from assetbook.surfaces.backfills_verb import ACTIONS as BACKFILL_ACTIONS
from assetbook.surfaces.backfills_verb import backfills
from assetbook.surfaces.daemon_verb import ACTIONS as DAEMON_ACTIONS
from assetbook.surfaces.daemon_verb import daemon
from assetbook.surfaces.scheduling import ACTIONS as SCHEDULE_ACTIONS
from assetbook.surfaces.scheduling import schedules
from assetbook.surfaces.sensing import SENSOR_ACTIONS, sensors
from assetbook.surfaces.verb import Verb
from assetbook.surfaces.verb_parameters import flag


def _action(actions: Sequence[str], usual: str) -> click.Argument:
    """``[ACTION]``, one of those; ``usual`` without any."""
    return click.Argument(["action"], required=False, default=usual, type=click.Choice(actions))


VERBS = (
    Verb(
        "backfills",
        backfills,
        (
            _action(BACKFILL_ACTIONS, "list"),
            click.Argument(["backfill"], required=False, default=""),
            click.Option(["--limit"], type=click.IntRange(1), default=20, help="How many."),
        ),
        ("backfills", "backfills show 4f2", "backfills pause 4f2", "backfills resume 4f2"),
    ),
    Verb(
        "schedules",
        schedules,
        (
            _action(SCHEDULE_ACTIONS, "list"),
            click.Argument(["name"], required=False, default=""),
            click.Option(["--limit"], type=click.IntRange(1), default=20, help="Ticks shown."),
        ),
        (
            "schedules",
            "schedules show nightly",
            "schedules on nightly",
            "schedules off nightly",
            "schedules dry-run nightly",
        ),
    ),
    Verb(
        "sensors",
        sensors,
        (
            _action(SENSOR_ACTIONS, "list"),
            click.Argument(["name"], required=False, default=""),
            click.Option(["--cursor"], metavar="TEXT", help="Set, or tried; else removed."),
            click.Option(["--limit"], type=click.IntRange(1), default=20, help="Ticks shown."),
        ),
        (
            "sensors",
            "sensors show new_files",
            "sensors on new_files",
            "sensors off new_files",
            "sensors dry-run new_files",
            "sensors cursor new_files --cursor 2026-01-01",
        ),
    ),
    Verb(
        "daemon",
        daemon,
        (
            _action(DAEMON_ACTIONS, "status"),
            flag("test", "Of alerts: sends each target a test."),
        ),
        ("daemon", "daemon run", "daemon start", "daemon stop", "daemon alerts"),
    ),
)
"""The verbs, in the order in which they are listed."""
