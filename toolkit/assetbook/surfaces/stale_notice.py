"""The line after a cell that says what became stale because of it."""

from __future__ import annotations

from collections.abc import Mapping

from assetbook.dependencies.reasons import ReasonKind
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.notebook.session import Cell

_MOST_NAMED = 4


def became_stale(
    before: Standing | None, now: Standing, cells: Mapping[AssetKey, str], cell: Cell | None
) -> list[str]:
    """One line that names the assets that were usable before the cell and are not now.

    The assets that the cell itself defines are left out: the line of their definition says so.
    Empty if nothing changed.
    """
    if before is None:
        return []
    found: dict[str, list[str]] = {}
    culprits: dict[str, None] = {}
    for key, state in now.states.items():
        was = before.states.get(key)
        if was is None or was.state == state.state or state.state not in ("stale", "unknown"):
            continue
        if cell is not None and cells.get(key) == str(cell):
            continue
        found.setdefault(state.state, []).append(str(key))
        for reason in state.reasons:
            if reason.kind is not ReasonKind.UPSTREAM_STALE and (
                reason.kind is not ReasonKind.UPSTREAM_UNKNOWN
            ):
                culprits[reason.text] = None
    if not found:
        return []
    said = "; ".join(f"{_names(names)} became {state}" for state, names in found.items())
    why = ", ".join(list(culprits)[:2])
    return [f"{said} ({why})" if why else said]


def _names(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
