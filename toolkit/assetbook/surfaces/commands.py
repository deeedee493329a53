"""The one table of verbs: names, options, help and examples, for magics and the CLI alike."""

from __future__ import annotations

import click

from assetbook.instance.canceling import GRACE
from assetbook.surfaces import backfilling, re_executing, store_care, value_verbs, verbs
from assetbook.surfaces.against_option import against_option
from assetbook.surfaces.canceling_verb import cancel
from assetbook.surfaces.config_option import config_option
from assetbook.surfaces.daemon_verb import ACTIONS as DAEMON_ACTIONS
from assetbook.surfaces.daemon_verb import daemon
from assetbook.surfaces.differing import diff
from assetbook.surfaces.executor_option import executor_options
from assetbook.surfaces.launching_verb import launch
from assetbook.surfaces.observing import observe
from assetbook.surfaces.partition_options import key_options, partition_options
from assetbook.surfaces.promoting import promote
from assetbook.surfaces.reloading import reload
from assetbook.surfaces.retry_options import retry_options
from assetbook.surfaces.scheduling import ACTIONS as SCHEDULE_ACTIONS
from assetbook.surfaces.scheduling import schedules
from assetbook.surfaces.sensing import SENSOR_ACTIONS, sensors
from assetbook.surfaces.shell_completion import (
    asset_names,
    job_names,
    location_names,
    version_names,
)
from assetbook.surfaces.sql_verb import sql
from assetbook.surfaces.tag_option import tag_option
from assetbook.surfaces.timeout_option import timeout_option
from assetbook.surfaces.validating import validate
from assetbook.surfaces.verb import Verb
from assetbook.surfaces.verb_parameters import (
    flag,
    location_argument,
    name_argument,
    partition_argument,
    partition_option,
    run_argument,
    selection_argument,
    store_option,
    version_argument,
)
from assetbook.surfaces.watching import attach
from assetbook.surfaces.wiping_verb import wipe

_PLAN_OPTIONS = (
    *partition_options(),
    config_option(),
    flag("force", "Run what is named though it is fresh."),
    flag("only", "Bring nothing but what is named."),
    flag("unknown", "Run unknown upstreams too."),
    flag("sources", "Read again what reads the world outside."),
    click.Option(
        ["--with", "with_versions"],
        multiple=True,
        metavar="NAME@V",
        help="Read this version, not the latest; what is made never is the latest.",
        shell_complete=version_names,
    ),
)

