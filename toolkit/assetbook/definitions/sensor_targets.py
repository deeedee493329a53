"""What a sensor may run: nothing, a selection of assets, or jobs, of which a request names one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.run_request import RunRequest
from assetbook.definitions.spec import refuse_unselectable
from assetbook.errors import DefinitionError, did_you_mean, with_article

Job: TypeAlias = JobDefinition | UnresolvedAssetJobDefinition


def sensor_targets(
    where: str, job: Job | None, jobs: Iterable[Job] | None, target: object
) -> tuple[object, ...]:
    """The jobs, or the selection alone; raises DefinitionError for what is neither, for several of
    the three, and for two jobs of one name."""
    given = {"job": job, "jobs": jobs, "target": target}
    said = [f"{name}=" for name, value in given.items() if value is not None]
    if len(said) > 1:
        raise DefinitionError(where, f"both {' and '.join(said)} are given", "Leave one out.")
    if target is not None:
        return _of_target(where, target)
    found = [job] if job is not None else [*(jobs or ())]
    for each in found:
        _refuse_no_job(where, said[0], each)
    _refuse_alike(where, found)
    return tuple(found)


def _of_target(where: str, target: object) -> tuple[object, ...]:
    several = isinstance(target, Sequence) and not isinstance(target, str)
    found = tuple(target) if several and isinstance(target, Sequence) else (target,)
    for each in found:
        if isinstance(each, GraphBody):
            _refuse_no_job(where, "target=", each)
    jobs = [each for each in found if isinstance(each, Job)]
    if not jobs:
        refuse_unselectable(where, found)
        return found
    if len(jobs) < len(found):
        other = next(each for each in found if not isinstance(each, Job))
        raise DefinitionError(
            where, f"target= holds jobs and {other!r}", "Give jobs alone, or assets alone."
        )
    _refuse_alike(where, jobs)
    return tuple(jobs)


def _refuse_no_job(where: str, said: str, given: object) -> None:
    if not isinstance(given, Job):
        graph = isinstance(given, GraphBody)
        raise DefinitionError(
            where,
            f"{said} is {given!r}, {with_article(type(given).__name__)}",
            "Give what its .to_job() returns."
            if graph
            else "Give a job; target= takes selections of assets, too.",
        )


def _refuse_alike(where: str, jobs: Iterable[Job]) -> None:
    names = [each.name for each in jobs]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DefinitionError(
            where, f"it has two jobs called `{twice[0]}`", "Give one of them another name."
        )


def checked_request(where: str, targets: tuple[object, ...], request: RunRequest) -> RunRequest:
    """The request, if it is clear what it runs; raises DefinitionError if it is not."""
    if not targets:
        raise DefinitionError(
            where,
            "it asks for a run, and nothing says of what",
            "Give the sensor target=, job= or jobs=.",
        )
    names = [each.name for each in targets if isinstance(each, Job)]
    if request.job_name is None and len(names) > 1:
        raise DefinitionError(
            where,
            f"its RunRequest names none of its jobs {', '.join(f'`{each}`' for each in names)}",
            "Give RunRequest(job_name=...).",
        )
    if request.job_name is not None and request.job_name not in names:
        raise DefinitionError(
            where,
            f"its RunRequest names the job `{request.job_name}`, which it does not run",
            did_you_mean(request.job_name, names) or "Leave job_name= out, or give it jobs=.",
        )
    return request
