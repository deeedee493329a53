"""A run as ``show`` shows it, where its id is given for a name."""

from __future__ import annotations

import re

from assetbook.errors import SelectionError
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks, kernels_kept_until
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.store import RunRecord
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.run_view import RunView

_ID = re.compile(r"[0-9a-f]{3,32}")


def run_of_name(at: Desk, name: str) -> RunRecord | None:
    """The run whose id begins so; None for what is no id, or the name of an asset."""
    if not _ID.fullmatch(name):
        return None
    if any(name in (str(key), key.parts[-1]) for key in at.standing()[0].states):
        return None
    try:
        return at.instance.run(name)
    except SelectionError:
        return None  # what asset names say of it helps more


def run_view(instance: Instance, run: RunRecord) -> RunView:
    """The run with its steps, and the cells of its notebooks."""
    if run.status not in ON_THEIR_WAY:
        instance.write_late_notebooks(run.id)
    events = tuple(stored.event for stored in instance.events(run_id=run.id))
    notebooks = kept_notebooks(instance, run.id, run.steps)
    kept_until = kernels_kept_until(instance, notebooks) if run.status == "failed" else {}
    return RunView(run, events, notebooks, kept_until)
