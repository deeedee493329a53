"""``launch`` runs a whole notebook: by its path or as a job, with parameters."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kernels.notebooks import outputs_of, written
from tests.surfaces.book import Book
from tests.surfaces.shell import program

from assetbook import launch, notebook_job
from assetbook.errors import ConfigError, NotebookCellError, NotLoadedError, UsageError

PARAMETERS = "from datetime import date\nday: date = date(2026, 1, 1)\ntop = 3"


@pytest.fixture
def report(book: Book) -> Path:
    """A notebook beside the one that is open."""
    return written(book.path.parent / "report.ipynb", "print(day, 6 // top)", parameters=PARAMETERS)


def kept(book: Book) -> Path:
    """The notebook that the last run kept."""
    run = book.instance.runs()[0]
    folder = book.instance.notebook_files
    assert folder is not None
    return folder / run.id / "report" / "report.ipynb"


def test_a_notebook_runs_from_a_cell(book: Book, report: Path) -> None:
    book.run(f"%launch {report} day=2026-02-03 top=2")

    (run,) = book.instance.runs()
    assert (run.status, run.asked) == ("success", "report")
    assert outputs_of(kept(book))[-1] == "2026-02-03 3\n"
    assert not report.read_text().count("2026-02-03")


def test_a_job_of_a_notebook_is_a_job_like_any_other(book: Book, report: Path) -> None:
    book.run(f"weekly = notebook_job({str(report)!r}, name='report', parameters={{'top': 6}})")
    book.run("%launch report")
    assert outputs_of(kept(book))[-1] == "2026-01-01 1\n"

    with pytest.raises(NotebookCellError, match="ZeroDivisionError") as failed:
        launch("report", {"top": 0})

    assert failed.value.asked == "cell 3 of report.ipynb, `print(day, 6 // top)`"
    assert [each.status for each in book.instance.runs()] == ["failed", "success"]


@pytest.mark.parametrize(
    ("words", "said"),
    [("tpo=3", "Did you mean `top`"), ("top=x", "`top` should be a valid integer")],
)
def test_what_does_not_fit_is_told_before_a_kernel_starts(
    book: Book, report: Path, words: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        launch(str(report), words.split())

    assert not book.instance.runs()


def test_wrong_words_are_told(book: Book, report: Path) -> None:
    book.run("@op\ndef a(): ...\n@job\ndef j():\n    a()")
    with pytest.raises(UsageError, match="it is no notebook"):
        launch("j", {"x": 1})
    with pytest.raises(NotLoadedError, match=r"Did you mean `report.ipynb`"):
        launch(str(report.with_name("reprt.ipynb")))
    with pytest.raises(ConfigError, match=r"the parameters of report.ipynb: `tpo` is no field"):
        notebook_job(report, parameters={"tpo": 1})


def test_a_shell_runs_one_by_its_path(tmp_path: Path) -> None:
    written(tmp_path / "report.ipynb", "print(day, 6 // top)", parameters=PARAMETERS)

    (tmp_path / "pyproject.toml").touch()
    done = program(tmp_path, "launch", "report.ipynb", "top=2")

    assert done.returncode == 0, done.stderr
    assert "done  report" in done.stdout
    (found,) = (tmp_path / ".assetbook" / "notebooks").glob("*/report/report.ipynb")
    assert outputs_of(found)[-1] == "2026-01-01 3\n"
