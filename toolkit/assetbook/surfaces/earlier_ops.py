"""The line that says which jobs still have an op as it was before its cell ran again."""

from __future__ import annotations

from assetbook.definitions.job_definition import JobDefinition
from assetbook.notebook.composed_names import Earlier, earlier_in
from assetbook.surfaces.live import LiveNotebook


def earlier_ops(live: LiveNotebook, job: JobDefinition) -> list[str]:
    """A line for each op or graph that the job has otherwise than its cell makes it by now."""
    return [_line(job, each) for each in earlier_in(job.graph, live.is_replaced)]


def newly_earlier(live: LiveNotebook, known: set[str]) -> list[str]:
    """Those lines of all jobs that are not ``known`` yet, and are from now on."""
    jobs = [each for each in live.session.jobs if isinstance(each, JobDefinition)]
    found = [line for job in jobs for line in earlier_ops(live, job)]
    new = [line for line in found if line not in known]
    known.clear()
    known.update(found)
    return new


def _line(job: JobDefinition, earlier: Earlier) -> str:
    *_, inner = earlier.graphs
    cells = list(dict.fromkeys([*reversed(earlier.graphs[1:]), job.name]))
    again = " and then ".join(f"of `{each}`" for each in cells)
    where = f", in `{inner}`" if inner != job.graph.name else ""
    return f"the job `{job.name}` has the earlier `{earlier.name}`{where}: run the cell {again}"
