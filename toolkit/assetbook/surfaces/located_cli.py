"""What the command line does with a project's locations, where no notebook was named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from assetbook.errors import UsageError, did_you_mean
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.notebook.configured_locations import configured_locations, named_location
from assetbook.project import find_project
from assetbook.surfaces.crash_retries import ask_retrying
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.known_jobs import jobs_in, location_of_job
from assetbook.surfaces.located_verbs import LocatedPlan, LocatedRun, plan_located
from assetbook.surfaces.locations import KnownLocation, up_to_date
from assetbook.surfaces.partition_options import asked_in
from assetbook.surfaces.suggestion import in_shell


def known_locations(name: str | None = None, *, force: bool = False) -> list[KnownLocation]:
    """The project's locations (or the one called ``name``), loaded where they have changed.

    Those that cannot be loaded are told on the standard error. Without any, no store is made.
    """
    project = find_project(Path.cwd())
    sources = [named_location(project, name)] if name else configured_locations(project)
    if not sources:
        return []
    known = up_to_date(Instance.get(), sources, force=force)
    for each in known:
        if each.broken:
            kept = counted(len(each.snapshot.assets), "asset")
            rest = f"\nShown is what it defined before: {kept}." if each.snapshot.assets else ""
            click.echo(f"{each.source} cannot be loaded: {each.broken}{rest}", err=True)
        for warning in each.warnings:
            click.echo(f"{each.source}: {warning}", err=True)
    return known


ONE_NOTEBOOK = {
    "backfill": "Name the one that defines the assets first; or `assetbook materialize --missing`.",
    "observe": "Name the one that defines the source first; or `assetbook materialize --sources`.",
}
"""Verbs that act on one notebook, and what to do without one."""


def run_located(
    verb: str, arguments: dict[str, Any], location: str | None, *, as_json: bool
) -> tuple[bool, int]:
    """Whether ``plan`` or ``materialize`` went well over the project's locations, and how many
    steps there were. Prints what it shows."""
    with in_shell():
        if verb in ONE_NOTEBOOK:
            raise UsageError(f"assetbook {verb}", "no notebook is named", ONE_NOTEBOOK[verb])
        known = known_locations()
        if not known:
            words = arguments.get("selection") or ()
            raise UsageError(
                " ".join(["assetbook", verb, *words]),
                "no notebook is named, and the project has no locations",
                did_you_mean(
                    " ".join(words[:1]), [each.name for each in Path.cwd().glob("*.ipynb")]
                )
                or 'Name one first, or write `locations = ["notebooks/"]` under [tool.assetbook].',
            )
        if verb == "launch":
            return _launch(known, arguments, location, as_json), len(known)
        project = find_project(Path.cwd())
        only = str(named_location(project, location)) if location else None
        for option, name in _OF_ONE.items():
            if arguments.get(name):
                raise UsageError(
                    f"assetbook {verb} {option}", "it goes with one notebook", "Name that first."
                )
        selection, options = " ".join(arguments["selection"]) or "*", _options(arguments)
        planned = plan_located(Instance.get(), selection, options, only)
        if verb == "plan":
            _show_plan(planned, known, as_json)
            return True, len(planned.plan)
        told = {name: arguments[name] for name in _TOLD}
        running = LocatedRun(planned, known, options, told)
        return _run(running, planned, as_json), len(planned.plan)


def _launch(
    known: list[KnownLocation], arguments: dict[str, Any], location: str | None, as_json: bool
) -> bool:
    """Whether a job went well, launched in the process of the location that defines it."""
    loaded = {str(each.source): each for each in known if not each.broken}
    jobs = jobs_in({name: each.snapshot for name, each in loaded.items()})
    only = str(named_location(find_project(Path.cwd()), location)) if location else None
    within = [each for each in jobs if only in (None, each.location)]
    source = loaded[location_of_job(within, arguments["name"])].source
    asked = {"verb": "launch", "arguments": arguments, "load": "slice", "json": as_json}
    return bool(ask_retrying(source, asked)["success"])


_OF_ONE = {
    "--with": "with_versions",
    "--config": "run_config",
}
"""Options that go with one notebook, and what they are called among the arguments."""
_TOLD = (
    "executor",
    "workers",
    "tags",
    "timeout",
    "max_retries",
    "retry_strategy",
    "retry_on_asset_or_op_failure",
)


def _options(arguments: Mapping[str, Any]) -> Options:
    names = ("force", "only", "unknown", "sources", "take_over")
    said = {name: arguments[name] for name in names if name in arguments}
    return Options(**said, partitions=asked_in(arguments))


def _show_plan(planned: LocatedPlan, known: list[KnownLocation], as_json: bool) -> None:
    if not as_json:
        click.echo(str(planned))
        return
    broken = {str(each.source): each.broken for each in known if each.broken}
    click.echo(json.dumps({**planned.to_json(), "broken": broken}, indent=2))


def _run(running: LocatedRun, planned: LocatedPlan, as_json: bool) -> bool:
    stages = running.stages()
    if not stages and not as_json:
        click.echo(str(planned))
    for stage in stages:
        if not as_json:
            click.echo(f"{stage.location}")
        error = running.run(stage, quiet=as_json)
        if error is not None:
            click.echo(f"{type(error).__name__}: {error}", err=True)
    if as_json:
        found = {"success": running.success, "runs": running.outcomes}
        click.echo(json.dumps(found, indent=2))
    return running.success