_AGAIN_OPTIONS = (flag("dry-run", "Only show the plan; run nothing."), *executor_options())

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
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
        Verb(
            "show", verbs.show, (version_argument(),), ("show orders", "show orders@3"), "version"
        ),
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
            verbs.plan,
            (selection_argument(), *_PLAN_OPTIONS, against_option()),
            ("plan", "plan +delays", "plan group:marts --force", "plan --against main"),
            "selection",
            True,
        ),
        Verb(
            "materialize",
            verbs.materialize,
            (
                selection_argument(),
                *_PLAN_OPTIONS,
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
                flag("dry-run", "Only count, and say about how long it takes."),
                flag("detach", "Store it for the daemon to run."),
            ),
            (
                "backfill weather 2026-01-01..2026-01-31",
                "backfill +report all --per-run 7 --newest-first",
                "backfill weather --missing --max-failures 3",
                "backfill weather --failed --dry-run",
            ),
            "selection",
            True,
        ),
        Verb(
            "backfills",
            backfilling.backfills,
            (
                click.Argument(
                    ["action"],
                    required=False,
                    default="list",
                    type=click.Choice(backfilling.ACTIONS),
                ),
                click.Argument(["backfill"], required=False, default=""),
                click.Option(["--limit"], type=click.IntRange(1), default=20, help="How many."),
            ),
            ("backfills", "backfills show 4f2", "backfills pause 4f2", "backfills resume 4f2"),
        ),
        Verb(
            "schedules",
            schedules,
            (
                click.Argument(
                    ["action"],
                    required=False,
                    default="list",
                    type=click.Choice(SCHEDULE_ACTIONS),
                ),
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
                click.Argument(
                    ["action"],
                    required=False,
                    default="list",
                    type=click.Choice(SENSOR_ACTIONS),
                ),
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
                click.Argument(
                    ["action"],
                    required=False,
                    default="status",
                    type=click.Choice(DAEMON_ACTIONS),
                ),
                flag("test", "Of alerts: sends each target a test."),
            ),
            ("daemon", "daemon run", "daemon start", "daemon stop", "daemon alerts"),
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
            "launch",
            launch,
            (
                click.Argument(["name"], shell_complete=job_names),
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
            "runs",
            verbs.runs,
            (click.Option(["--limit"], type=click.IntRange(1), default=20, help="How many."),),
            ("runs", "runs --limit 5"),
        ),
        Verb("pools", verbs.pools, (), ("pools",)),
        Verb(
            "logs",
            verbs.logs,
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
        Verb(
            "value",
            value_verbs.value,
            (version_argument(), partition_argument()),
            (
                "value orders",
                "value orders@3",
                "value orders@2026-11-17",
                "value orders@run:9f2",
                "value weather 2026-01-31",
            ),
            "version",
        ),
        Verb(
            "versions",
            value_verbs.versions,
            (
                version_argument(),
                partition_argument(),
                click.Option(["--newest"], type=click.IntRange(1), default=20, help="How many."),
            ),
            ("versions orders", "versions weather 2026-01-05", "versions orders@2026-11-17"),
            "version",
        ),
        Verb(
            "restore", value_verbs.restore, (version_argument(),), ("restore orders@3",), "version"
        ),
        Verb(
            "keep",
            value_verbs.keep,
            (version_argument(), flag("release", "Leave it to retention again.")),
            ("keep orders@3", "keep orders", "keep orders@3 --release"),
            "version",
        ),
        Verb(
            "export",
            value_verbs.export,
            (
                version_argument(),
                click.Argument(["file"], type=click.Path()),
                partition_option(),
                flag("force", "Replace a file that is there."),
            ),
            (
                "export orders orders.csv",
                "export orders@3 orders.xlsx --force",
                "export weather day.parquet --partition 2026-01-05",
            ),
            "version",
        ),
        Verb(
            "diff",
            diff,
            (
                click.Argument(["before"], shell_complete=version_names),
                click.Argument(["after"], required=False, default="", shell_complete=version_names),
                click.Option(
                    ["--key"], default="", help="Columns that match rows, with commas between."
                ),
                flag("code", "How they were made, too: code, config, inputs."),
            ),
            ("diff orders", "diff orders@40 orders@41 --key order_id", "diff orders@40 --code"),
            "version",
        ),
        Verb(
            "rename",
            value_verbs.rename,
            (click.Argument(["old"], shell_complete=asset_names), click.Argument(["new"])),
            ("rename orders sales",),
            "asset",
        ),
        Verb("forget", verbs.forget, (name_argument(),), ("forget orders",), "asset", True),
        Verb(
            "sql",
            sql,
            (click.Argument(["query"], nargs=-1, required=True, shell_complete=asset_names),),
            ("sql from orders limit 5", "sql describe raw.orders"),
            "table",
        ),
        Verb(
            "wipe",
            wipe,
            (
                click.Argument(
                    ["names"],
                    nargs=-1,
                    required=True,
                    metavar="NAME[@V]...",
                    shell_complete=version_names,
                ),
                partition_option(),
                flag("yes", "Do it; without this it only says what would go."),
                flag("kept", "Kept versions too."),
            ),
            (
                "wipe orders",
                "wipe orders@3 orders@4 --yes",
                "wipe weather --partition 2026-01-05 --yes",
            ),
            "version",
        ),
        Verb(
            "reload", reload, (location_argument(),), ("reload", "reload report.ipynb"), "location"
        ),
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
        Verb(
            "assetbook",
            verbs.overview,
            (store_option("Write this one of the project's stores from now on."),),
            ("assetbook", "assetbook --store prod"),
        ),
    )
}
"""Every verb by its name."""
