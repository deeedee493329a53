"""``plan NOTEBOOK --against REV``: a notebook now against a git revision of it, or its pin."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from assetbook.errors import AssetbookError, UsageError, error_from
from assetbook.instance.bundles import bundle_at
from assetbook.instance.bundling import bundle_of
from assetbook.instance.instance import Instance
from assetbook.instance.observed_reads import names_seen
from assetbook.instance.pins import need_pin
from assetbook.instance.revision_plan import Described, RevisionPlan, revision_plan
from assetbook.kernels.own_process import LOCATION_PROCESS, call_in_process
from assetbook.notebook.document import Document, read_document
from assetbook.notebook.git_tree import GitTree
from assetbook.notebook.location_source import LocationSource, source_of
from assetbook.surfaces.desk import live_desk
from assetbook.surfaces.kept_location import ask_kept
from assetbook.surfaces.location_answer import answer_from
from assetbook.surfaces.unsaved_notice import say_unsaved

PIN = "pin"
"""Stands for what the notebook's pin names; a branch of that name is ``heads/pin``."""
_ASKED = {"load": "slice", "texts": True}


def plan_against(notebook: str | Path, revision: str) -> RevisionPlan:
    """What the notebook's assets are now against ``revision``, or ``pin``; runs none of them.

    The revision's files go to a temporary folder. Raises NotLoadedError where there is no git
    repository, SelectionError for a revision or pin that is not there, UsageError for a module, and
    what loading either raises, saying which.
    """
    source = source_of(notebook)
    if source.id is None or source.module is not None:
        raise UsageError(
            f"{source} against {revision}", "it is no notebook of the project", "Name a notebook."
        )
    say_unsaved(live_desk(), source)
    instance = Instance.get(source.folder)
    if revision == PIN:
        pinned = need_pin(instance, source.id)
        against = f"its pin ({pinned.bundle[:7]}, {pinned.at:%Y-%m-%d}, by {pinned.by})"
        bundle = bundle_at(instance, pinned.bundle)
        before = _described(ask_kept(source, bundle, _ASKED), f"{source} as pinned")
    else:
        tree = GitTree(instance.root, revision)
        against = f"{revision} ({tree.commit[:7]})"
        before = _at_revision(instance, source, tree, against)
    now = _now(source, is_new=not before.assets)
    return revision_plan(instance, source.id, against, before, now)


def _at_revision(
    instance: Instance, source: LocationSource, tree: GitTree, against: str
) -> Described:
    """What the notebook defined there; nothing if it was not there."""
    location = str(source.id)
    text = tree.text(PurePosixPath(location))
    if text is None:
        return Described()
    try:
        document = _document(text, location)
        bundle = bundle_of(document, tree, location, observed=names_seen(instance))
        return _described(ask_kept(source, bundle, _ASKED), f"{location} at {against}")
    except AssetbookError as error:
        raise _at(error, f"{location} at {against}") from None


def _document(text: str, location: str) -> Document:
    with TemporaryDirectory(prefix="assetbook") as folder:
        path = Path(folder) / PurePosixPath(location).name
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        return read_document(path)


def _now(source: LocationSource, *, is_new: bool) -> Described:
    if not source.path.exists() and not is_new:  # it was deleted since
        return Described()
    return _described(call_in_process(source, LOCATION_PROCESS, _ASKED), str(source))


def _described(answered: dict[str, Any], which: str) -> Described:
    if error := answered.get("error"):
        raise _at(error_from(error), which)
    assets = answer_from(answered["location"]).snapshot.assets
    return Described(assets, answered["texts"], answered["wrong"])


def _at(error: AssetbookError, which: str) -> AssetbookError:
    """The error, saying which of the two could not be loaded."""
    if not error.asked.startswith(which):
        error.asked = f"{which}: {error.asked}"
    return error
