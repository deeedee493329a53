"""Runs the notebook at a path: by a job of ours, or by papermill alone, which is the control."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

GRACE = 0.5
"""Seconds that a cell has here to react to an interrupt."""


def by_assetbook(path: Path, **limits: Any) -> bool:
    """Whether a job of the notebook with those limits ran well."""
    from assetbook import Instance, notebook_job
    from assetbook.errors import AssetbookError, StoreError
    from assetbook.events.parts import Origin
    from assetbook.instance.job_running import JobOptions, run_job
    from assetbook.kernels import cell_execution

    cell_execution.GRACE = GRACE
    instance = Instance.get(path)
    try:
        job = notebook_job(path, **limits)
        made = run_job(job, instance, JobOptions(), origin=Origin(kind="test"))
        return made.result.success
    except AssetbookError as error:
        print(error, flush=True)
        return False
    finally:
        with suppress(StoreError):  # what is queued may find no room on a full disk
            instance.close()


def by_papermill(path: Path) -> bool:
    """Whether papermill ran it well, into ``out.ipynb`` beside it."""
    from papermill import execute_notebook

    execute_notebook(path, path.with_name("out.ipynb"), progress_bar=False, cwd=path.parent)
    return True


WAYS: dict[str, Callable[[Path], bool]] = {
    "assetbook": by_assetbook,
    "assetbook, little time": partial(by_assetbook, cell_timeout=0.5),
    "assetbook, little memory": partial(by_assetbook, memory_limit=300_000_000),
    "papermill": by_papermill,
}
