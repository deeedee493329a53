"""What is different inside a notebook that runs as a job: it is somebody's run already."""

from __future__ import annotations

import os
from collections.abc import Mapping

from assetbook.notebook.notebook_path import REPRODUCES_VARIABLE, RUN_VARIABLE
from assetbook.surfaces.display.formatting import short_id
from assetbook.surfaces.display.view import Sentence

PARENT_TAG = "assetbook/parent_run"
"""The tag of a run that a notebook's run asked for: the id of that."""


def within_run(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags of a run, and the one that says whose child it is; as they are outside any."""
    run = os.environ.get(RUN_VARIABLE)
    return {**tags, PARENT_TAG: run} if run else dict(tags)


def nothing_made(what: str) -> str:
    """Says that ``what`` makes nothing in a copy that reproduces a run; empty elsewhere."""
    run = os.environ.get(REPRODUCES_VARIABLE)
    if not run:
        return ""
    return f"{what} makes nothing in a copy of the run {short_id(run)}: what that made is read"


def nothing_here(what: str) -> Sentence | None:
    """Says that ``what`` does nothing inside a run; None outside any, where it does something."""
    run = os.environ.get(RUN_VARIABLE)
    return Sentence(f"{what} does nothing inside the run {short_id(run)}") if run else None
