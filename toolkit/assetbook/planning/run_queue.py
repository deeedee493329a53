"""Whose turn it is among runs that wait for each other: pure, from who runs, who waits, and limits.

The queue is gone through by priority, and by age within one; a run that a limit holds back lets
those behind it pass that it does not concern, as in Dagster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assetbook.definitions.labels import PRIORITY_TAG
from assetbook.settings import Concurrency, TagLimit


def priority_of(tags: Mapping[str, str]) -> int:
    """The number that the priority's tag says, higher ones first; 0 without one, or for another
    text."""
    found = tags.get(PRIORITY_TAG)
    if found is None:
        return 0
    try:
        return int(found)
    except ValueError:
        return 0


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run that runs or waits."""

    id: str
    tags: Mapping[str, str]
    waits: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where a run stands in the queue, and what holds it back."""

    place: int
    """1 is the first."""
    of: int
    """How many wait."""
    limit: int
    """How many such runs run at a time."""
    running: int
    """How many do."""
    ahead: int
    """How many more have their turn before this one."""
    what: str = ""
    """Which runs the limit counts, as ``with team=etl``; empty for all."""

    @property
    def why(self) -> str:
        """``2 of 2 runs with team=etl are running``."""
        which = f" {self.what}" if self.what else ""
        noun = "run" if self.limit == 1 else "runs"
        verb = "is running" if self.running == 1 else "are running"
        said = f"{self.running} of {self.limit} {noun}{which} {verb}"
        if self.ahead:
            said += f", {self.ahead} {'comes' if self.ahead == 1 else 'come'} first"
        return said

    @property
    def text(self) -> str:
        """``place 2 of 3: 2 of 2 runs with team=etl are running``."""
        return f"place {self.place} of {self.of}: {self.why}"


def waiting_runs(runs: Sequence[LiveRun], limits: Concurrency) -> dict[str, Waiting]:
    """What holds back each run that has to wait; ``runs`` are in the order in which they came.

    A run that waits and is not in it may start now.
    """
    running, ahead = Counter[_Counted](), Counter[_Counted]()
    for run in runs:
        if not run.waits:
            running.update(_counted(run, limits))
    queue = sorted((run for run in runs if run.waits), key=lambda run: -priority_of(run.tags))
    found = {}
    for place, run in enumerate(queue, 1):
        counted = list(_counted(run, limits))
        full = next((each for each in counted if running[each] + ahead[each] >= each.limit), None)
        if full is None:
            ahead.update(counted)
        else:
            counts = running[full], ahead[full]
            found[run.id] = Waiting(place, len(queue), full.limit, *counts, full.what)
    return found


@dataclass(frozen=True, slots=True)
class _Counted:
    """Runs that one limit counts together."""

    limit: int
    what: str


def _counted(run: LiveRun, limits: Concurrency) -> Iterator[_Counted]:
    """What a run counts for."""
    if limits.max_concurrent_runs is not None:
        yield _Counted(limits.max_concurrent_runs, "")
    yield from _by_tag(run.tags, limits.tag_concurrency_limits)


def _by_tag(tags: Mapping[str, str], limits: Iterable[TagLimit]) -> Iterator[_Counted]:
    for each in limits:
        value = tags.get(each.key)
        if value is None or each.value not in (None, value):
            continue
        if each.value is None and not each.per_value:
            yield _Counted(each.limit, f"with {each.key}")
        else:
            yield _Counted(each.limit, f"with {each.key}={value}")
