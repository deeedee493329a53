"""A notebook schedules itself, and runs as it was when its run was asked for."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from tests.kernels.notebooks import outputs_of, written
from tests.surfaces.book import Book, CellFailedError

from assetbook.instance.bundles import cells_ahead
from assetbook.instance.kept_notebooks import kept_notebooks, kernels_kept_until
from assetbook.notebook.document import read_document
from assetbook.notebook.location_source import source_of
from assetbook.surfaces.inside_run import PARENT_TAG
from assetbook.surfaces.kept_location import ask_kept
from assetbook.surfaces.run_bundle import new_bundle

CELLS = (
    "%load_ext assetbook\nfrom assetbook import *",
    '%schedule weekly "0 7 * * 1" --notebook top=5',
    "@asset\ndef numbers():\n    return [1, 2]",
    "%materialize numbers",
    "%daemon start",
    "%backfill numbers",
    "print('top is', top)",
)


@pytest.fixture
def saved(book: Book) -> Path:
    """The open notebook as it is on disk, with parameters and a schedule of its own."""
    return written(book.path, *CELLS, parameters="top = 3")


def test_the_notebook_is_a_job_of_its_own(book: Book, saved: Path) -> None:
    said = book.run(CELLS[1])

    assert "weekly: job book, at 07:00 on Monday, UTC" in said
    (job,) = book.live.session.jobs
    assert job.name == "book"
    with pytest.raises(CellFailedError, match="Did you mean `top`"):
        book.run('%schedule weekly "0 7 * * 1" --notebook tpo=5')
    with pytest.raises(CellFailedError, match="nothing says what runs"):
        book.run('%schedule weekly "0 7 * * 1"')


def test_a_kept_source_runs_whatever_the_file_says_now(book: Book, saved: Path) -> None:
    instance = book.instance
    before = new_bundle(instance, read_document(saved), "book.ipynb")
    saved.write_text(saved.read_text().replace("top is", "TOP IS"))

    now = new_bundle(instance, read_document(saved), "book.ipynb")
    asked = {"verb": "launch", "json": False, "load": "slice"}
    arguments = {"name": "book", "tags": {}, "run_config": None}
    answer = ask_kept(source_of(saved), before, {**asked, "arguments": arguments})

    assert answer["success"], answer
    assert cells_ahead(before, now) == 1
    (run,) = [each for each in instance.runs() if each.asked == "book"]
    assert instance.notebook_files is not None
    outputs = outputs_of(instance.notebook_files / run.id / "book" / "book.ipynb")
    assert outputs[-1] == "top is 5\n"
    assert f"`%schedule` does nothing inside the run {run.id[:6]}" in outputs[3]
    assert f"`%daemon` does nothing inside the run {run.id[:6]}" in outputs[6]
    assert f"`%backfill` does nothing inside the run {run.id[:6]}" in outputs[7]
    (child,) = [each for each in instance.runs() if each.asked == "numbers"]
    assert child.tags[PARENT_TAG] == run.id


def test_the_next_tick_ends_the_kernel_that_was_kept(book: Book, saved: Path) -> None:
    instance = book.instance
    bundle = new_bundle(instance, read_document(saved), "book.ipynb")
    asked = {"verb": "launch", "json": False, "load": "slice"}

    def tick(top: int) -> str:
        """The run of a tick, with parameters of its own."""
        config = {"ops": {"book": {"config": {"top": top}}}}
        arguments = {"name": "book", "tags": {}, "run_config": config}
        ask_kept(source_of(saved), bundle, {**asked, "arguments": arguments})
        return instance.runs()[0].id

    written(saved, *CELLS[:2], "print(1 / top)", parameters="top = 3")
    bundle = new_bundle(instance, read_document(saved), "book.ipynb")
    first = tick(0)
    assert is_kept(book, first)

    second = tick(0)

    assert is_kept(book, second) and not is_kept(book, first)
    tick(1)
    assert not is_kept(book, second)


def is_kept(book: Book, run: str) -> bool:
    """Whether the kernel of a run is kept."""
    return bool(kernels_kept_until(book.instance, kept_notebooks(book.instance, run, ["book"])))


def test_a_kept_source_imports_the_modules_that_were_there(book: Book) -> None:
    helper = book.path.parent / "naming.py"
    helper.write_text("NAME = 'then'\n")
    weekly = '%schedule weekly "0 7 * * 1" --notebook'
    written(book.path, "%load_ext assetbook", weekly, "from naming import NAME", "print(NAME)")
    before = new_bundle(book.instance, read_document(book.path), "book.ipynb")
    helper.write_text("NAME = 'now'\n")
    asked = {"verb": "launch", "json": False, "load": "slice"}
    arguments = {"name": "book", "tags": {}, "run_config": None}

    answer = ask_kept(source_of(book.path), before, {**asked, "arguments": arguments})

    assert answer["success"], answer
    (run,) = book.instance.runs()
    assert book.instance.notebook_files is not None
    kept = book.instance.notebook_files / run.id / "book" / "book.ipynb"
    assert outputs_of(kept)[-1] == "then\n"


def test_notebooks_that_cells_name_are_part_of_the_source(book: Book) -> None:
    folder = book.path.parent
    (folder / "reports").mkdir()
    written(folder / "reports" / "a.ipynb", "x = 1")
    written(
        book.path,
        CELLS[0],
        "jobs = [notebook_job('reports/a.ipynb'), notebook_job('reports/../reports/a.ipynb')]",
        "print('not/loaded.ipynb')",
    )

    bundle = new_bundle(book.instance, read_document(book.path), "book.ipynb")

    assert list(bundle.notebooks) == ["reports/a.ipynb"]
    kept = nbformat.reads(bundle.notebooks["reports/a.ipynb"], as_version=4)
    assert kept.cells[0].source == "x = 1"
