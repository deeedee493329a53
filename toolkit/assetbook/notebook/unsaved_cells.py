"""Where a notebook's file differs from what ran: cells not saved, not run since an edit, or gone.

Cells are matched by id, where the front end's handle is that of the file, else by their text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from assetbook.notebook.document import Document, SourceCell
from assetbook.notebook.executed_cells import ExecutedCell
from assetbook.notebook.session import Session

UnsavedKind = Literal["not saved", "edited", "never run", "deleted"]


class UnsavedCell(msgspec.Struct, frozen=True):
    """One cell that is not in the file as it ran, or did not run as it is in the file."""

    kind: UnsavedKind
    where: str
    """``In[12]``, or ``cell 7`` of the file."""
    first_line: str

    @property
    def text(self) -> str:
        """``In[12] `def clean` is not saved``."""
        line = f"{self.where} `{self.first_line}`"
        return {
            "not saved": f"{line} is not saved",
            "edited": f"{line} was edited but not run",
            "never run": f"{line} was never run in this kernel",
            "deleted": f"{line} was deleted from the notebook but its definitions live",
        }[self.kind]


def unsaved_cells(session: Session, document: Document) -> tuple[UnsavedCell, ...]:
    """What differs between the cells that ran in ``session`` and the file; empty if nothing.

    Looks at the time of the file, to tell an edit that was not saved from one that was not run.
    """
    saved_at = document.path.stat().st_mtime
    cells = document.code_cells
    pairs, unmatched = _pairs(session.executed, cells)
    found: list[UnsavedCell] = []
    for executed in unmatched:
        found += _absent(executed, saved_at, session)
    for saved in cells:
        ran = pairs.get(saved.id)
        if ran is None:
            found.append(UnsavedCell("never run", str(saved), saved.first_line))
        elif _plain(ran.text) != _plain(saved.text):
            found.append(_differing(ran, saved, saved_at))
    return tuple(found)


def _pairs(
    executed: Iterable[ExecutedCell], cells: tuple[SourceCell, ...]
) -> tuple[dict[str, ExecutedCell], list[ExecutedCell]]:
    """The run of each saved cell by its id, and the runs that belong to none."""
    ids = {cell.id for cell in cells}
    every = list(executed)
    pairs = {each.cell.id: each for each in every if each.cell.id in ids}
    others = [each for each in every if each.cell.id not in ids]
    for exact in (True, False):
        for each in list(others):
            saved = _fitting(each, [cell for cell in cells if cell.id not in pairs], exact)
            if saved is not None:
                pairs[saved.id] = each
                others.remove(each)
    return pairs, others


def _fitting(ran: ExecutedCell, cells: list[SourceCell], exact: bool) -> SourceCell | None:
    """The cell with the text that ran; else one that binds the same name in its first line."""
    for cell in cells:
        if _plain(cell.text) == _plain(ran.text):
            return cell
    if exact:
        return None
    head = _first_line(ran.text)
    return next((cell for cell in cells if cell.first_line == head), None)


def _absent(ran: ExecutedCell, saved_at: float, session: Session) -> list[UnsavedCell]:
    """What is said of a run that no saved cell belongs to; nothing if it left nothing behind."""
    living = any(name in session.namespace for name in ran.cell.binds)
    if not living and not ran.text.lstrip().startswith("%%"):
        return []
    rebound = {name for each in session.executed if each.at > ran.at for name in each.cell.binds}
    if ran.cell.binds and ran.cell.binds <= rebound:
        return []
    kind: UnsavedKind = "not saved" if ran.at > saved_at else "deleted"
    return [UnsavedCell(kind, str(ran.cell), _first_line(ran.text))]


def _differing(ran: ExecutedCell, saved: SourceCell, saved_at: float) -> UnsavedCell:
    if ran.at > saved_at:
        return UnsavedCell("not saved", str(ran.cell), _first_line(ran.text))
    return UnsavedCell("edited", str(saved), saved.first_line)


def _plain(text: str) -> str:
    return text.strip()


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
