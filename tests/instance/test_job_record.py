"""Snapshots hold a location's jobs, beside its assets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.surfaces.book import Book, opened

from assetbook.instance.job_record import JobRecord
from assetbook.instance.snapshots import recall, recall_jobs

OPS = """
from assetbook import Config
class Day(Config):
    day: str
    rows: int = 3
def grow(text):
    return text * 2
@op
def fetch(config: Day) -> str:
    return config.day
@op
def shout(text: str) -> str:
    return grow(text)
"""
LOUD = '@job(tags={"team": "sales"})\ndef loud():\n    """All."""\n    shout.alias("cry")(fetch())'


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    (tmp_path / "pyproject.toml").touch()
    with opened(tmp_path) as found:
        yield found


def jobs_of(book: Book) -> tuple[JobRecord, ...]:
    found = recall(book.instance, "book.ipynb")
    assert found is not None
    return found.jobs


def test_a_snapshot_has_a_jobs_graph_and_configuration(book: Book) -> None:
    book.run(OPS)
    assert recall(book.instance, "book.ipynb") is None
    book.run(LOUD)
    (job,) = jobs_of(book)
    assert (job.name, job.description, job.tags, job.cell) == (
        "loud",
        "All.",
        {"team": "sales"},
        "In[4]",
    )
    fetch, cry = job.ops
    assert (fetch.path, fetch.op, fetch.needs) == ("fetch", "", ())
    assert fetch.config == {"day": "str", "rows": "int"}
    assert (cry.path, cry.op, cry.needs) == ("cry", "shout", ("fetch",))


def test_a_helper_that_changes_is_another_code_version(book: Book) -> None:
    book.run(OPS)
    book.run(LOUD)
    before = {each.path: each.code for each in jobs_of(book)[0].ops}
    book.run("x = 1")
    assert {each.path: each.code for each in jobs_of(book)[0].ops} == before
    book.run("def grow(text):\n    return text * 3")
    after = {each.path: each.code for each in jobs_of(book)[0].ops}
    assert (after["fetch"], after["cry"] == before["cry"]) == (before["fetch"], False)


def test_a_run_names_the_jobs_as_they_were(book: Book) -> None:
    book.run(OPS)
    book.run(LOUD)
    book.run("%launch loud --config fetch.day=monday")
    digest = book.instance.events()[0].event.snapshot  # type: ignore[union-attr]
    before = jobs_of(book)
    book.run("def grow(text):\n    return text * 3")
    assert recall_jobs(book.instance, digest) == before != jobs_of(book)


def test_a_job_of_assets_keeps_its_selection(book: Book) -> None:
    book.run("@asset\ndef orders(): return 1\nweekly = define_asset_job('weekly', [orders])")
    (job,) = jobs_of(book)
    assert (job.selection, job.ops) == ('key:"orders"', ())


def test_jobs_whose_cells_have_not_run_again_stay(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    with opened(tmp_path) as book:
        book.run(OPS)
        book.run(LOUD)
    with opened(tmp_path) as book:
        book.run("weekly = define_asset_job('weekly')")
        assert [each.name for each in jobs_of(book)] == ["weekly", "loud"]
        assert book.live.names("job") == ["weekly", "loud"]
        said = book.run("%forget loud")
        assert "the job `loud` is no longer defined here" in said
        assert [each.name for each in jobs_of(book)] == ["weekly"]
