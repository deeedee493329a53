"""What a front end says of the cell that it has run: its handle, its text, which cells are gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.notebook.cell_names import cell_names
from assetbook.notebook.cell_text import python_text
from assetbook.notebook.session import Cell
from assetbook.notebook.texts_above import text_handle


def message_metadata(shell: Any, info: Any) -> Mapping[str, Any]:
    """What the front end says beside the cell's text; empty if nothing."""
    given = getattr(info, "cell_meta", None)
    if given:
        return dict(given)
    parent = shell.get_parent() if hasattr(shell, "get_parent") else None
    found = parent.get("metadata") if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


def cell_of(info: Any, metadata: Mapping[str, Any], number: int, *, in_file: bool) -> Cell:
    """The cell that runs as number ``number``."""
    handle = getattr(info, "cell_id", None) or metadata.get("cellId")
    text = info.raw_cell or ""
    # what a cell binds tells whether it defines again what it imported: from a file it runs once
    binds = frozenset[str]() if in_file else _binds(text)
    return Cell(handle or text_handle(text), number, bool(handle), binds, in_file)


def running_cell(shell: Any, number: int) -> Cell | None:
    """The cell that runs in ``shell`` now, as number ``number``; None between cells."""
    result = getattr(shell.displayhook, "exec_result", None)
    if result is None or not result.info.store_history:
        return None
    return cell_of(result.info, message_metadata(shell, result.info), number, in_file=False)


def _binds(text: str) -> frozenset[str]:
    """The names that a cell's text binds; ``*`` stands for those of a star import."""
    try:
        names = cell_names(python_text(text).source)
    except SyntaxError:
        return frozenset()
    return names.binds | (frozenset("*") if names.star_imports else frozenset())


def deleted_cells(metadata: Mapping[str, Any]) -> list[str]:
    """The handles of cells that are gone since the last one ran."""
    deleted = metadata.get("deletedCells")
    return [str(each) for each in deleted] if isinstance(deleted, list) else []
