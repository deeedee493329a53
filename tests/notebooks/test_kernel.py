"""The driver of real kernels sends what a front end sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from tests.notebooks.kernel import CellError, Kernel


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with Kernel(tmp_path_factory.mktemp("book"), "book") as kernel:
        yield kernel


def test_a_cell_gives_what_it_printed(kernel: Kernel) -> None:
    assert kernel.run("print(6 * 7)", "first") == "42\n"


def test_a_raising_cell_gives_its_traceback(kernel: Kernel) -> None:
    with pytest.raises(CellError, match="ZeroDivisionError: division by zero"):
        kernel.run("1 / 0", "first")


def test_a_cell_runs_after_one_that_raised(kernel: Kernel) -> None:
    with pytest.raises(CellError):
        kernel.run("1 / 0", "first")
    assert kernel.run("print('on')", "second") == "on\n"


def test_cell_id_and_deleted_cells_reach_the_kernel(kernel: Kernel) -> None:
    parent = "get_ipython().get_parent()['metadata']"
    printed = kernel.run(f"print({parent}['cellId'], {parent}['deletedCells'])", "a", ["b", "c"])
    assert printed == "a ['b', 'c']\n"


def test_without_a_cell_id_no_metadata_is_sent(kernel: Kernel) -> None:
    printed = kernel.run("print('cellId' in get_ipython().get_parent()['metadata'])")
    assert printed == "False\n"


def test_a_question_leaves_no_names_behind(kernel: Kernel) -> None:
    assert kernel.ask("import math\nanswer = {'floor': math.floor(2.5)}") == {"floor": 2}
    assert kernel.run("print('answer' in globals(), '_question' in globals())") == "False False\n"


def test_the_kernel_knows_its_notebook(kernel: Kernel) -> None:
    path = kernel.ask("import os\nanswer = [os.environ['ASSETBOOK_NOTEBOOK'], os.getcwd()]")
    assert path == [str(kernel.path), str(kernel.folder)]


def test_assetbook_can_be_imported(kernel: Kernel) -> None:
    assert kernel.ask("import assetbook\nanswer = assetbook.__name__") == "assetbook"


def test_the_saved_notebook_has_the_cells_ids(kernel: Kernel) -> None:
    kernel.save({"first": "x = 1", "second": "%%asset y\nx"})
    saved = nbformat.read(kernel.path, as_version=4)
    assert [(cell.id, cell.source) for cell in saved.cells] == [
        ("first", "x = 1"),
        ("second", "%%asset y\nx"),
    ]


def test_a_restart_forgets_names_and_keeps_files(tmp_path: Path) -> None:
    with Kernel(tmp_path, "book") as kernel:
        kernel.run("kept = 1\nopen('kept.txt', 'w').close()", "first")
        kernel.restart()
        assert kernel.run("import os\nprint('kept' in globals(), os.listdir())", "first") == (
            "False ['kept.txt']\n"
        )
