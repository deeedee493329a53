"""The launchpad's questions: what there is to launch, its form, its plan, its line of code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from tests.surfaces.book import Book
from tests.surfaces.shell import program, saved

from assetbook.errors import ConfigError, DefinitionError, RunFailedError, SelectionError
from assetbook.instance.instance import Instance
from assetbook.surfaces.desk import StoreDesk
from assetbook.surfaces.widgets.acting import act
from assetbook.surfaces.widgets.launch_plan import (
    launch_line,
    launch_plan,
    selection_completions,
)
from assetbook.surfaces.widgets.launch_target import launch_target
from assetbook.surfaces.widgets.launch_topic import launch_document
from assetbook.surfaces.widgets.plain_json import as_page_reads

DEFINED = """
from assetbook import Config

class Window(Config):
    size: int = 3
    title: str

@asset
def orders():
    return [1]

@asset(group_name="marts")
def report(orders, config: Window):
    return config.title

@asset(partitions_def=StaticPartitionsDefinition(["a", "b", "c"]))
def parts():
    return 1

class Depth(Config):
    depth: int = 4

@op
def fetch():
    return 1

@op
def fit(fetch, config: Depth):
    return fetch

@job
def nightly():
    "Fetches and fits."
    fit(fetch())

marts = define_asset_job(
    "marts_job", selection="group:marts", config={"ops": {"report": {"config": {"title": "W"}}}}
)
by_part = define_asset_job("by_part", selection="parts")
"""


def target(desk: Any, **given: str) -> Any:
    return as_page_reads(launch_target(desk, given))


@pytest.fixture
def defined(book: Book) -> Book:
    book.run(DEFINED)
    return book


def test_jobs_and_notebooks_are_offered(defined: Book) -> None:
    found = launch_document(defined.live, {})
    assert [*found["jobs"]] == ["nightly", "marts_job", "by_part"]
    assert found["jobs"]["nightly"]["description"] == "Fetches and fits."
    assert found["notebooks"] == ["book.ipynb"]


def test_a_selection_has_the_form_of_the_configs_it_takes(defined: Book) -> None:
    found = target(defined.live, selection="group:marts or orders")
    assert found["names"] == ["orders", "report"]
    [section] = found["sections"]
    assert (section["name"], [each["name"] for each in section["fields"]]) == (
        "report",
        ["size", "title"],
    )
    assert found["partitions"] is None


def test_without_a_notebook_the_form_comes_from_the_snapshot(defined: Book) -> None:
    store = StoreDesk(defined.instance)
    here = target(defined.live, selection="report")["sections"]
    there = target(store, selection="report")
    assert (there["sections"], there["location"]) == (here, "book.ipynb")
    assert (
        target(store, job="book.ipynb:nightly")["sections"]
        == target(defined.live, job="nightly")["sections"]
    )


def test_partitions_are_told_with_how_they_stand(defined: Book) -> None:
    defined.run("%materialize parts --partition b")
    found = target(defined.live, selection="parts")["partitions"]
    assert (found["total"], found["first"], found["last"]) == (3, "a", "c")
    assert found["counts"] == {"fresh": 1, "missing": 2}


def test_a_job_of_ops_tells_its_steps_and_their_fields(defined: Book) -> None:
    found = target(defined.live, job="nightly")
    assert [each["name"] for each in found["steps"]] == ["fetch", "fit"]
    assert [each["name"] for each in found["sections"]] == ["fit"]


def test_what_a_job_gives_itself_stands_in_its_form(defined: Book) -> None:
    found = target(defined.live, job="marts_job")
    [section] = found["sections"]
    assert section["fields"][1] == {
        "name": "title",
        "type": "str",
        "kind": "text",
        "default": "W",
        "given": True,
    }
    assert target(defined.live, job="by_part")["partitions"]["total"] == 3


def test_a_slip_is_told_with_the_nearest(defined: Book) -> None:
    with pytest.raises(SelectionError, match="nightly"):
        target(defined.live, job="nigthly")
    with pytest.raises(SelectionError, match="reprot"):
        target(defined.live, selection="reprot")


def test_the_plan_tells_each_step_with_its_reason(defined: Book) -> None:
    words = ["report", "--config", "report.title=x"]
    found = launch_plan(defined.live, {"words": words})
    assert found["line"] == "%plan report --config report.title=x"
    assert [(each["name"], each["why"]) for each in found["steps"]] == [
        ("orders", "never materialized"),
        ("report", "never materialized"),
    ]
    with pytest.raises(ConfigError, match="`size` should be a valid integer"):
        launch_plan(defined.live, {"words": ["report", "--config", "report.size=x"]})


def test_the_line_is_the_one_that_is_then_run(defined: Book) -> None:
    given = {"verb": "launch", "words": ["nightly", "--config", "fit.depth=5"]}
    line = launch_line(defined.live, given)
    done = act(defined.live, given["verb"], given["words"], at_end=lambda end: None)
    assert line == done.line == "%launch nightly --config fit.depth=5"


def test_a_backfill_is_done_without_a_cell(defined: Book) -> None:
    words = ["parts", "--partitions", "a..b", "--per-run", "2", "--newest-first"]
    done = act(defined.live, "backfill", words, at_end=lambda end: None)
    assert not done.goes_on and "1 run" in done.said
    assert len(defined.instance.versions("parts")) == 2


def test_a_selection_is_completed_as_in_a_cell(defined: Book) -> None:
    assert selection_completions(defined.live, {"text": "group:m"}) == ["group:marts"]
    assert "report" in selection_completions(defined.live, {"text": "orders or rep"})


def notebook(folder: Path, parameters: str) -> None:
    cell = nbformat.v4.new_code_cell(parameters)
    cell.metadata.tags = ["parameters"]
    made = nbformat.v4.new_notebook()
    made.cells = [cell]
    nbformat.write(made, folder / "report.ipynb")


def test_the_parameters_of_a_notebook_are_read_in_a_process_of_its_own(defined: Book) -> None:
    notebook(defined.instance.root, "import os\nday: str = '2026-01-01'\ntop = os.getpid()")
    found = target(defined.live, notebook="report.ipynb")
    day, top = found["sections"][0]["fields"]
    assert (day["default"], top["kind"], found["op"]) == ("2026-01-01", "int", "report")
    assert top["default"] != __import__("os").getpid()
    notebook(defined.instance.root, "day = 1 / 0")
    with pytest.raises(DefinitionError, match="division by zero"):
        target(defined.live, notebook="report.ipynb")


def test_without_a_notebook_the_command_line_plans(tmp_path: Path) -> None:
    saved(tmp_path, "%load_ext assetbook\nfrom assetbook import *", DEFINED)
    assert program(tmp_path, "plan", "numbers.ipynb", "orders").returncode == 0
    desk = StoreDesk(Instance.get(tmp_path))
    asked = {"words": ["report", "--config", "report.title=x"], "location": "numbers.ipynb"}

    found = launch_plan(desk, asked)

    assert found["line"] == "assetbook plan numbers.ipynb report --config report.title=x"
    assert [each["name"] for each in found["steps"]] == ["orders", "report"]
    with pytest.raises(RunFailedError, match="`size` should be a valid integer"):
        launch_plan(desk, {**asked, "words": ["report", "--config", "report.size=x"]})
