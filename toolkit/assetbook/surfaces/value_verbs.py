"""What people can do with values and versions: the functions behind ``%value`` and its kind."""

from __future__ import annotations

from typing import Any

from assetbook.errors import NotLoadedError, SelectionError
from assetbook.instance.version_reference import Reference
from assetbook.keys import AssetKey
from assetbook.surfaces.asking import versioned_name
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.version_table import VersionTable


def value(
    name: str, version: Reference | None = None, *, as_type: object = None, desk: Desk | None = None
) -> Any:
    """The stored value of an asset: the latest, or that of a version (``orders@3``)."""
    at = desk or current_desk()
    key, reference = versioned_name(at, name, version)
    try:
        resources = at.loaded().resources()
    except NotLoadedError:
        resources = {}
    return at.instance.value(key, reference, as_type=as_type, resources=resources)


def value_of(key: AssetKey, version: Reference | None = None) -> Any:
    """The stored value behind ``orders.value()``."""
    return value(str(key), version)


def versions(name: str, *, newest: int = 20, desk: Desk | None = None) -> VersionTable:
    """The versions of an asset, newest first; with one (``orders@3``), it and those before it."""
    at = desk or current_desk()
    key, reference = versioned_name(at, name)
    if reference is None:
        found = at.instance.versions(key, newest)
    else:
        last = at.instance.version(key, reference).number
        found = [each for each in at.instance.versions(key) if each.number <= last][:newest]
    if not found:
        raise SelectionError(
            f"the versions of `{key}`",
            "it has never been materialized here",
            f"`%materialize {key}` makes the first one.",
        )
    return VersionTable(key, tuple(found))
