"""Eight processes take turns at one store and are killed at random: never more than two at a time,
no turn is lost, and whoever came first is first.

The control looks whether it is its turn, and takes it in another transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.queue_crowd import AT_ONCE, TOO_MANY, take_turns
from tests.faults.worker import open_store

from assetbook.events.run_events import RunEnded, RunQueued, RunStarted
from assetbook.instance.instance import Instance

WORKERS = 8
LIMITS = {
    "runs": f"max_concurrent_runs = {AT_ONCE}",
    "pools": f"pools = {{place = {AT_ONCE}}}",
}
OFTEN = [
    pytest.param(6, 10, id="10 kills"),
    pytest.param(60, 300, id="300 kills", marks=pytest.mark.long),
]


def limited(folder: Path, limit: str) -> Path:
    """A project with that limit."""
    project = make_project(folder)
    settings = project / "pyproject.toml"
    text = f"{settings.read_text()}[tool.assetbook.concurrency]\n{LIMITS[limit]}\n"
    settings.write_text(text)
    return project


def too_many(project: Path) -> int:
    """The steps that were one too many, as the kernel's locks say."""
    noted = project / TOO_MANY
    return len(noted.read_text().split()) if noted.exists() else 0


def out_of_turn(instance: Instance) -> list[str]:
    """The runs that started though as many ran, or had come before them, as may run."""
    running: set[str] = set()
    waiting: list[str] = []
    found = []
    for stored in instance.events(kinds=[RunQueued, RunStarted, RunEnded]):
        event = stored.event
        if isinstance(event, RunStarted):
            before = waiting.index(event.run_id) if event.run_id in waiting else len(waiting)
            if len(running) + before >= AT_ONCE:
                found.append(event.run_id)
            running.add(event.run_id)
        elif isinstance(event, RunEnded):
            running.discard(event.run_id)
        waiting = [each for each in waiting if each != event.run_id]
        if isinstance(event, RunQueued):
            waiting.append(event.run_id)
    return found


@pytest.mark.parametrize(("rounds", "kills"), OFTEN)
@pytest.mark.parametrize("limit", LIMITS)
def test_killed_at_random_no_turn_is_lost_and_none_given_twice(
    memory: Path,
    limit: str,
    rounds: int,
    kills: int,
    record_property: Callable[[str, object], None],
) -> None:
    project = limited(memory / "project", limit)
    for tries in range(1, 4):  # on a busy machine the kills may all strike before anybody's turn
        take_turns(project, WORKERS, rounds * tries, kills=kills, seed=6 + tries)
        assert too_many(project) == 0
        with closing(open_store(project)) as instance:
            if instance.runs(None, statuses=("failed",)):
                break
    rounds, kills = rounds * tries, kills * tries
    instance = open_store(project)
    if limit == "runs":
        assert out_of_turn(instance) == []
    ended = {run.id: run.status for run in instance.runs(None)}
    record_property("runs", len(ended))
    assert set(ended.values()) <= {"success", "failed"}  # nobody runs or waits any more
    succeeded = sum(status == "success" for status in ended.values())
    # one that was killed after its run had ended does that round once more
    assert WORKERS * rounds <= succeeded <= WORKERS * rounds + kills
    assert 0 < len(ended) - succeeded <= kills
    assert instance.store.slots() == []
    instance.close()


@pytest.mark.parametrize("limit", LIMITS)
def test_looking_before_the_transaction_gives_turns_twice(memory: Path, limit: str) -> None:
    project = limited(memory / "project", limit)
    take_turns(project, WORKERS, rounds=6, naive=True)
    assert too_many(project) > 0
    instance = open_store(project)
    if limit == "runs":
        assert out_of_turn(instance) != []
    instance.close()
