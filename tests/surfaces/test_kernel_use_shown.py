"""What the kernel of a notebook's run used is in the run's record, and shown with the run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.kernels.notebooks import outputs_of, written
from tests.surfaces.book import Book
from tests.surfaces.shell import program

from assetbook import launch, logs, show
from assetbook.errors import AssetbookError
from assetbook.events.run_events import KernelUse, KernelUsed

pytestmark = pytest.mark.xdist_group("kernel_host")
KILL = "held = b'x' * 300_000_000\nimport os, time\ntime.sleep(0.1)\nos.kill(os.getpid(), 9)"


@pytest.fixture
def report(book: Book) -> Path:
    return written(book.path.parent / "report.ipynb", "print('well')")


def recorded(book: Book) -> list[KernelUse]:
    """What is recorded of the kernels of the last run."""
    found = book.instance.events(run_id=book.instance.runs()[0].id, kinds=[KernelUsed])
    return [each.event.use for each in found if isinstance(each.event, KernelUsed)]


def test_a_run_that_ended_well_says_what_its_kernel_used(book: Book, report: Path) -> None:
    launch(str(report))
    (run,) = book.instance.runs()
    view = show(run.id[:6])

    (use,) = recorded(book)
    assert use.exit_code is None and use.peak_memory > 20_000_000
    assert re.search(r"report +✓ .* peak memory \d+ MB, [\d.]+ m?s of CPU", str(view))
    assert "peak memory" in view._repr_mimebundle_()["text/html"]
    (step,) = view.to_json()["steps"]
    assert step["kernel"] == {
        "exit_code": None,
        "peak_memory_bytes": use.peak_memory,
        "cpu_seconds": use.cpu_seconds,
    }
    assert "peak memory" in str(logs(run.id))


def test_one_that_was_killed_says_so_and_how_much_it_held(book: Book, report: Path) -> None:
    written(report, KILL)
    with pytest.raises(AssetbookError, match=r"killed \(SIGKILL\), peak memory \d+ MB"):
        launch(str(report))
    (run,) = book.instance.runs()

    said = str(show(run.id))

    (use,) = recorded(book)
    assert use.exit_code == -9 and use.peak_memory > 300_000_000
    assert re.search(r"✕ failed .*killed \(SIGKILL\), peak memory [345]\d\d MB, .* of CPU", said)


def test_a_run_in_a_worker_process_keeps_the_same(book: Book, report: Path) -> None:
    said = book.run(f"%launch {report} --executor processes")
    (run,) = book.instance.runs()

    assert "1 of 1, cell 1: print('well')" in said
    assert len(recorded(book)) == 1
    view = show(run.id)
    (cells,) = view.to_json()["notebooks"].values()
    assert [each["state"] for each in cells["cells"]] == ["done"]
    assert outputs_of(Path(cells["path"])) == ["well\n"]


def test_each_try_says_what_its_kernel_used(book: Book, report: Path) -> None:
    written(report, KILL)
    again = "RetryPolicy(max_retries=1, delay=0)"
    book.run(f"job = notebook_job({str(report)!r}, name='tried', retry_policy={again})")
    with pytest.raises(AssetbookError):
        launch("tried")

    assert [each.exit_code for each in recorded(book)] == [-9, -9]


def test_a_shell_shows_it_too(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    written(tmp_path / "report.ipynb", "1")
    program(tmp_path, "launch", "report.ipynb")
    (run,) = (tmp_path / ".assetbook" / "notebooks").iterdir()

    assert "peak memory" in program(tmp_path, "show", run.name).stdout
    assert '"peak_memory_bytes"' in program(tmp_path, "show", run.name, "--json").stdout
