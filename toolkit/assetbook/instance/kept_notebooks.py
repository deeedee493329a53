"""The notebooks that a run ran, as they are kept below the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from assetbook.execution.notebook_keeping import last_try
from assetbook.instance.instance import Instance
from assetbook.kernels.kept_notebook import KeptNotebook, kept_notebook
from assetbook.kernels.resuming import seconds_kept_of
from assetbook.keys import folder_name
from assetbook.storage.store import RunRecord


def notebook_folder(instance: Instance, run_id: str, step: str) -> Path | None:
    """Where the last attempt of a step has kept its notebook; None if it has kept none."""
    root = instance.notebook_files
    if root is None:
        return None
    return last_try(root / folder_name(run_id), folder_name(step))


def kept_notebooks(
    instance: Instance, run_id: str, steps: Iterable[str]
) -> dict[str, KeptNotebook]:
    """The notebooks of a run by step; those of steps that ran none are left out."""
    folders = {step: notebook_folder(instance, run_id, step) for step in steps}
    found = {step: kept_notebook(folder) for step, folder in folders.items() if folder is not None}
    return {step: each for step, each in found.items() if each is not None}


def kernels_kept_until(
    instance: Instance, notebooks: Mapping[str, KeptNotebook]
) -> dict[str, datetime]:
    """Until when the kernel of each is kept, at most, by step; those whose kernel is gone, or that
    no cell ended, are left out."""
    asked = {step: each for step, each in notebooks.items() if each.bad is not None}
    left = {step: seconds_kept_of(each) for step, each in asked.items()}
    now = instance.clock.now()
    return {
        step: now + timedelta(seconds=seconds)
        for step, seconds in left.items()
        if seconds is not None
    }


def failed_in_a_cell(instance: Instance, run: RunRecord) -> bool:
    """Whether the run failed, and in a cell of a notebook."""
    if run.status != "failed":
        return False
    kept = kept_notebooks(instance, run.id, run.steps)
    return any(each.bad is not None for each in kept.values())
