"""What people ask to see: assets, runs, and why they stand as they do."""

from __future__ import annotations

import click

from assetbook.surfaces import making_verbs, run_verbs, verbs
from assetbook.surfaces.against_option import against_option
from assetbook.surfaces.plan_options import PLAN_OPTIONS
from assetbook.surfaces.verb import Verb
from assetbook.surfaces.verb_parameters import (
    flag,
    run_argument,
    selection_argument,
    store_option,
    version_argument,
)
from assetbook.surfaces.watching import attach
from assetbook.surfaces.widgets.all_views import VIEWS, dashboard

VERBS = (
    Verb(
        "assets",
        verbs.assets,
        (
            selection_argument(),
            flag("checks", "A line for each check."),
            flag("orphans", "Only assets that nothing defines any more."),
        ),
        ("assets", "assets group:marts", "assets +delays --checks"),
        "selection",
    ),
    Verb("show", verbs.show, (version_argument(),), ("show orders", "show orders@3"), "version"),
    Verb(
        "lineage",
        verbs.lineage,
        (selection_argument(),),
        ("lineage", "lineage +delays"),
        "selection",
    ),
    Verb("why", verbs.why, (version_argument(),), ("why orders", "why orders@3"), "version"),
    Verb(
        "plan",
        making_verbs.plan,
        (selection_argument(), *PLAN_OPTIONS, against_option()),
        ("plan", "plan +delays", "plan group:marts --force", "plan --against main"),
        "selection",
        True,
    ),
    Verb(
        "runs",
        run_verbs.runs,
        (click.Option(["--limit"], type=click.IntRange(1), default=20, help="How many."),),
        ("runs", "runs --limit 5"),
    ),
    Verb("pools", run_verbs.pools, (), ("pools",)),
    Verb(
        "logs",
        run_verbs.logs,
        (
            run_argument(),
            click.Option(["--step"], help="Only this step's."),
            flag("follow", "Line by line as it comes, until the run has ended."),
            flag("stdout", "All that was printed, from the run's log files."),
            flag("stderr", "All that was printed to stderr, from the log files."),
            flag("log", "All lines that were logged, from the log files."),
        ),
        (
            "logs",
            "logs 4f2",
            "logs 4f2 --step orders",
            "logs 4f2 --follow",
            "logs 4f2 --step orders --stdout",
        ),
        "run",
    ),
    Verb("attach", attach, (run_argument(),), ("attach", "attach 4f2"), "run"),
    Verb(
        "dashboard",
        dashboard,
        (click.Argument(["view"], required=False, type=click.Choice(list(VIEWS))),),
        ("dashboard", "dashboard launch"),
    ),
    Verb(
        "assetbook",
        verbs.overview,
        (store_option("Write this one of the project's stores from now on."),),
        ("assetbook", "assetbook --store prod"),
    ),
)
"""The verbs, in the order in which they are listed."""
