"""dagstermill, for ``notebook_jobs.py``; run by its own interpreter.

Its kernels build the job anew, which is why that is made by a function of this module.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dagster import DagsterInstance, In, JobDefinition, execute_job, job
from dagster._core.definitions.reconstruct import build_reconstructable_job
from dagstermill import ConfigurableLocalOutputNotebookIOManager, define_dagstermill_op
from served import serve


def notebook_job(path: str) -> JobDefinition:
    """The job of a notebook with one parameter."""
    run = define_dagstermill_op(
        "run", notebook_path=path, output_notebook_name="out", ins={"x": In(int)}
    )

    @job(resource_defs={"output_notebook_io_manager": ConfigurableLocalOutputNotebookIOManager()})
    def made() -> None:
        run()

    return made


def runner(instance: DagsterInstance):
    """What runs a notebook, recorded in ``instance``."""

    def run(path: Path) -> None:
        again = build_reconstructable_job(
            "peer_dagstermill", "notebook_job", (str(path),), {}, str(Path(__file__).parent)
        )
        config = {"ops": {"run": {"inputs": {"x": {"value": 5}}}}}
        with execute_job(again, instance, run_config=config, raise_on_error=True) as result:
            assert result.success

    return run


if __name__ == "__main__":
    (home := Path(sys.argv[1]) / "dagster").mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with DagsterInstance.from_config(str(home)) as found:
        serve(runner(found))
