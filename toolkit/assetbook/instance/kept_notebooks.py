"""The notebooks that a run ran, as they are kept below the store."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assetbook.instance.instance import Instance
from assetbook.kernels.kept_notebook import KeptNotebook, kept_notebook
from assetbook.keys import folder_name


def notebook_folder(instance: Instance, run_id: str, step: str) -> Path | None:
    """Where the last attempt of a step has kept its notebook; None if it has kept none."""
    root = instance.notebook_files
    if root is None:
        return None
    run, name = root / folder_name(run_id), folder_name(step)
    again = (each for each in run.glob(f"{name}.*") if each.suffix[1:].isdigit())
    tries = sorted(again, key=lambda each: int(each.suffix[1:]))
    return next((each for each in (*reversed(tries), run / name) if each.is_dir()), None)


def kept_notebooks(
    instance: Instance, run_id: str, steps: Iterable[str]
) -> dict[str, KeptNotebook]:
    """The notebooks of a run by step; those of steps that ran none are left out."""
    folders = {step: notebook_folder(instance, run_id, step) for step in steps}
    found = {step: kept_notebook(folder) for step, folder in folders.items() if folder is not None}
    return {step: each for step, each in found.items() if each is not None}
