"""The notebook that is open as a job of its own: what ``%schedule --notebook`` runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assetbook.errors import NotLoadedError
from assetbook.kernels.notebook_as_job import job_name, notebook_job, parameters_of
from assetbook.kernels.parameter_texts import typed_parameters
from assetbook.surfaces.live import LiveNotebook


def own_notebook(live: LiveNotebook) -> Path:
    """Where the notebook is, also when it is loaded from a bundle; raises NotLoadedError if nobody
    knows."""
    if live.location is not None:
        return live.instance.root / live.location
    if live.path is not None:
        return live.path
    raise NotLoadedError(
        "`%schedule --notebook`",
        "this notebook's file is not known, and it is that which would run",
        "Set ASSETBOOK_NOTEBOOK before the kernel starts.",
    )


def define_own_job(live: LiveNotebook, path: Path, words: Sequence[str]) -> str:
    """The name of the job that runs the notebook with the parameters that ``words`` say, which is
    defined by the running cell.

    Raises UsageError and ConfigError for parameters that it does not take.
    """
    parameters = typed_parameters(parameters_of(path).model, words)
    job = notebook_job(path, parameters=parameters)
    live.session.define(job, f"{job_name(path)}_job")
    return job.name
