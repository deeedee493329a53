"""The options of ``assetbook plan`` and ``materialize`` that say what is loaded, and how."""

from __future__ import annotations

import click

from assetbook.surfaces.shell_completion import location_names


def loading_options() -> list[click.Parameter]:
    """``--load``, ``--pinned`` and ``--location``."""
    return [
        click.Option(
            ["--load"],
            type=click.Choice(["slice", "all"]),
            default="slice",
            help="What runs to load it: what its definitions need, or all in a kernel.",
        ),
        click.Option(["--pinned"], is_flag=True, help="Load what its pin names, not its file."),
        click.Option(
            ["--location"],
            metavar="NAME",
            help="Only this one of the project's locations.",
            shell_complete=location_names,
        ),
    ]
