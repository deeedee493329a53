"""What keeps notebooks and stores straight."""

from __future__ import annotations

import click

from assetbook.surfaces import store_care
from assetbook.surfaces.promoting import promote
from assetbook.surfaces.reloading import reload
from assetbook.surfaces.shell_completion import location_names
from assetbook.surfaces.validating import validate
from assetbook.surfaces.verb import Verb
from assetbook.surfaces.verb_parameters import flag, location_argument, selection_argument

VERBS = (
    Verb("reload", reload, (location_argument(),), ("reload", "reload report.ipynb"), "location"),
    Verb(
        "promote",
        promote,
        (selection_argument(), flag("dry-run", "Only compare; lock nothing.")),
        ("promote --dry-run", "promote", "promote +delays"),
        "selection",
        True,
    ),
    Verb(
        "validate",
        validate,
        (click.Argument(["locations"], nargs=-1, shell_complete=location_names),),
        ("validate", "validate flights.ipynb"),
        "location",
    ),
    Verb("doctor", store_care.doctor, (), ("doctor",)),
    Verb("store verify", store_care.store_verify, (), ("store verify",)),
    Verb(
        "store gc",
        store_care.store_gc,
        (flag("plan", "Only say what would go."),),
        ("store gc --plan", "store gc"),
    ),
    Verb(
        "store backup",
        store_care.store_backup,
        (click.Argument(["path"], type=click.Path(file_okay=False)),),
        ("store backup /backups/shop",),
    ),
)
"""The verbs, in the order in which they are listed."""
