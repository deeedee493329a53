"""The options of ``plan`` that compare a notebook with another time."""

from __future__ import annotations

import json

import click

from assetbook.errors import UsageError


def against_option() -> click.Option:
    """``--against REV``."""
    text = "Say what differs from a git revision, or `pin`."
    return click.Option(["--against"], metavar="REV", help=text)


def outcome_options() -> list[click.Parameter]:
    """``--check`` and ``--format``, which a shell has."""
    return [
        click.Option(["--check"], is_flag=True, help="Exit with 1 if anything would run."),
        click.Option(
            ["--format", "form"],
            type=click.Choice(["text", "json", "markdown"]),
            help="Of what --against says; markdown is for a review.",
        ),
    ]


def show_against(notebook: str, revision: str | None, form: str | None) -> bool:
    """Prints how the notebook differs from the revision; whether anything would run.

    Raises UsageError for a format without a revision.
    """
    if revision is None:
        raise UsageError(
            f"`plan --format {form}`", "it is of what --against says", "Add --against REV."
        )
    from assetbook.surfaces.against import plan_against
    from assetbook.surfaces.display.revision_view import RevisionView

    view = RevisionView(plan_against(notebook, revision))
    if form == "json":
        click.echo(json.dumps(view.to_json(), indent=2))
    else:
        click.echo(view.markdown() if form == "markdown" else str(view))
    return bool(view.plan.durations)
