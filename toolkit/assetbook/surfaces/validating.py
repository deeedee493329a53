"""Validating locations: that they load, and are what was promoted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

from assetbook.errors import AssetbookError, NotLoadedError
from assetbook.instance.lock_file import LOCK, read_lock
from assetbook.named_arguments import named_arguments
from assetbook.notebook.configured_locations import configured_locations
from assetbook.notebook.location_source import LocationSource, source_of
from assetbook.project import find_project
from assetbook.surfaces.asked_process import ask_process
from assetbook.surfaces.desk import Desk, live_desk
from assetbook.surfaces.display.findings_view import FindingsView
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.health import Finding
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.locations import AT_ONCE
from assetbook.surfaces.locking import findings_from
from assetbook.surfaces.unsaved_notice import say_unsaved

Location = str | Path | LocationSource


@named_arguments
def validate(
    locations: Sequence[str | os.PathLike[str]] = (), *, desk: Desk | None = None
) -> FindingsView:
    """Loads each location and holds notebooks against their locks, as for CI; without names those
    that the project configures.

    Where it configures none, the notebooks that are locked in this folder and below; else the live
    one. One that cannot be loaded is a finding. Says before which cells of the live one are not
    saved.
    """
    at = desk or live_desk()
    named = [each if isinstance(each, str) else Path(each) for each in locations]
    asked: Sequence[Location] = named or _all(at)
    found = [finding for each in _all_validated(at, asked) for finding in each]
    wrong = sum(each.status == "bad" for each in found)
    summary = f"{counted(len(asked), 'location')}, " + (f"{wrong} wrong" if wrong else "all well")
    return FindingsView("validate", summary, found)


def _all_validated(at: Desk | None, locations: Sequence[Location]) -> list[list[Finding]]:
    """The findings of each location, in their order; several are loaded at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # a copy each, since what goes on in a thread is told where it was asked for
        begun = [pool.submit(copy_context().run, _validated, at, each) for each in locations]
        return [each.result() for each in begun]


def _validated(at: Desk | None, location: Location) -> list[Finding]:
    try:
        source = location if isinstance(location, LocationSource) else source_of(location)
        say_unsaved(at, source)
        answered = ask_process(source, {"verb": "validate", "load": "slice"})
    except AssetbookError as error:
        return [Finding(str(location), f"{error.asked}: {error.found}", "bad", error.remedy)]
    return [
        Finding(f"{source} {each.what}".strip(), each.said, each.status, each.remedy)
        for each in findings_from(answered)
    ]


def _all(at: Desk | None) -> Sequence[Location]:
    """What is validated where nothing is named."""
    own = at.path if isinstance(at, LiveNotebook) else None
    found: Sequence[Location] = configured_locations(find_project(own or Path.cwd()))
    found = found or _locked(own.parent if own is not None else Path())
    if not found and own is None:
        raise NotLoadedError(
            "the locations to validate",
            f"the project configures none, and there is no {LOCK} in this folder or below",
            "Name notebooks, or promote one first: `assetbook promote flights.ipynb`.",
        )
    return found or [own or Path()]


def _locked(folder: Path) -> list[Path]:
    """The notebooks that are locked in a folder and below."""
    locks = sorted(folder.rglob(LOCK))
    return [lock.parent / name for lock in locks for name in read_lock(lock).notebooks]
