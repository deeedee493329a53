"""What there is to launch, as a page watches it: assets, jobs, and the project's notebooks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assetbook.instance.job_record import JobRecord, job_records
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.known_jobs import KnownJob, known_jobs
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.widgets.changes import Document

_MOST_NOTEBOOKS = 200
_LEFT = frozenset({"node_modules", "__pycache__"})


def launch_document(desk: Desk, given: Mapping[str, Any]) -> Document:
    """The jobs by id, and the paths of notebooks, which run whole."""
    return {
        "jobs": {id_of(each): _facts(each) for each in jobs_here(desk)},
        "notebooks": list(_notebooks(desk.instance.root)),
    }


def jobs_here(desk: Desk) -> list[KnownJob]:
    """The jobs that can be launched here: a live notebook's own, else those of all locations."""
    if not isinstance(desk, LiveNotebook):
        return known_jobs(desk.instance)
    loaded = desk.loaded()
    return [KnownJob(each, "") for each in job_records(loaded.jobs, loaded.provenance)]


def id_of(job: KnownJob) -> str:
    """What tells it from all others: two locations may each have one of a name."""
    return f"{job.location}:{job.record.name}" if job.location else job.record.name


def is_of_ops(record: JobRecord) -> bool:
    """Whether it runs ops, and no selection of assets."""
    return not record.selection


def _facts(job: KnownJob) -> dict[str, Any]:
    return {
        "name": job.record.name,
        "location": job.location,
        "what": job.what,
        "description": job.record.description,
    }


def _notebooks(root: Path) -> Iterator[str]:
    """The paths of the notebooks below the root, as one types them there; copies are left out."""
    found = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(each for each in folders if each[0] != "." and each not in _LEFT)
        for name in sorted(files):
            if name.endswith(".ipynb") and "-Copy" not in name:
                yield os.path.relpath(Path(folder) / name, root)
                found += 1
        if found >= _MOST_NOTEBOOKS:
            return
