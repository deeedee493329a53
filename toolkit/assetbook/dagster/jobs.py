"""``job`` and ``graph``, whose runs in process are told in Dagster's events."""

from __future__ import annotations

from typing import Any

from assetbook.dagster import adapted
from assetbook.dagster.job_run import JobInProcessResult
from assetbook.dagster.stored_instance import own_instance
from assetbook.definitions.graph_definition import GraphDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.errors import DefinitionError
from assetbook.instance.in_process import execute_in_process

_NO_MEANING = {
    "asset_selection": "Materialize assets by their own: materialize(assets, selection=...).",
    "run_id": "Leave it out: each run is given an id of its own.",
}


class AdaptedJob(JobDefinition):
    """A job whose run in process is told as Dagster tells it."""

    __slots__ = ()

    def execute_in_process(self, run_config: Any = None, **options: Any) -> JobInProcessResult:
        """How a run of it ended, with Dagster's events; without ``instance`` nothing is kept.

        ``options`` are Dagster's. Raises what the author's code raised, unless
        ``raise_on_error=False``.
        """
        for name, remedy in _NO_MEANING.items():
            if options.pop(name, None) is not None:
                what = f"execute_in_process({name}=...) of the job `{self.name}`"
                raise DefinitionError(what, "it has no meaning here", remedy)
        if options.get("instance") is not None:
            options["instance"] = own_instance(options["instance"])
        return JobInProcessResult(execute_in_process(self, run_config, **options))


class AdaptedGraph(GraphDefinition):
    """A graph whose jobs are told as Dagster tells them."""

    __slots__ = ()

    def to_job(self, *args: Any, **kwargs: Any) -> JobDefinition:
        """A job that runs this graph, as ``@graph``'s own ``to_job`` makes it."""
        made: JobDefinition = _as(AdaptedJob, super().to_job(*args, **kwargs))
        return made


def job(*args: Any, **kwargs: Any) -> Any:
    """The job whose ops the decorated function's body connects, by Dagster's parameters."""
    return _decorated(AdaptedJob, adapted.job(*args, **kwargs))


def graph(*args: Any, **kwargs: Any) -> Any:
    """The graph that the decorated function's body connects, by Dagster's parameters."""
    return _decorated(AdaptedGraph, adapted.graph(*args, **kwargs))


def _decorated(kind: type, found: Any) -> Any:
    """What a decorator gave, or gives, as one of ``kind``."""
    if isinstance(found, JobDefinition | GraphDefinition):
        return _as(kind, found)
    return lambda fn: _as(kind, found(fn))


def _as(kind: type, made: Any) -> Any:
    # the same object: one that is copied would be a second definition of the cell
    object.__setattr__(made, "__class__", kind)
    return made


job.__signature__ = adapted.job.__signature__  # type: ignore[attr-defined]
graph.__signature__ = adapted.graph.__signature__  # type: ignore[attr-defined]
