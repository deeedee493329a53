"""The daemon itself, two of them and killed at random on a clock that jumps: each tick that was due
starts one run. The control launches before it commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.firing_daemon import Plan, fire_all

from assetbook.storage.process_identity import current_process
from assetbook.storage.sqlite_store import SqliteStore

ORDINARY = {"minutes": 120, "seconds": 8.0, "kills": 18}
LONG = {"minutes": 1_000, "seconds": 200.0, "kills": 500}


def store_of(plan: Plan) -> SqliteStore:
    return SqliteStore(plan.folder / "assetbook.db")


def fired(plan: Plan) -> Counter[str]:
    """How often a run was started for each tick."""
    with closing(store_of(plan)) as store:
        assert store.damage() == []
        return Counter(each.asked for each in store.runs(limit=None))


@pytest.mark.parametrize(
    "given", [ORDINARY, pytest.param(LONG, marks=pytest.mark.long)], ids=["18 kills", "500 kills"]
)
def test_daemons_killed_on_a_jumping_clock_fire_each_tick_once(
    memory: Path, given: dict[str, float], record_property: Callable[[str, object], None]
) -> None:
    plan = Plan(memory / "store", seed=11, **given)  # type: ignore[arg-type]
    fire_all(plan)
    found = fired(plan)
    with closing(store_of(plan)) as store:
        assert store.requests(states=["waiting", "refused"]) == []
        assert store.lease() is None
        holders = store.acquire_lease(current_process()).token - 1
    record_property("holders of the lease", holders)
    assert holders > plan.kills / 4  # else the kills met those that waited
    assert plan.due - set(found) == set()  # none missed
    assert set(found) - plan.due == set()
    assert found.total() == len(plan.due)  # none doubled


def test_a_daemon_that_launches_before_it_commits_doubles_runs(memory: Path) -> None:
    plan = Plan(memory / "store", minutes=60, seconds=4.0, kills=18, seed=11, launching_first=True)
    fire_all(plan)
    assert fired(plan).total() > len(plan.due)
