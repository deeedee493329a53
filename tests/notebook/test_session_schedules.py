"""Schedules are definitions of their cells, as jobs are."""

from __future__ import annotations

import pytest
from tests.notebook.session_notebook import Notebook, define
from tests.notebook.test_slicing import document, taken

from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.errors import SelectionError
from assetbook.notebook.reachable import reachable_in
from assetbook.notebook.session import Cell, Session
from assetbook.notebook.slicing import slice_of

IMPORTS = "from assetbook import ScheduleDefinition, schedule, define_asset_job"
NIGHTLY = "@schedule('0 6 * * *', target='*')\ndef nightly(): ...\n"
WEEKLY = "weekly = [ScheduleDefinition('weekly', target='*', cron_schedule=WHEN)]"


def names(session: Session) -> list[str]:
    return [each.name for each in session.schedules]


@pytest.fixture
def notebook() -> Notebook:
    notebook = Notebook()
    assert notebook.run("imports", IMPORTS) == []
    return notebook


def test_a_schedule_belongs_to_its_cell(notebook: Notebook) -> None:
    assert notebook.run("A", NIGHTLY) == []
    assert notebook.run("B", f"WHEN = '@weekly'; {WEEKLY}") == []
    assert names(notebook.session) == ["nightly", "weekly"]
    assert (list(notebook.session), notebook.session.jobs) == ([], ())
    living = notebook.session.living_named("schedule", "nightly")
    assert living is not None and str(living.cell) == "In[4]"
    assert notebook.run("A", "x = 1") == ["`nightly` is no longer defined (In[4])"]
    assert names(notebook.session) == ["weekly"]
    assert notebook.session.living_named("schedule", "nightly") is None


def test_running_its_cell_again_replaces_it(notebook: Notebook) -> None:
    notebook.run("A", NIGHTLY)
    assert notebook.run("A", NIGHTLY.replace("6", "7")) == []
    [made] = notebook.session.schedules
    assert made.cron_schedule == "0 7 * * *"


def test_a_schedule_may_be_called_like_an_asset_and_a_job(notebook: Notebook) -> None:
    notebook.run("A", NIGHTLY)
    assert (
        notebook.run("B", f"job = define_asset_job('nightly')\n{define('a', key='nightly')}") == []
    )
    assert names(notebook.session) == ["nightly"] == [each.name for each in notebook.session.jobs]
    assert notebook.keys() == ["nightly"]


def test_giving_the_name_to_a_value_keeps_the_schedule(notebook: Notebook) -> None:
    notebook.run("A", NIGHTLY)
    said = notebook.run("B", "nightly = 5")
    assert said == ["`nightly` now names an int; the schedule lives on"]
    assert names(notebook.session) == ["nightly"]


def test_a_schedule_can_be_forgotten(notebook: Notebook) -> None:
    notebook.run("A", NIGHTLY)
    with pytest.raises(SelectionError, match="Did you mean `nightly`"):
        notebook.session.forget_named("schedule", "nightli")
    notebook.session.forget_named("schedule", "nightly")
    assert names(notebook.session) == [] and "nightly" not in notebook.names


def test_a_schedule_is_no_resource(notebook: Notebook) -> None:
    notebook.run("A", NIGHTLY)
    assert "nightly" not in notebook.session.resources()


def test_schedules_of_definitions_are_found(notebook: Notebook) -> None:
    made = f"WHEN = '@daily'; {WEEKLY}"
    notebook.run("A", f"{made}; defs = Definitions(schedules=weekly); del weekly")
    assert names(notebook.session) == ["weekly"]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([IMPORTS, NIGHTLY, "print(1)"], ["nightly"]),
        ([IMPORTS, "WHEN = ['@daily', '0 6 * * *']", WEEKLY, "print(WHEN)"], ["weekly"]),
    ],
)
def test_a_slice_takes_schedules_and_what_they_need(cells: list[str], found: list[str]) -> None:
    statements = taken(slice_of(document(cells)))
    assert all(each.cell.text != cells[-1] for each in statements)
    bound: dict[str, object] = {"__name__": "__main__"}
    for each in statements:
        exec(each.cell.text, bound)
    living = [each.definition for each in reachable_in(bound, Cell("x", 1)).values()]
    assert [each.name for each in living if isinstance(each, ScheduleDefinition)] == found
