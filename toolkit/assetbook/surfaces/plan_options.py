"""The options that say what a plan runs: which partitions, what besides, with which versions."""

from __future__ import annotations

import click

from assetbook.surfaces.config_option import config_option
from assetbook.surfaces.partition_options import partition_options
from assetbook.surfaces.shell_completion import version_names
from assetbook.surfaces.verb_parameters import flag

PLAN_OPTIONS = (
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
"""Of ``plan`` and ``materialize``."""
