"""Parameters that several verbs have, with what completes them."""

from __future__ import annotations

import click

from assetbook.surfaces.shell_completion import (
    asset_names,
    location_names,
    run_ids,
    store_names,
    version_names,
)


def selection_argument() -> click.Argument:
    """``SELECTION``, of several words."""
    return click.Argument(["selection"], nargs=-1, shell_complete=asset_names)


def name_argument() -> click.Argument:
    """``NAME`` of an asset."""
    return click.Argument(["name"], shell_complete=asset_names)


def version_argument() -> click.Argument:
    """``NAME[@V]``, an asset or one version of it."""
    return click.Argument(["name"], metavar="NAME[@V]", shell_complete=version_names)


def partition_argument() -> click.Argument:
    """``[PARTITION]``, a key."""
    return click.Argument(["partition"], required=False)


def partition_option() -> click.Option:
    """``--partition KEY``, of an asset that has some."""
    return click.Option(["--partition"], metavar="KEY", help="The partition that is meant.")


def run_argument() -> click.Argument:
    """``[RUN]``, the beginning of its id; what empty means is the verb's."""
    return click.Argument(["run"], required=False, default="", shell_complete=run_ids)


def location_argument() -> click.Argument:
    """``[LOCATION]``; empty for all."""
    name, complete = ["location"], location_names
    return click.Argument(name, required=False, default="", shell_complete=complete)


def flag(name: str, text: str) -> click.Option:
    """``--name``, which is on or off."""
    return click.Option([f"--{name}"], is_flag=True, help=text)


def store_option(text: str) -> click.Option:
    """``--store NAME``."""
    return click.Option(["--store"], metavar="NAME", help=text, shell_complete=store_names)
