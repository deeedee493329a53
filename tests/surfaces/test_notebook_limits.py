"""What a run of a notebook may take: of time, memory and output, as a job says it or a launch."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kernels.notebooks import outputs_of, written
from tests.kernels.test_notebook_runs import is_there
from tests.surfaces.book import Book, CellFailedError

from assetbook import launch, logs, show
from assetbook.automation.alerts.ended_runs import ended_run
from assetbook.errors import DefinitionError, TimeLimitError
from assetbook.events.run_events import RunEnded
from assetbook.kernels import cell_execution
from assetbook.kernels.kept_notebook import KeptNotebook
from assetbook.surfaces.display.run_view import RunView

pytestmark = pytest.mark.xdist_group("kernel_host")
SLEEPS = "import os, time\nprint('begun', os.getpid(), flush=True)\ntime.sleep(60)"
DEAF = (
    "import os, time\nprint('begun', os.getpid(), flush=True)\n"
    "while True:\n    try: time.sleep(60)\n    except KeyboardInterrupt: pass"
)


@pytest.fixture
def report(book: Book) -> Path:
    return written(book.path.parent / "report.ipynb", SLEEPS, "print('never')")


def kept(book: Book) -> KeptNotebook:
    """What the last run kept of its notebook."""
    view = show(book.instance.runs()[0].id)
    assert isinstance(view, RunView)
    (found,) = view.notebooks.values()
    return found


def begun(found: KeptNotebook) -> tuple[str, int]:
    """What its first cell shows, and the kernel's process that it says."""
    assert found.path is not None
    shown = outputs_of(found.path)[0]
    return shown, int(shown.split()[1])


@pytest.mark.parametrize("how", ["launch", "tag"])
def test_a_whole_run_that_takes_too_long_is_interrupted(book: Book, report: Path, how: str) -> None:
    tag = "{'assetbook/max_runtime': '1s'}" if how == "tag" else "{}"
    book.run(f"job = notebook_job({str(report)!r}, tags={tag})")

    with pytest.raises(TimeLimitError, match="took longer than 1 s"):
        launch("report", timeout="1s" if how == "launch" else None)

    assert book.instance.runs()[0].status == "failed"
    found = kept(book)
    assert [each.state for each in found.cells] == ["interrupted", "waiting"]
    shown, pid = begun(found)
    assert shown.endswith("KeyboardInterrupt: ")
    assert "begun" in str(logs(book.instance.runs()[0].id))
    assert is_there(pid)  # its kernel reacted, and is kept for whoever goes on with the run


def test_one_that_ignores_the_interrupt_is_killed(
    book: Book, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_execution, "GRACE", 0.5)
    written(report, DEAF, "print('never')")

    with pytest.raises(TimeLimitError):
        launch(str(report), timeout=1)

    found = kept(book)
    assert [each.state for each in found.cells] == ["interrupted", "waiting"]
    shown, pid = begun(found)
    assert shown == f"begun {pid}\n" and not is_there(pid)
    assert "killed (SIGKILL)" in str(show(book.instance.runs()[0].id))


def test_a_job_limits_what_its_runs_print(book: Book, report: Path) -> None:
    written(report, "while True: print('line')")
    book.run(f"job = notebook_job({str(report)!r}, output_limit=50_000)")

    with pytest.raises(CellFailedError, match="output came to its limit of 50,000 bytes") as told:
        book.run("%launch report")

    (run,) = book.instance.runs()
    assert f"once that cell is mended, on from there: %resume {run.id[:6]}" in str(told.value)
    (end,) = book.instance.events(run_id=run.id, kinds=[RunEnded])
    assert isinstance(end.event, RunEnded)
    assert ended_run(book.instance, end.event).remedy == f"assetbook resume {run.id[:6]}"
    (cell,) = kept(book).cells
    assert cell.state == "interrupted"
    path = kept(book).path
    assert path is not None
    (shown,) = outputs_of(path)
    assert shown.count("line\n") == 10_000 and shown.endswith("KeyboardInterrupt: ")


@pytest.mark.parametrize("name", ["cell_timeout", "memory_limit", "output_limit"])
@pytest.mark.parametrize("value", [0, -1, "10MB", True])
def test_a_limit_that_is_none_is_refused(
    book: Book, report: Path, name: str, value: object
) -> None:
    from assetbook import notebook_job

    with pytest.raises(DefinitionError, match=f"`{name}={value!r}` is no number above 0"):
        notebook_job(report, **{name: value})  # type: ignore[arg-type]
