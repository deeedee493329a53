"""``job.execute_in_process``: a run of a job in this process, that gives back what its ops gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetbook.definitions.job_definition import JobDefinition
from assetbook.execution.executor import InProcessExecutor
from assetbook.instance.instance import Instance
from assetbook.instance.job_result import JobResult
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of
from assetbook.instance.ops_given import GivenConfig
from assetbook.instance.outcome import raise_failure
from assetbook.named_arguments import named_arguments


@named_arguments
def execute_in_process(
    job: JobDefinition,
    run_config: GivenConfig = None,
    instance: Instance | None = None,
    raise_on_error: bool = True,
    op_selection: str | Sequence[str] | None = None,
    input_values: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    resources: Mapping[str, object] | None = None,
    partition_key: str | None = None,
) -> JobResult:
    """How a run of ``job`` ended; it runs on this thread whatever its executor is, and outputs stay
    in memory.

    Without ``instance`` it is recorded nowhere. With ``raise_on_error`` the author's own exception
    is raised again.
    """
    __tracebackhide__ = True
    options = JobOptions(
        run_config,
        op_selection,
        input_values or {},
        tags or {},
        resources or {},
        partition_key=partition_key,
        executor=InProcessExecutor(),
    )
    given = instance or Instance.ephemeral()
    found = run_job(job, given, options, origin=origin_of("python"), in_memory=True)
    if raise_on_error:
        raise_failure(found.result)
    return found
