"""Eight processes write one store at once: no event is lost, and nobody is told of a lock.

The control adds rows as SQLite does by default.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.many_writers import write_at_once
from tests.faults.verification import NAMES, Acknowledged, Witness
from tests.faults.worker import open_store

WRITERS = 8


@pytest.mark.parametrize("rounds", [5, pytest.param(60, marks=pytest.mark.long)])
def test_eight_writers_at_once_lose_nothing(
    memory: Path, rounds: int, record_property: Callable[[str, object], None]
) -> None:
    project = make_project(memory / "project", lease=30)
    said = write_at_once(project, WRITERS, rounds)
    text = "".join(each.read_text(encoding="utf-8") for each in said)
    assert "Error" not in text
    assert "locked" not in text
    witness = Witness(project)
    assert [wrong for each in said for wrong in witness.look(each)] == []
    record_property("acknowledged", witness.acknowledged)
    assert witness.acknowledged == witness.versions == WRITERS * rounds * len(NAMES)
    assert len({run for each in said for run in Acknowledged.read(each).ended}) == WRITERS * rounds
    instance = open_store(project)
    assert {run.status for run in instance.runs(None)} == {"success"}
    instance.close()


def test_eight_naive_writers_meet_locks(memory: Path) -> None:
    said = write_at_once(make_project(memory / "project"), WRITERS, rounds=0)
    lines = [line for each in said for line in each.read_text(encoding="utf-8").splitlines()]
    locked = lines.count("database is locked")
    print(f"{len(lines) - locked} rows, {locked} times: database is locked")
    assert locked > 0
