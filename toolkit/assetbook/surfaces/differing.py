"""``diff``: two versions compared, as a function; the magic and the command call it."""

from __future__ import annotations

from assetbook.errors import SelectionError
from assetbook.instance.version_comparison import compare_versions
from assetbook.named_arguments import named_arguments
from assetbook.storage.version import Version
from assetbook.surfaces.asking import resources_at, versioned_name
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.difference_view import DifferenceView
from assetbook.surfaces.suggestion import typed


@named_arguments
def diff(
    before: str, after: str = "", *, key: str = "", code: bool = False, desk: Desk | None = None
) -> DifferenceView:
    """What differs between two versions: schema, rows and distributions of tables, or the parts
    of a plain value.

    ``diff("orders")`` compares the latest version with the one before, ``diff("orders@40")``
    version 40 with the latest; two names compare two assets. ``key`` names the columns that match
    rows, with commas between (empty: found by itself). ``code`` adds what differs in how the two
    were made. Reads both values; writes nothing. Raises SelectionError for a version or key that
    is not there, MissingLibraryError where tables are compared without DuckDB.
    """
    at = desk or current_desk()
    old, new = _versions(at, before, after)
    columns = [name.strip() for name in key.split(",") if name.strip()]
    resources = resources_at(at)
    return DifferenceView(
        compare_versions(at.instance, old, new, key=columns, code=code, resources=resources)
    )


def _versions(at: Desk, before: str, after: str) -> tuple[Version, Version]:
    first, number = versioned_name(at, before)
    if after:
        return at.instance.version(first, number), at.instance.version(*versioned_name(at, after))
    latest = at.instance.version(first)
    if number is not None:
        return at.instance.version(first, number), latest
    return _one_before(at, latest), latest


def _one_before(at: Desk, latest: Version) -> Version:
    """The version that was the latest of the same partition before this one was."""
    for version in at.instance.versions(latest.key):
        earlier = version.number < latest.number and version.partition == latest.partition
        if earlier and not version.event.overridden:
            return version
    raise SelectionError(
        f"the difference of `{latest.key}`",
        f"version {latest.number} is the only one",
        f"Give two names, as `{typed('diff NAME@1 OTHER@3')}`.",
    )
