"""Which events a wipe is about, and what is left of each of them.

Who did what, when, from what and of how many rows stays; values, previews, metadata, tags, texts of
checks and errors go, and column names too, for they may be data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from msgspec import structs

from assetbook.events.asset_events import (
    AssetMaterialized,
    AssetObserved,
    AssetWiped,
    CheckEvaluated,
)
from assetbook.events.parts import ErrorInfo
from assetbook.events.records import Event
from assetbook.events.run_events import RunEnded, RunStarted, StepEnded, StepOutput, StepSucceeded
from assetbook.keys import AssetKey

WIPED: Final = "wiped"
"""Stands where a text was."""
_STAY: Final = frozenset({"dagster/row_count"})


class Wiping(NamedTuple):
    """What goes with one event that says so."""

    event: AssetWiped
    numbers: frozenset[int]
    """The versions, and those that have the very value of one of them."""
    left: frozenset[int]
    """The asset's other versions."""
    steps: frozenset[tuple[str, str]]
    """Runs and their steps whose logs and errors go."""
    size: int
    """Bytes of values."""
    paths: frozenset[str]
    """Value files."""

    @classmethod
    def of(
        cls,
        event: AssetWiped,
        versions: Mapping[int, AssetMaterialized],
        checks: Iterable[CheckEvaluated],
        runs: Iterable[RunStarted],
    ) -> Wiping:
        """What goes of an asset with those ``versions`` and all its ``checks``.

        ``runs`` are all there are; they are looked at if all of the asset goes.
        """
        numbers = sharing_values(versions, event.versions)
        going = [made for number, made in versions.items() if number in numbers]
        steps = {(each.run_id, each.step) for each in going}
        steps |= {(each.written_by, each.step) for each in going if each.written_by}
        looked = [each for each in checks if each.version in numbers or event.whole]
        steps |= {(each.run_id, each.step) for each in looked if each.version in numbers}
        left = frozenset(versions).difference(numbers)
        if event.whole:
            names = {each.step for each in versions.values()} | {each.step for each in looked}
            names.add(str(AssetKey.from_text(event.key)))
            if not versions:  # a graph of that name may have failed before it gave the asset
                names.add(f"{AssetKey.from_text(event.key).parts[-1]}.")
            assets = (run for run in runs if run.job is None)
            about = [run.run_id for run in assets if event.key in run.keys or not run.keys]
            spared = {(versions[number].run_id, versions[number].step) for number in left}
            spared |= {(each.run_id, each.step) for each in looked if each.version in left}
            steps |= {(run, name) for run in about for name in names} - spared
        values = [each.value for each in going if each.value is not None]
        files = {each.path: each.size for each in values if each.path is not None}
        inline = sum(each.size for each in values if each.inline is not None)
        return cls(
            event, numbers, left, frozenset(steps), inline + sum(files.values()), frozenset(files)
        )

    def with_ops(self, events: Iterable[Event]) -> Wiping:
        """It with all ops of the graphs of its steps: what these gave each other is the same data.

        ``events`` are those of its runs.
        """
        ended = [each for each in events if isinstance(each, StepSucceeded | StepEnded)]
        made = {
            (each.run_id, graph_of(each.step))
            for each in ended
            if isinstance(each, StepSucceeded)  # of graphs, only their ops have such events
        }
        graphs = {(run, graph_of(step)) for run, step in self.steps if graph_of(step)}
        graphs = {
            (run, graph)
            for run, graph in made
            if (run, graph) in graphs or (run, graph.partition("[")[0]) in graphs
        }
        inner = {
            (each.run_id, each.step)
            for each in ended
            if (each.run_id, graph_of(each.step)) in graphs
        }
        return self._replace(steps=self.steps | inner)

    def takes(self, event: Event, number: int | None = None) -> bool:
        """Whether an event loses its data; ``number`` is that of the version it made."""
        if isinstance(event, AssetMaterialized):
            return number in self.numbers
        if isinstance(event, CheckEvaluated):
            whole = self.event.whole and event.version not in self.left
            return whole or event.version in self.numbers
        if isinstance(event, AssetObserved):
            return self.event.whole
        if isinstance(event, StepEnded | StepSucceeded):
            return (event.run_id, event.step) in self.steps
        if isinstance(event, RunEnded):
            names = (name for run_id, name in self.steps if run_id == event.run_id)
            return any(event.message.startswith(f"{name}: ") for name in names)
        return False

    def without_data(self, event: Event) -> Event:
        """The event as it is kept from now on; what was wiped before stays as it is."""
        if isinstance(event, AssetMaterialized):
            return event if event.wiped_at is not None else self._wiped(event)
        if isinstance(event, CheckEvaluated):
            return structs.replace(event, description="", metadata={}, error=_error(event.error))
        if isinstance(event, AssetObserved):
            return structs.replace(event, metadata={}, tags={})
        if isinstance(event, StepEnded):
            said = WIPED if event.message else ""
            return structs.replace(event, message=said, error=_error(event.error))
        if isinstance(event, StepSucceeded):
            bare = (
                StepOutput(name=each.name, mapping_key=each.mapping_key) for each in event.outputs
            )
            return structs.replace(event, outputs=tuple(bare))
        if isinstance(event, RunEnded):
            return structs.replace(event, message=WIPED)
        return event

    def _wiped(self, event: AssetMaterialized) -> AssetMaterialized:
        value = event.value
        if value is not None:
            value = structs.replace(value, path=None, inline=None, integrity=None, size=0)
        return structs.replace(
            event,
            value=value,
            metadata={name: each for name, each in event.metadata.items() if name in _STAY},
            tags={},
            wiped_at=self.event.at,
            wiped_by=self.event.origin.user if self.event.origin is not None else "",
        )


def graph_of(step: str) -> str:
    """``orders`` for the step ``orders.fetch`` of an op, ``orders[2026-01-01]`` for that of a
    partition; empty for a step of no graph."""
    graph, dot, _ = step.partition(".")
    if "[" in graph:  # whose partition may have dots
        graph, dot, _ = step.partition("].")
        graph += "]"
    return graph if dot else ""


def when_wiped(event: AssetMaterialized) -> str:
    """When and by whom the version was wiped, ``on 2026-11-25 17:40 UTC by ada``; else empty."""
    by = f" by {event.wiped_by}" if event.wiped_by else ""
    return f"on {event.wiped_at:%Y-%m-%d %H:%M} UTC{by}" if event.wiped_at is not None else ""


def sharing_values(
    versions: Mapping[int, AssetMaterialized], numbers: Iterable[int]
) -> frozenset[int]:
    """``numbers``, and those of all versions that have the very value of one of them."""
    places = {number: _place(made) for number, made in versions.items()}
    going = {place for number in numbers if (place := places.get(number)) is not None}
    shared = (number for number, place in places.items() if place in going)
    return frozenset(numbers).union(shared)


def _place(event: AssetMaterialized) -> Any:
    """What two versions have in common that share one value; None without one of their own."""
    value = event.value
    if value is None or (value.path is None and value.inline is None):
        return None
    return event.written_by or event.run_id, event.partition, value


def _error(error: ErrorInfo | None) -> ErrorInfo | None:
    return None if error is None else ErrorInfo(kind=error.kind, message=WIPED)
