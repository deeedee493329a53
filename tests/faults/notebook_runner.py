"""Runs the notebook that the first argument names: by a job of ours, or by papermill alone."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    path = Path(sys.argv[1])
    if sys.argv[2] == "papermill":
        from papermill import execute_notebook

        execute_notebook(path, path.with_name("out.ipynb"), progress_bar=False)
        return
    from assetbook import Instance, notebook_job
    from assetbook.events.records import Origin
    from assetbook.instance.job_running import JobOptions, run_job

    origin = Origin(kind="test")
    run_job(notebook_job(path), Instance.get(path), JobOptions(), origin=origin)


if __name__ == "__main__":
    main()
