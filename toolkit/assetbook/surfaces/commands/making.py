"""What makes things: assets, jobs, and runs that are done again."""

from __future__ import annotations

import click

from assetbook.instance.canceling import GRACE
from assetbook.surfaces import backfilling, making_verbs, re_executing
from assetbook.surfaces.canceling_verb import cancel
from assetbook.surfaces.config_option import config_option
from assetbook.surfaces.executor_option import executor_options
from assetbook.surfaces.launching_verb import launch
from assetbook.surfaces.observing import observe
from assetbook.surfaces.partition_options import key_options, partition_options
from assetbook.surfaces.plan_options import PLAN_OPTIONS
from assetbook.surfaces.reproducing import reproduce
from assetbook.surfaces.retry_options import retry_options
from assetbook.surfaces.shell_completion import job_names
from assetbook.surfaces.tag_option import tag_option
from assetbook.surfaces.timeout_option import timeout_option
from assetbook.surfaces.verb import Verb
from assetbook.surfaces.verb_parameters import flag, run_argument, selection_argument

_AGAIN_OPTIONS = (flag("dry-run", "Only show the plan; run nothing."), *executor_options())

VERBS = (
    Verb(
        "materialize",
        making_verbs.materialize,
        (
            selection_argument(),
            *PLAN_OPTIONS,
            flag("take-over", "Make assets of another notebook this one's."),
            *executor_options(),
            *retry_options(),
            flag("detach", "In a process of its own that outlives this one."),
            tag_option(),
            timeout_option(),
        ),
        (
            "materialize +delays",
            "materialize orders --force --only",
            "materialize report --with orders@41",
            "materialize window --config window.size=10",
            "materialize group:marts --executor processes --workers 4",
            "materialize +report --max-retries 2",
            "materialize +delays --detach --timeout 10m",
            "materialize +delays --tag team=etl",
            "materialize weather --partition 2026-01-31",
            "materialize weather --partitions 2026-01-01..2026-01-31 --missing",
            "materialize",
        ),
        "selection",
        True,
    ),
    Verb(
        "backfill",
        backfilling.backfill,
        (
            selection_argument(),
            *partition_options()[1:],
            click.Option(
                ["--per-run"],
                type=backfilling.per_run_of,
                default=1,
                metavar="N|all",
                help="Partitions that one run makes.",
            ),
            flag("newest-first", "Begin with the last partitions."),
            click.Option(
                ["--max-failures"],
                type=click.IntRange(1),
                metavar="N",
                help="Begin nothing more after so many failed runs.",
            ),
            flag("force", "Run what is fresh, too."),
            flag("only", "Bring nothing but what is named."),
            config_option(),
            tag_option(),
            click.Option(["--job"], metavar="NAME", help="Run that job for each partition."),
            flag("dry-run", "Only count, and say about how long it takes."),
            flag("detach", "Store it for the daemon to run."),
        ),
        (
            "backfill weather 2026-01-01..2026-01-31",
            "backfill +report all --per-run 7 --newest-first",
            "backfill weather --missing --max-failures 3",
            "backfill weather --failed --dry-run",
            "backfill --job etl 2026-01-01..2026-01-31",
        ),
        "selection",
        True,
    ),
    Verb(
        "observe",
        observe,
        (selection_argument(), config_option(), *executor_options()),
        ("observe", "observe landed"),
        "selection",
        True,
    ),
    Verb(
        "launch",
        launch,
        (
            click.Argument(["name"], shell_complete=job_names),
            click.Argument(["parameters"], nargs=-1, metavar="[PARAMETER=VALUE]..."),
            config_option(),
            click.Option(
                ["--select"],
                multiple=True,
                metavar="OP",
                help="Only these ops; `+op` with what they need.",
            ),
            *key_options(),
            *executor_options(),
            *retry_options(),
            tag_option(),
            timeout_option(),
            flag("detach", "In a process of its own that outlives this one."),
        ),
        (
            "launch nightly",
            "launch report.ipynb day=2026-01-01 top=5",
            "launch daily --partition last",
            "launch nightly --max-retries 2",
            "launch nightly --tag team=etl",
            "launch nightly --config fetch.day=monday",
            "launch nightly --select +report --executor threads",
            "launch nightly --detach --timeout 10m",
        ),
        "job",
        True,
    ),
    Verb(
        "resume",
        re_executing.resume,
        (run_argument(), *_AGAIN_OPTIONS),
        ("resume 4f2 --dry-run", "resume 4f2"),
        "run",
    ),
    Verb(
        "retry",
        re_executing.retry,
        (
            run_argument(),
            selection_argument(),
            flag("from-failure", "What failed, and what comes after it."),
            *_AGAIN_OPTIONS,
        ),
        ("retry 4f2 --from-failure --dry-run", "retry 4f2", "retry 4f2 orders+"),
        "run",
    ),
    Verb(
        "reproduce",
        reproduce,
        (
            run_argument(),
            click.Option(
                ["--into"],
                type=click.Path(file_okay=False),
                metavar="FOLDER",
                help="Where its folder is made; beside the notebook unless told.",
            ),
        ),
        ("reproduce 4f2", "reproduce 4f2 --into scratch"),
        "run",
    ),
    Verb(
        "cancel",
        cancel,
        (
            run_argument(),
            flag("kill", "End its kernel or program, too, if it does not react."),
            click.Option(
                ["--grace"],
                type=click.FloatRange(0),
                default=GRACE,
                metavar="SECONDS",
                help="How long it may take to react, before the next step; 10 unless told.",
            ),
        ),
        ("cancel 4f2", "cancel 4f2 --kill", "cancel 4f2 --grace 60"),
        "run",
    ),
)
"""The verbs, in the order in which they are listed."""
