"""``execute_job``: a job is run as it is launched, by its own executor, or an earlier run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from assetbook.dagster.job_run import JobInProcessResult
from assetbook.dagster.stored_instance import DagsterInstance, own_instance
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.partitions.key_tags import PARTITION_TAG
from assetbook.errors import DefinitionError, with_article
from assetbook.instance.instance import Instance
from assetbook.instance.job_result import JobResult
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import origin_of
from assetbook.instance.outcome import raise_failure
from assetbook.named_arguments import named_arguments
from assetbook.surfaces.re_executing import retry


@named_arguments
class ReexecutionOptions(NamedTuple):
    """Which run is done again, and what of it: the steps of ``step_selection``, None for all."""

    parent_run_id: str
    step_selection: Sequence[str] | None = None
    is_from_failure: bool = False
    """Whether what failed is done again, with what comes after it."""

    @staticmethod
    def from_failure(
        run_id: str, instance: Instance | DagsterInstance | None = None
    ) -> ReexecutionOptions:
        """What failed in a run, and what comes after it; looked at when the job is executed."""
        return ReexecutionOptions(run_id, None, True)


class JobExecutionResult(JobInProcessResult):
    """How the run of ``execute_job`` ended, and what its ops gave; read in a ``with``, or as is."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None


@named_arguments
def reconstructable(target: Any) -> JobDefinition:
    """The job itself, or the one that a function without parameters gives: here a job runs from
    wherever it is defined. Raises DefinitionError for anything else."""
    found = target if isinstance(target, JobDefinition) else target()
    if isinstance(found, JobDefinition):
        return found
    raise DefinitionError(
        f"reconstructable({getattr(target, '__name__', target)!s})",
        f"it gives {with_article(type(found).__name__)}",
        "Give a job of ops, or a function that returns one.",
    )


@named_arguments
def execute_job(
    job: JobDefinition,
    instance: Instance | DagsterInstance,
    run_config: Any = None,
    tags: Mapping[str, Any] | None = None,
    raise_on_error: bool = False,
    op_selection: Sequence[str] | None = None,
    reexecution_options: ReexecutionOptions | None = None,
    asset_selection: Sequence[Any] | None = None,
) -> JobExecutionResult:
    """How a run of a job of ops ended, which ``instance`` records; its steps run by its executor.

    With ``reexecution_options`` it does an earlier run again, with the configuration and tags of
    that unless others are given. Raises what an op raised, if ``raise_on_error``.
    """
    __tracebackhide__ = True
    if asset_selection:
        raise DefinitionError(
            "execute_job(asset_selection=...)",
            "a job of ops makes no assets",
            "Materialize assets by their own: materialize(assets, selection=...).",
        )
    own = own_instance(instance)
    if reexecution_options is None:
        key = (tags or {}).get(PARTITION_TAG) if job.partitions_def is not None else None
        options = JobOptions(run_config, op_selection, tags=tags or {}, partition_key=key)
        found = run_job(job, own, options, origin=origin_of("python"))
        if raise_on_error:
            raise_failure(found.result)
        return JobExecutionResult(found)
    _refuse_beside(op_selection=op_selection, tags=tags)
    again = retry(
        reexecution_options.parent_run_id,
        " ".join(reexecution_options.step_selection or ()),
        from_failure=reexecution_options.is_from_failure,
        definitions=[job],
        instance=own,
        run_config=run_config,
        raise_on_error=raise_on_error,
    )
    assert isinstance(again, JobResult)
    return JobExecutionResult(again)


def _refuse_beside(**given: object) -> None:
    for name, value in given.items():
        if value:
            raise DefinitionError(
                f"execute_job({name}=..., reexecution_options=...)",
                "the run that is done again says it",
                f"Leave {name}= out.",
            )
