"""``--tag KEY=VALUE``: what a run is marked with, as typed or as a mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import click

from assetbook.definitions.labels import validate_tags
from assetbook.errors import UsageError

RunTags: TypeAlias = Mapping[str, str] | Sequence[str]
"""``{"team": "etl"}``, or ``("team=etl",)`` as typed."""


def tag_option() -> click.Option:
    """``--tag KEY=VALUE``, as often as wanted."""
    text = "Mark the run; limits may count such runs."
    return click.Option(["--tag", "tags"], multiple=True, metavar="KEY=VALUE", help=text)


def run_tags(given: RunTags) -> dict[str, str]:
    """The tags by key; raises UsageError for text that is not KEY=VALUE, and DefinitionError for
    what is no tag."""
    if isinstance(given, Mapping):
        return validate_tags(given)
    found = {}
    for each in given:
        key, equals, value = each.partition("=")
        if not key or not equals:
            raise UsageError(f"--tag {each}", "it is not KEY=VALUE", "As in --tag team=etl.")
        found[key] = value
    return validate_tags(found)
