"""The source that a schedule runs of a notebook that is not pinned: its file as it is, as long as
loading that gives what running it gave; else the one before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assetbook.automation.alerts.standing import differs
from assetbook.errors import DefinitionError
from assetbook.instance.instance import Instance
from assetbook.instance.snapshots import recall
from assetbook.keys import AssetKey
from assetbook.notebook.document import read_document
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.source_digests import unchanged
from assetbook.storage.store import RunRecord
from assetbook.surfaces.run_bundle import kept_bundle

_NEWEST = 200
"""Runs among which the source before is looked for."""


def proven_bundle(
    instance: Instance, source: LocationSource, location: str, compare: Callable[[], object]
) -> str:
    """The digest of the bundle of the notebook's file, or of the last one that ran before it.

    ``compare`` loads the file in a process of its own and stores whether that gives what running
    gave: it is called where the file is not as it was when that was stored. Raises DefinitionError
    if the file is not to be run, and nothing ran before.
    """
    snapshot = recall(instance, location)
    if snapshot is None or not unchanged(snapshot.sources, instance.root):
        compare()
        snapshot = recall(instance, location)
    bundle = kept_bundle(instance, read_document(source.path), location)
    wrong = [each for each in snapshot.assets if differs(each)] if snapshot is not None else []
    if not wrong:
        return bundle
    before = _before(instance, location, bundle)
    if before is not None:
        return before
    said = "; ".join(f"`{AssetKey.from_text(each.key)}`: {each.parity[2]}" for each in wrong)
    raise DefinitionError(
        f"the source of {location}",
        f"loading it gives other code than running its cells gave: {said}",
        f"Look at it: `assetbook promote {location} --dry-run`.",
    )


def _before(instance: Instance, location: str, bundle: str) -> str | None:
    """The bundle of the newest run of the location that was made from another one."""
    for run in instance.own.runs(limit=_NEWEST):
        if _is_scheduled(run, location) and run.bundle not in (None, bundle):
            return run.bundle
    return None


def _is_scheduled(run: RunRecord, location: str) -> bool:
    return run.origin.notebook == location and run.origin.detached


COMPARE: dict[str, Any] = {"verb": "validate", "load": "slice"}
"""What is asked of the location's process for that."""
