"""How long the cells of a notebook took when it ran well last, for an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from assetbook.kernels.kept_notebook import kept_notebook

_LOOKED_AT = 20  # runs


def past_seconds(folder: Path | None) -> Mapping[str, float]:
    """The seconds of each cell by id, in the newest run of the same step beside ``folder`` that
    ended well; empty if there is none among the last ones."""
    if folder is None or not folder.parent.parent.is_dir():
        return {}
    runs = (each for each in folder.parent.parent.iterdir() if each != folder.parent)
    there = [each / folder.name for each in runs if (each / folder.name).is_dir()]
    newest = sorted(there, key=lambda each: each.stat().st_mtime, reverse=True)
    for each in islice(newest, _LOOKED_AT):
        kept = kept_notebook(each)
        if kept is not None and all(cell.state == "done" for cell in kept.cells):
            return {cell.id: cell.seconds or 0.0 for cell in kept.cells}
    return {}
