"""``launch`` runs a whole notebook: by its path or as a job, with parameters."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from tests.kernels.notebooks import outputs_of, written
from tests.surfaces.book import Book
from tests.surfaces.gated import until
from tests.surfaces.shell import program

from assetbook import StaticPartitionsDefinition, launch, logs, notebook_job, resume, show
from assetbook.automation.alerts.alert import Alert
from assetbook.automation.alerts.ended_runs import ended_run
from assetbook.automation.alerts.rendering import as_json, as_slack, as_text
from assetbook.automation.alerts.report import report_of
from assetbook.clock import ManualClock
from assetbook.errors import (
    ConfigError,
    DefinitionError,
    NotebookCellError,
    NotLoadedError,
    UsageError,
)
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunEnded
from assetbook.instance.collecting import collect
from assetbook.instance.followed_cells import FollowedCells
from assetbook.instance.instance import Instance
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.pins import pin
from assetbook.kernels.late_notebook import write_late_notebooks
from assetbook.notebook.document import read_document
from assetbook.surfaces.cli import cli
from assetbook.surfaces.display.run_view import RunView
from assetbook.surfaces.run_bundle import kept_bundle

PARAMETERS = "from datetime import date\nday: date = date(2026, 1, 1)\ntop = 3"


@pytest.fixture
def report(book: Book) -> Path:
    """A notebook beside the one that is open."""
    return written(book.path.parent / "report.ipynb", "print(day, 6 // top)", parameters=PARAMETERS)


def kept(book: Book, job: str = "report") -> Path:
    """The notebook that the last run kept, of that job."""
    run = book.instance.runs()[0]
    folder = book.instance.notebook_files
    assert folder is not None
    return folder / run.id / job / "report.ipynb"


def test_a_notebook_runs_from_a_cell(book: Book, report: Path) -> None:
    said = book.run(f"%launch {report} day=2026-02-03 top=2")

    assert "definition" not in said
    (run,) = book.instance.runs()
    assert (run.status, run.asked) == ("success", "report")
    assert outputs_of(kept(book))[-1] == "2026-02-03 3\n"
    assert not report.read_text().count("2026-02-03")


@pytest.mark.parametrize("how", ["here", "shell"])
def test_a_run_that_goes_on_by_itself_runs_the_notebook_as_it_was(
    book: Book, report: Path, how: str
) -> None:
    helper = report.with_name("told_here.py")
    helper.write_text("SAID = 'then'\n")
    written(report, "import told_here\nprint('old', told_here.SAID, top)", parameters="top = 3")
    if how == "here":
        launch(str(report), {"top": 2}, detach=True)
    else:
        cli.main(["launch", str(report), "top=2", "--detach"], standalone_mode=False)
    report.write_text(report.read_text().replace("'old'", "'new'"))
    helper.write_text("SAID = 'now'\n")

    until(lambda: book.instance.runs()[0].status == "success")
    assert outputs_of(kept(book))[-1] == "old then 2\n"


@pytest.mark.parametrize("more", [[], ["--detach"]], ids=["here", "by itself"])
def test_a_pin_that_does_not_hold_the_notebook_is_not_taken_for_it(
    book: Book, report: Path, more: list[str]
) -> None:
    bundle = kept_bundle(book.instance, read_document(report), report.name)
    pin(book.instance, report.name, bundle, by=Origin(kind="cli"))

    with pytest.raises(UsageError, match="not that notebook whole"):
        cli.main(["launch", str(report), "--pinned", *more], standalone_mode=False)

    assert book.instance.runs() == []


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


def test_a_run_shows_its_cells_and_what_failed(book: Book, report: Path) -> None:
    with pytest.raises(NotebookCellError):
        launch(str(report), {"top": 0})
    (run,) = book.instance.runs()

    view = show(run.id[:6])
    said = str(view)

    assert "report.ipynb: 2 of 3 cells done" in said
    assert "3     ✕ failed" in said
    assert "  cell 3\n    print(day, 6 // top)" in said
    assert "----> 1 print(day, 6 // top)\n    ZeroDivisionError: " in said
    assert "# Parameters\n    top = 0" in said
    html = view._repr_mimebundle_()["text/html"]
    assert "print(day, 6 // top)" in html and "ZeroDivisionError" in html
    (cells,) = view.to_json()["notebooks"].values()
    assert [each["state"] for each in cells["cells"]] == ["done", "done", "failed"]
    assert "----> 1 print(day, 6 // top)\n" in str(logs(run.id))


def test_the_progress_names_the_cell(book: Book, report: Path) -> None:
    assert "2 of 2, cell 2: print(day, 6 // top)" in book.run(f"%launch {report}")
    followed = FollowedCells(book.instance, book.instance.runs()[0].id)

    assert followed.look("report") == "2 of 2, cell 2: print(day, 6 // top)"
    assert followed.look("report") == ""
    assert followed.look("other") == ""


def test_notebooks_go_when_their_run_is_long_over(tmp_path: Path) -> None:
    clock = ManualClock(datetime.now(UTC))
    (tmp_path / "pyproject.toml").touch()
    instance = Instance.get(tmp_path)
    instance.clock = clock
    path = written(tmp_path / "report.ipynb", "1")
    made = run_job(notebook_job(path), instance, JobOptions(), origin=Origin(kind="test"))
    assert instance.notebook_files is not None
    kept = instance.notebook_files / made.result.run_id / "report" / "report.ipynb"

    clock.advance(29 * 86_400)
    collect(instance)
    assert kept.exists()
    clock.advance(2 * 86_400)
    assert any(each.path.endswith("report.ipynb") for each in collect(instance, plan=True).strays)
    collect(instance)

    assert not (instance.notebook_files / made.result.run_id).exists()


def test_a_failed_run_goes_on_from_its_cell_in_its_kernel(book: Book, report: Path) -> None:
    path = written(
        report,
        "import os\nmade = os.getpid()\nprint('made once')",
        "total = made / rate",
        "print(os.getpid() == made, top)",
        parameters="top = 1",
    )
    with pytest.raises(NotebookCellError):
        launch(str(path), {"top": 7})
    (failed,) = book.instance.runs()
    path.write_text(path.read_text().replace("made / rate", "made / 2"))

    resume(failed.id)

    (again, _) = book.instance.runs()
    assert again.status == "success"
    view = show(again.id)
    assert isinstance(view, RunView)
    (notebook,) = view.notebooks.values()
    assert [each.state for each in notebook.cells] == ["done"] * 5
    assert outputs_of(kept(book))[2:] == ["made once\n", "", "True 7\n"]
    assert "2 of 5" not in str(logs(again.id)) and "made once" not in str(logs(again.id))


def test_the_log_of_a_run_that_goes_on_has_what_was_shown_before(book: Book, report: Path) -> None:
    shows = "import sys\nprint('a')\nprint('b', file=sys.stderr)\ndisplay({'x': 1})\n2"
    written(report, shows, "1 / rate", parameters="top = 1")
    for again in (lambda: launch(str(report)), lambda: resume(book.instance.runs()[0].id)):
        with pytest.raises(NotebookCellError):
            again()
    before = nbformat.read(kept(book), as_version=4).cells
    kept(book).unlink()

    write_late_notebooks(kept(book).parents[1])

    after = nbformat.read(kept(book), as_version=4).cells
    assert [each.outputs for each in after] == [each.outputs for each in before]
    assert len(after[1].outputs) == 4


def test_one_whose_kernel_is_gone_begins_anew_and_says_so(book: Book, report: Path) -> None:
    with pytest.raises(NotebookCellError):
        launch(str(report), {"top": 0})
    (failed,) = book.instance.runs()
    launch(str(report), {"top": 1})  # its next run has come

    said = book.run(
        f"try:\n    resume({failed.id!r})\nexcept Exception as error:\n    print(error)"
    )

    assert "the kernel of the run before is gone: all cells run again" in said
    assert "1 of 3, cell 1" in said


def test_a_page_is_written_beside_the_notebook(book: Book, report: Path) -> None:
    written(report, "from IPython.display import HTML\nHTML('<b>bold</b><script>x()</script>')")
    book.run(f"paged = notebook_job({str(report)!r}, html='without code')\n%launch report")
    page = kept(book).with_suffix(".html").read_text()

    assert "<b>bold</b>&lt;script&gt;x()" in page
    assert "<script>x()" not in page and 'src="http' not in page
    assert "IPython.display" not in page
    with pytest.raises(UsageError, match="is no kind of page"):
        notebook_job(report, html="both")  # type: ignore[arg-type]


def test_an_alert_shows_the_cell_and_how_to_go_on(book: Book, report: Path) -> None:
    with pytest.raises(NotebookCellError):
        launch(str(report), {"top": 0})
    (run,) = book.instance.runs()
    at = book.instance.clock.now()

    about = {"kind": "failed", "subject": "report", "said": "no", "key": "k", "at": at}
    alert = Alert(**about, run_id=run.id, step="report")
    told = report_of(book.instance, alert, "shop")
    (end,) = book.instance.events(run_id=run.id, kinds=[RunEnded])
    assert isinstance(end.event, RunEnded)

    when = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
    assert re.fullmatch(f"kept until {when}: `assetbook resume` goes on from cell 3", told.kernel)
    until = datetime.strptime(told.kernel[11:31], "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    assert timedelta(hours=11, minutes=58) < until - at <= timedelta(hours=12)
    assert f"kernel:    {told.kernel}\n" in as_text(told)
    assert as_json(told)["kernel"] == told.kernel in str(as_slack(told))
    assert told.source == "# Parameters\ntop = 0\n\nprint(day, 6 // top)"
    assert "----> 1 print(day, 6 // top)" in told.traceback
    assert told.where.startswith("cell 3 of report.ipynb")
    assert ended_run(book.instance, end.event).remedy == f"assetbook resume {run.id[:6]}"


def test_a_run_says_until_when_its_kernel_is_kept(book: Book, report: Path) -> None:
    with pytest.raises(NotebookCellError):
        launch(str(report), {"top": 0})
    (run,) = book.instance.runs()

    view = show(run.id)

    assert isinstance(view, RunView)
    (until,) = view.kept_until.values()
    left = until - book.instance.clock.now()
    assert timedelta(hours=11, minutes=58) < left < timedelta(hours=12)
    line = f"%resume {run.id[:6]} goes on from cell 3: its kernel is kept until "
    assert f"{line}{until.astimezone():%Y-%m-%d %H:%M}\n" in str(view)
    assert line in view._repr_mimebundle_()["text/html"]
    (cells,) = view.to_json()["notebooks"].values()
    assert cells["kernel_kept_until"] == until.isoformat()


def test_a_run_whose_kernel_is_gone_says_so(book: Book, report: Path) -> None:
    with pytest.raises(NotebookCellError):
        launch(str(report), {"top": 0})
    launch(str(report), {"top": 1})
    (done, failed) = book.instance.runs()

    view = show(failed.id)

    assert f"%resume {failed.id[:6]} begins at the first cell: its kernel is gone\n" in str(view)
    (cells,) = view.to_json()["notebooks"].values()
    assert cells["kernel_kept_until"] is None
    assert "resume" not in str(show(done.id))
    at = book.instance.clock.now()
    about = {"kind": "failed", "subject": "report", "said": "no", "key": "k", "at": at}
    told = report_of(book.instance, Alert(**about, run_id=failed.id, step="report"), "shop")
    assert told.kernel == "is gone: `assetbook resume` begins at the first cell"


def test_a_sweep_is_a_partition_for_each_of_its_runs(book: Book, report: Path) -> None:
    book.run(f"swept = notebook_job({str(report)!r}, name='report', sweep={{'top': [2, 3]}})")

    book.run("%launch report --partition top=2")
    assert outputs_of(kept(book))[-1] == "2026-01-01 3\n"
    book.run("%backfill --job report all")

    runs = book.instance.runs()
    assert sorted(each.tags["dagster/partition"] for each in runs) == ["top=2", "top=2", "top=3"]
    assert {each.status for each in runs} == {"success"}
    for sweep, said in (
        ({"tpo": [1]}, "Did you mean `top`"),
        ({"top": 3}, "are no list"),
        ([], "it has no runs"),
        ([{"top": 1}, {"top": 1}], "two of its runs have the same parameters"),
    ):
        with pytest.raises((ConfigError, DefinitionError), match=said):
            notebook_job(report, sweep=sweep)  # type: ignore[arg-type]


def test_the_key_of_a_partition_may_be_a_parameter(book: Book, report: Path) -> None:
    days = "DailyPartitionsDefinition('2026-01-01')"
    how = f"name='report', partitions_def={days}, partition_parameter='day'"
    book.run(f"daily = notebook_job({str(report)!r}, {how})")

    book.run("%launch report --partition 2026-02-03")

    assert outputs_of(kept(book))[-1] == "2026-02-03 2\n"
    with pytest.raises(DefinitionError, match="there are no partitions"):
        notebook_job(report, partition_parameter="day")
    keys = StaticPartitionsDefinition(["1", "6"])
    with pytest.raises(DefinitionError, match=r"'dya' is none of .*\nDid you mean `day`"):
        notebook_job(report, partitions_def=keys, partition_parameter="dya")
    book.run(
        f"tops = notebook_job({str(report)!r}, name='tops', "
        "partitions_def=StaticPartitionsDefinition(['1', '6']), partition_parameter='top')"
    )
    book.run("%launch tops --partition 6")
    assert outputs_of(kept(book, "tops"))[-1] == "2026-01-01 1\n"


def test_a_variable_of_the_environment_is_read_in_the_kernel(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what looks like a secret in its value is masked, whatever the variable is called."""
    monkeypatch.setenv("WAREHOUSE_URL", "postgres://me:canary@db")
    path = book.path.parent / "report.ipynb"
    written(path, "print(len(url), url)", parameters="url = ''\nport = 1")
    given = "{'url': EnvVar('WAREHOUSE_URL'), 'port': EnvVar.int('PORT')}"
    monkeypatch.setenv("PORT", "5432")
    book.run(f"paged = notebook_job({str(path)!r}, html='with code', parameters={given})")

    book.run("%launch report")

    assert outputs_of(kept(book))[-1] == "23 postgres://***@db\n"
    source = kept(book).read_text()
    assert "int(__import__(" in source and '.environ[\\"PORT\\"])' in source
    assert book.instance.notebook_files is not None
    files = [each for each in book.instance.notebook_files.rglob("*") if each.is_file()]
    assert len(files) == 4
    assert not [each for each in files if "canary" in each.read_text()]
    assert "canary" not in str(show(book.instance.runs()[0].id))
