"""The notebook of a run whose runner did not come to write it is what that would have written, but
for the cell in which it went."""

from __future__ import annotations

from pathlib import Path

import nbformat
from tests.kernels.test_notebook_runs import run

from assetbook.kernels.kept_notebook import kept_notebook
from assetbook.kernels.late_notebook import write_late_notebooks
from assetbook.kernels.limits import Limits
from assetbook.kernels.output_log import LOG

CELLS = (
    "from IPython.display import HTML, clear_output, display, update_display\nprint('a')",
    "print('gone'); clear_output(); print('kept'); clear_output(wait=True); print('last')",
    "display('none', display_id='one'); print('between'); display(HTML('<b>x</b>'), {'x': 1})",
    "import sys\nupdate_display('now', display_id='one')\nprint('e', file=sys.stderr)\n1 + 1",
    "print('much ' * 100)",
    "clear_output(wait=True)",
    "print('shown')\n1 / 0",
    "print('never')",
)


def log_and_notebook(folder: Path) -> tuple[Path, nbformat.NotebookNode]:
    """The log of a run that failed, and its notebook, which is gone."""
    made = run(folder, *CELLS, limits=Limits(output=40))
    notebook = nbformat.read(made.folder / "a.ipynb", as_version=4)
    (made.folder / "a.ipynb").unlink()
    return made.folder / LOG, notebook


def test_it_is_what_the_runner_would_have_written(tmp_path: Path) -> None:
    log, before = log_and_notebook(tmp_path)

    write_late_notebooks(tmp_path)

    after = nbformat.read(log.with_name("a.ipynb"), as_version=4)
    nbformat.validate(after)
    assert [each.get("outputs") for each in after.cells] == [each.outputs for each in before.cells]
    statuses = [[each.metadata.papermill.status for each in nb.cells] for nb in (before, after)]
    assert statuses[0] == statuses[1]
    assert log.with_name("a.ipynb").stat().st_size > 0


def test_a_log_that_ends_amid_a_line_is_cut_there(tmp_path: Path) -> None:
    log, _ = log_and_notebook(tmp_path)
    lines = log.read_bytes().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if b'"kept' in line)
    log.write_bytes(b"".join(lines[:at]) + lines[at][:20])

    write_late_notebooks(tmp_path)

    kept = kept_notebook(log.parent)
    assert kept is not None and kept.path is not None
    assert [each.state for each in kept.cells] == ["done", "died", *["waiting"] * 6]
    cells = nbformat.read(kept.path, as_version=4).cells
    assert [each.metadata.papermill.status for each in cells[:3]] == [
        "completed",
        "failed",
        "pending",
    ]


def test_what_is_there_and_what_is_no_log_stay(tmp_path: Path) -> None:
    log, _ = log_and_notebook(tmp_path)
    (notebook := log.with_name("a.ipynb")).write_text("{}")
    (other := tmp_path / "other").mkdir()
    for text in ("", "no JSON\n", '{"notebook": {"cells": []}}\n'):
        (other / LOG).write_text(text)

        write_late_notebooks(tmp_path)

        assert notebook.read_text() == "{}"
        assert (other / LOG).read_text() == text
        assert [each.name for each in other.iterdir()] == [LOG]
