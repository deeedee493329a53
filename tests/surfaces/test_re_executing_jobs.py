"""``%retry`` and ``%resume`` of jobs: in a notebook and in a shell."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import program

from assetbook import retry
from assetbook.planning.steps import Plan

OPS = """
@op
def fetch(day: str) -> str:
    return day
@op
def shout(text: str) -> str:
    return loud(text)
"""
LOUD = "def loud(text):\n    return text.upper()"
BROKEN = "def loud(text):\n    raise ValueError('no voice')"
JOB = "@job\ndef cry():\n    shout(fetch())"
CONFIG = '{"ops": {"fetch": {"inputs": {"day": "friday"}}}}'


def broken(book: Book) -> str:
    """The name of a run that failed since its helper was wrong; that is mended by now."""
    for each in (BROKEN, OPS, JOB):
        book.run(each)
    with pytest.raises(CellFailedError, match="no voice"):
        book.run(f"%launch cry --config '{CONFIG}'")
    book.run(LOUD)
    return book.instance.runs()[0].id[:6]


def test_a_mended_job_goes_on_where_it_failed(book: Book) -> None:
    name = broken(book)
    shown = book.run(f"found = %retry {name} --from-failure\nprint(found.output_for_node('shout'))")
    assert "FRIDAY" in shown
    run = book.instance.runs()[0]
    assert (run.steps, run.asked, run.status) == (("shout",), "cry", "success")
    assert run.reexecution is not None and run.reexecution.parent_run_id.startswith(name)


def test_the_plan_says_why_and_what_changed(book: Book) -> None:
    name = broken(book)
    plan = retry(name, from_failure=True, dry_run=True)
    assert isinstance(plan, Plan)
    assert [(each.name, each.why) for each in plan] == [
        ("shout", f"failed in run {name}; its code changed since run {name}")
    ]
    assert "1  shout  failed in run" in book.run(f"%retry {name} --from-failure --dry-run")
    assert len(book.instance.runs()) == 1


def test_all_of_it_has_the_configuration_that_it_had(book: Book) -> None:
    name = broken(book)
    found = retry(name)
    assert found.output_for_node("fetch") == "friday"  # type: ignore[union-attr]
    other = retry(name, run_config={"ops": {"fetch": {"inputs": {"day": "today"}}}})
    assert other.output_for_node("shout") == "TODAY"  # type: ignore[union-attr]


def test_a_job_that_is_gone_is_told(book: Book) -> None:
    name = broken(book)
    book.run("%forget cry")
    with pytest.raises(CellFailedError, match="the job `cry`"):
        book.run(f"%retry {name}")


def test_an_interrupted_job_is_resumed(book: Book) -> None:
    book.run("def loud(text):\n    raise KeyboardInterrupt")
    book.run(OPS)
    book.run(JOB)
    with pytest.raises(CellFailedError):
        book.run(f"%launch cry --config '{CONFIG}'")
    book.run(LOUD)
    first = book.instance.runs()[0].id
    book.run(f"%resume {first}")
    assert [(each.steps, each.status) for each in book.instance.runs()] == [
        (("shout",), "success"),
        (("fetch", "shout"), "canceled"),
    ]
    with pytest.raises(CellFailedError, match="nothing is left"):
        book.run(f"%resume {first}")


def test_a_shell_retries_a_job_in_its_notebook(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()

    def saved(helper: str) -> None:
        cells = ["%load_ext assetbook\nfrom assetbook import *", helper, OPS, JOB]
        made = [nbformat.v4.new_code_cell(each) for each in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=made), tmp_path / "book.ipynb")

    saved(BROKEN)
    failed = program(tmp_path, "launch", "book.ipynb", "cry", "--config", CONFIG)
    assert (failed.returncode, "no voice" in failed.stdout + failed.stderr) == (1, True), failed
    saved(LOUD)
    listed = program(tmp_path, "runs", "--json").stdout
    run = listed.partition('"id": "')[2][:6]
    plan = program(tmp_path, "retry", run, "--from-failure", "--dry-run")
    assert "shout  failed in run" in plan.stdout, plan
    done = program(tmp_path, "retry", run, "--from-failure")
    assert (done.returncode, "done  shout" in done.stdout) == (0, True), done
    assert "fetch" not in done.stdout
