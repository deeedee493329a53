"""The table of edits: what must turn stale, what must stay fresh, notebook by notebook."""

from __future__ import annotations

from tests.notebooks.edits import (
    asset_cells,
    callables,
    checks,
    classes,
    constants,
    edges,
    helpers_reached,
    lifecycle,
    local_modules,
    names,
    options,
    outside,
    own_state,
    reloaded_in_place,
    texts,
    values,
)
from tests.notebooks.edits.record import Notebook

NOTEBOOKS: tuple[Notebook, ...] = (
    texts.NOTEBOOK,
    asset_cells.NOTEBOOK,
    helpers_reached.NOTEBOOK,
    callables.NOTEBOOK,
    constants.NOTEBOOK,
    classes.NOTEBOOK,
    values.NOTEBOOK,
    own_state.NOTEBOOK,
    reloaded_in_place.NOTEBOOK,
    names.NOTEBOOK,
    local_modules.NOTEBOOK,
    options.NOTEBOOK,
    edges.NOTEBOOK,
    outside.NOTEBOOK,
    lifecycle.NOTEBOOK,
    checks.NOTEBOOK,
)
