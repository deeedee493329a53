"""The project's locations in few words, from what is stored of them; none is loaded for it."""

from __future__ import annotations

from assetbook.errors import ConfigError
from assetbook.instance.instance import Instance
from assetbook.instance.snapshots import recall
from assetbook.notebook.configured_locations import configured_locations
from assetbook.notebook.location_source import LocationSource


def location_lines(instance: Instance) -> list[str]:
    """Each of the locations that the project's settings name: ``sales.ipynb``, and in brackets
    what is wrong with it."""
    if instance.project is None:
        return []
    try:
        sources = configured_locations(instance.project)
    except ConfigError as error:
        return [f"{error.asked}: {error.found}"]
    return [_line(instance, source) for source in sources]


def _line(instance: Instance, source: LocationSource) -> str:
    snapshot = recall(instance, source.id)
    if snapshot is None:
        return f"{source} (not loaded yet)"
    return f"{source} (cannot be loaded)" if snapshot.broken else str(source)
