"""Jobs are definitions of their cells; ops and graphs are helpers, as functions are."""

from __future__ import annotations

import pytest
from tests.notebook.session_notebook import Notebook, define

from assetbook.notebook.session import Session

OPS = """
from assetbook.definitions.op_decorator import op
from assetbook.definitions.graph_decorator import graph, job
from assetbook.definitions.asset_job import define_asset_job

@op
def one():
    return 1

@graph
def pair():
    one()
    one()
"""
NIGHTLY = "@job\ndef nightly():\n    one()\n"


def names(session: Session) -> list[str]:
    return [each.name for each in session.jobs]


@pytest.fixture
def notebook() -> Notebook:
    notebook = Notebook()
    assert notebook.run("ops", OPS) == []
    return notebook


def test_ops_and_graphs_are_no_definitions(notebook: Notebook) -> None:
    assert (
        notebook.run("A", "made = [op(name=f'o{n}')(lambda: n) for n in range(3)]; del made") == []
    )
    assert notebook.run("B", "one = 3") == []
    assert (list(notebook.session), notebook.session.jobs) == ([], ())
    assert "pair" not in notebook.session.resources()


def test_a_job_belongs_to_its_cell(notebook: Notebook) -> None:
    assert notebook.run("A", NIGHTLY) == []
    assert (
        notebook.run("B", "weekly = [define_asset_job('weekly')]; other = pair.to_job('other')")
        == []
    )
    assert names(notebook.session) == ["nightly", "weekly", "other"]
    assert list(notebook.session) == []
    assert notebook.run("A", "x = 1") == ["`nightly` is no longer defined (In[4])"]
    assert names(notebook.session) == ["weekly", "other"]
    assert "nightly" not in notebook.names


def test_a_job_and_an_asset_may_share_a_name(notebook: Notebook) -> None:
    notebook.run("A", NIGHTLY)
    assert notebook.run("B", define("other", key="nightly")) == []
    assert (notebook.keys(), names(notebook.session)) == (["nightly"], ["nightly"])


def test_a_name_that_two_cells_give_is_told(notebook: Notebook) -> None:
    notebook.run("A", NIGHTLY)
    said = notebook.run("B", "again = pair.to_job('nightly')")
    assert said[0].startswith("`nightly` is also defined in In[4]. In[5] wins here; this notebook")
    assert len(notebook.session.jobs) == 1


def test_a_job_that_cannot_be_reached_is_told(notebook: Notebook) -> None:
    said = notebook.run("A", "for n in range(3):\n    last = define_asset_job(f'j{n}')")
    assert said == ["3 definitions made, 1 kept: put them in a list to keep them"]


def test_giving_the_name_to_a_value_keeps_the_job(notebook: Notebook) -> None:
    notebook.run("A", NIGHTLY)
    assert notebook.run("B", "nightly = 5") == ["`nightly` now names an int; the job lives on"]
    assert names(notebook.session) == ["nightly"]


def test_jobs_of_definitions_are_found(notebook: Notebook) -> None:
    notebook.run("A", "defs = Definitions(jobs=[define_asset_job('weekly')])")
    assert names(notebook.session) == ["weekly"]
