"""Which asset and which version of it a page means: it names them as documents named them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.storage.version import Version
from assetbook.surfaces.asking import row_at
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.rows import AssetRow


def row_meant(
    desk: Desk, now: Standing, rows: Sequence[AssetRow], given: Mapping[str, Any]
) -> AssetRow:
    """The row of the asset ``given["key"]``: a key as documents have it, or a name of people.

    Raises SelectionError if there is none.
    """
    text = str(given.get("key") or "")
    for row in rows:
        if row.key.text == text:
            return row
    return row_at(desk, now, rows, text)


def version_meant(desk: Desk, given: Mapping[str, Any], name: str = "version") -> Version:
    """The version of the asset ``given["key"]`` that ``given[name]`` names, as ``41`` or
    ``prod:41``. Raises SelectionError if there is none."""
    key = AssetKey.from_text(str(given.get("key") or ""))
    version = str(given.get(name) or "")
    return desk.instance.version(key, int(version) if version.isdecimal() else version)
