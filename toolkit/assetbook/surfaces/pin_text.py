"""What is said of a notebook's pin: by whom, since when, and how far the file is ahead of it."""

from __future__ import annotations

from assetbook.errors import AssetbookError
from assetbook.instance.bundles import bundle_at, cells_ahead
from assetbook.instance.bundling import bundle_of
from assetbook.instance.instance import Instance
from assetbook.instance.observed_reads import names_seen
from assetbook.instance.pins import pinned, pins
from assetbook.notebook.document import read_document
from assetbook.notebook.local_imports import WorkTree
from assetbook.storage.sources import Pin
from assetbook.surfaces.display.formatting import clock_text, counted


def pin_text(instance: Instance, location: str | None) -> str:
    """A sentence on the location's pin, which is compared with its saved file; empty without one.

    Without a location, how many are pinned.
    """
    if location is None:
        count = len(pins(instance))
        return f"{counted(count, 'notebook')} pinned" if count else ""
    pin = pinned(instance, location)
    if pin is None:
        return ""
    moved = f"{clock_text(pin.at, instance.clock.now())}, by {pin.by}"
    return f"{moved}; {_ahead(instance, pin)}"


def _ahead(instance: Instance, pin: Pin) -> str:
    root = instance.project.root if instance.project is not None else None
    if root is None or not (root / pin.location).is_file():
        return "the notebook is gone, its pin still runs"
    try:
        before = bundle_at(instance, pin.bundle)
        document = read_document(root / pin.location)
        now = bundle_of(
            document,
            WorkTree(root),
            pin.location,
            whole=before.whole,
            observed=names_seen(instance),
        )
    except AssetbookError as error:
        return f"the notebook cannot be compared with it: {error.found}"
    count = cells_ahead(before, now)
    if not count:
        return "the notebook is as pinned"
    return f"the notebook is {counted(count, 'cell')} ahead of its pin"
