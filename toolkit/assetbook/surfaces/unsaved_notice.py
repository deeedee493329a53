"""What a person should know before a live notebook's file is read: cells not saved, or not run."""

from __future__ import annotations

from pathlib import Path

from assetbook.errors import AssetbookError
from assetbook.notebook.document import read_document
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.session import Session
from assetbook.notebook.unsaved_cells import unsaved_cells
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.html import visible

MOST_NAMED = 8


def unsaved_lines(session: Session, path: Path | None) -> list[str]:
    """A line for each cell that the notebook's file has otherwise than it ran; the rest counted.

    Where the file is not known, or cannot be read, a line that says so. Reads the file.
    """
    if path is None:
        return ["this notebook's file is not known: its cells cannot be compared with those run"]
    try:
        found = unsaved_cells(session, read_document(path))
    except AssetbookError as error:
        return [f"{path.name} cannot be compared with the cells that ran: {error.found}"]
    lines = [each.text for each in found[:MOST_NAMED]]
    more = len(found) - len(lines)
    return [*lines, f"and {more} more"] if more > 0 else lines


def say_unsaved(at: Desk | None, source: LocationSource) -> None:
    """Prints a line for each unsaved cell of the live notebook, if ``source`` is that one's file.

    For whoever is about to read the file.
    """
    if at is not None and source.id is not None and at.origin[1] == source.id:
        for line in at.unsaved():
            print(f"assetbook: {visible(line, one_line=True)}")
