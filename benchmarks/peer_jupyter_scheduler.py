"""jupyter-scheduler's default executor, for ``notebook_jobs.py``; run by its own interpreter.

Its scheduler starts a new process for each job, which imports all of it first. Here the process is
there already, which is in its favour.
"""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_scheduler.executors import DefaultExecutionManager
from jupyter_scheduler.models import Status
from jupyter_scheduler.orm import Job, create_session, create_tables
from served import serve

URL = f"sqlite:///{Path(sys.argv[1]) / 'scheduler.sqlite'}"


def run(path: Path) -> None:
    """Runs a notebook as a job of its database, which has the job's record."""
    (staged := path.parent / f"{path.stem}-staged").mkdir(exist_ok=True)
    (staged / path.name).write_bytes(path.read_bytes())
    job_id = _added(path)
    staging = {"input": str(staged / path.name), "ipynb": str(staged / f"out-{path.name}")}
    DefaultExecutionManager(job_id, str(path.parent), URL, staging).process()
    with create_session(URL)() as session:
        found = session.query(Job).filter(Job.job_id == job_id).one()
        assert found.status == Status.COMPLETED, found.status_message


def _added(path: Path) -> str:
    with create_session(URL)() as session:
        job = Job(
            runtime_environment_name="python3",
            input_filename=path.name,
            output_formats=["ipynb"],
            parameters={"x": 5},
            name=path.stem,
        )
        session.add(job)
        session.commit()
        added: str = job.job_id
        return added


if __name__ == "__main__":
    create_tables(URL)
    serve(run)
