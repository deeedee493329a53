"""The jobs of a project, from what is stored of its locations; none is loaded for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from assetbook.errors import SelectionError, did_you_mean
from assetbook.instance.asset_record import Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.job_record import JobRecord
from assetbook.instance.ownership import location_exists
from assetbook.instance.snapshots import recall_all
from assetbook.surfaces.display.formatting import counted, first_line
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import tag


class KnownJob(msgspec.Struct, frozen=True):
    """A job as its location's newest snapshot has it."""

    record: JobRecord
    location: str

    @property
    def what(self) -> str:
        """What it runs: ``3 ops``, or the selection of assets."""
        return self.record.selection or counted(len(self.record.ops), "op")

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        ops = [each.path for each in self.record.ops]
        selection = self.record.selection or None
        return {
            "name": self.record.name,
            "location": self.location,
            "description": self.record.description,
            "selection": selection,
            "ops": ops,
        }


def known_jobs(instance: Instance) -> list[KnownJob]:
    """The jobs of all locations that are there, in the order in which they were seen."""
    return jobs_in(
        {
            location: snapshot
            for location, snapshot in recall_all(instance).items()
            if location_exists(instance, location)
        }
    )


def jobs_in(snapshots: Mapping[str, Snapshot]) -> list[KnownJob]:
    """The jobs of snapshots, which are given by location."""
    return [KnownJob(job, name) for name, found in snapshots.items() for job in found.jobs]


def location_of_job(jobs: Iterable[KnownJob], name: str) -> str:
    """The location that defines the job; raises SelectionError if none does, or several do."""
    known = list(jobs)
    found = [each.location for each in known if each.record.name == name]
    if len(found) == 1:
        return found[0]
    names = [each.record.name for each in known]
    if found:
        where = " and ".join(found)
        raise SelectionError(
            f"the job `{name}`",
            f"{where} define it",
            f"Say which: `assetbook launch {found[0]} {name}`.",
        )
    raise SelectionError(
        f"the job `{name}`",
        "no location defines one of that name",
        did_you_mean(name, names) or f"There are: {', '.join(names) or 'none'}.",
    )


def jobs_grid(jobs: Iterable[KnownJob]) -> Grid:
    """A line for each."""
    rows: list[tuple[Cell | str, ...]] = [
        (
            Cell(each.record.name, tag("span", each.record.name, class_="assetbook-name")),
            each.what,
            each.location,
            first_line(each.record.description),
        )
        for each in jobs
    ]
    return Grid(("job", "runs", "location", "description"), tuple(rows))
