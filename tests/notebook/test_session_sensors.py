"""Sensors are definitions of their cells, as jobs and schedules are."""

from __future__ import annotations

import pytest
from tests.notebook.session_notebook import Notebook, define
from tests.notebook.test_slicing import document, taken

from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.errors import SelectionError
from assetbook.notebook.reachable import reachable_in
from assetbook.notebook.session import Cell, Session
from assetbook.notebook.slicing import slice_of

IMPORTS = """from assetbook import SensorDefinition, asset_sensor, file_sensor, multi_asset_sensor
from assetbook import run_failure_sensor, run_status_sensor, sensor"""
LOOKS = "@sensor(target='*')\ndef looks(): ...\n"
LISTED = "listed = [SensorDefinition('listed', target='*', evaluation_fn=ask)]"


def names(session: Session) -> list[str]:
    return [each.name for each in session.sensors]


@pytest.fixture
def notebook() -> Notebook:
    notebook = Notebook()
    assert notebook.run("imports", IMPORTS) == []
    return notebook


def test_a_sensor_belongs_to_its_cell(notebook: Notebook) -> None:
    assert notebook.run("A", LOOKS) == []
    assert notebook.run("B", f"def ask(): ...\n{LISTED}") == []
    assert names(notebook.session) == ["looks", "listed"]
    assert (list(notebook.session), notebook.session.jobs) == ([], ())
    living = notebook.session.living_named("sensor", "looks")
    assert living is not None and str(living.cell) == "In[4]"
    assert notebook.run("A", "x = 1") == ["`looks` is no longer defined (In[4])"]
    assert names(notebook.session) == ["listed"]
    assert notebook.session.living_named("sensor", "looks") is None


def test_running_its_cell_again_replaces_it(notebook: Notebook) -> None:
    notebook.run("A", LOOKS)
    assert notebook.run("A", LOOKS.replace("(target", "(minimum_interval_seconds=5, target")) == []
    [made] = notebook.session.sensors
    assert made.minimum_interval_seconds == 5


def test_a_deleted_cell_ends_its_sensor(notebook: Notebook) -> None:
    notebook.run("A", LOOKS)
    notebook.run("B", "x = 1", deleted=["A"])
    assert names(notebook.session) == []


def test_a_sensor_may_be_called_like_an_asset_and_a_schedule(notebook: Notebook) -> None:
    notebook.run("A", LOOKS)
    other = "from assetbook import ScheduleDefinition\n"
    other += "s = ScheduleDefinition('looks', target='*', cron_schedule='@daily')\n"
    assert notebook.run("B", other + define("a", key="looks")) == []
    assert names(notebook.session) == ["looks"]
    assert [each.name for each in notebook.session.schedules] == ["looks"]
    assert notebook.keys() == ["looks"]


def test_giving_the_name_to_a_value_keeps_the_sensor(notebook: Notebook) -> None:
    notebook.run("A", LOOKS)
    assert notebook.run("B", "looks = 5") == ["`looks` now names an int; the sensor lives on"]
    assert names(notebook.session) == ["looks"]


def test_a_sensor_can_be_forgotten(notebook: Notebook) -> None:
    notebook.run("A", LOOKS)
    with pytest.raises(SelectionError, match="Did you mean `looks`"):
        notebook.session.forget_named("sensor", "look")
    notebook.session.forget_named("sensor", "looks")
    assert names(notebook.session) == [] and "looks" not in notebook.names


def test_a_sensor_is_no_resource(notebook: Notebook) -> None:
    notebook.run("A", LOOKS)
    assert "looks" not in notebook.session.resources()


def test_sensors_of_definitions_are_found(notebook: Notebook) -> None:
    made = f"def ask(): ...\n{LISTED}"
    notebook.run("A", f"{made}; defs = Definitions(sensors=listed); del listed")
    assert names(notebook.session) == ["listed"]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([IMPORTS, LOOKS, "print(1)"], ["looks"]),
        ([IMPORTS, "def ask(): return None", LISTED, "print(ask())"], ["listed"]),
        (
            [IMPORTS, "@asset_sensor(asset_key='a', target='*')\ndef told(): ...", "print(1)"],
            ["told"],
        ),
        ([IMPORTS, "new = file_sensor('new', 'in/*.csv', target='*')", "print(1)"], ["new"]),
        ([IMPORTS, "@run_failure_sensor\ndef failed(context): ...", "print(1)"], ["failed"]),
    ],
)
def test_a_slice_takes_sensors_and_what_they_need(cells: list[str], found: list[str]) -> None:
    statements = taken(slice_of(document(cells)))
    assert all(each.cell.text != cells[-1] for each in statements)
    bound: dict[str, object] = {"__name__": "__main__"}
    for each in statements:
        exec(each.cell.text, bound)
    living = [each.definition for each in reachable_in(bound, Cell("x", 1)).values()]
    assert [each.name for each in living if isinstance(each, SensorDefinition)] == found
