"""What is done with values and their versions."""

from __future__ import annotations

import click

from assetbook.surfaces import value_verbs, verbs
from assetbook.surfaces.differing import diff
from assetbook.surfaces.shell_completion import asset_names, version_names
from assetbook.surfaces.sql_verb import sql
from assetbook.surfaces.verb import Verb
from assetbook.surfaces.verb_parameters import (
    flag,
    name_argument,
    partition_argument,
    partition_option,
    version_argument,
)
from assetbook.surfaces.wiping_verb import wipe

VERBS = (
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
    Verb("restore", value_verbs.restore, (version_argument(),), ("restore orders@3",), "version"),
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
)
"""The verbs, in the order in which they are listed."""
