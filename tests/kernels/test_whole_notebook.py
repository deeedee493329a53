"""A notebook runs whole in a kernel of its own, and answers questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from assetbook.errors import NotLoadedError, RunFailedError
from assetbook.kernels.whole_notebook import WholeNotebook, whole_notebook
from assetbook.notebook.document import read_document


def written(folder: Path, *cells: str) -> Path:
    """A notebook with these code cells below a text."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell("# Text")]
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    path = folder / "book.ipynb"
    nbformat.write(notebook, path)
    return path


class Heard:
    """What later code printed."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, stream: str, text: str) -> None:
        self.lines.append((stream, text))


@pytest.fixture(scope="module")
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory, heard: Heard) -> Iterator[WholeNotebook]:
    path = written(tmp_path_factory.mktemp("book"), "print('quiet')\nx = 4", "", "y = x + 1")
    with whole_notebook(path, heard) as kernel:
        yield kernel


ANSWER = "from assetbook.kernels.whole_notebook import answer\n"


def test_its_cells_have_run(kernel: WholeNotebook) -> None:
    assert kernel.ask(f"{ANSWER}answer({{'y': y}})") == {"y": 5}


def test_it_knows_its_notebook_and_only_defines(kernel: WholeNotebook) -> None:
    names = "'ASSETBOOK_DEFINE_ONLY', 'ASSETBOOK_NOTEBOOK'"
    code = f"{ANSWER}import os\nanswer([os.getcwd(), *(os.environ[name] for name in ({names}))])"
    folder, only, path = kernel.ask(code)
    assert (only, path) == ("1", f"{folder}/book.ipynb")


def test_what_is_asked_prints_and_cells_do_not(kernel: WholeNotebook, heard: Heard) -> None:
    heard.lines.clear()
    assert kernel.ask("import sys\nprint('out')\nprint('err', file=sys.stderr)") is None
    assert ("stdout", "out\n") in heard.lines
    assert ("stderr", "err\n") in heard.lines
    assert "quiet" not in str(heard.lines)


def test_a_question_that_fails_is_an_error(kernel: WholeNotebook) -> None:
    with pytest.raises(RunFailedError, match="ZeroDivisionError: division by zero"):
        kernel.ask("1 / 0")


def test_a_failing_cell_is_named(kernel: WholeNotebook, tmp_path: Path) -> None:
    with pytest.raises(RunFailedError, match=r"cell 2 of the notebook, `z \+ 1`: NameError: name"):
        kernel.run_cells(read_document(written(tmp_path, "\nz + 1\n2")))


def test_a_kernel_that_dies_is_an_error(tmp_path: Path, heard: Heard) -> None:
    path = written(tmp_path, "import os", "os._exit(3)")
    with (
        pytest.raises(RunFailedError, match="the notebook's kernel: it died\nSee whether memory"),
        whole_notebook(path, heard),
    ):
        pass


def test_the_notebooks_file_is_left_alone(tmp_path: Path, heard: Heard) -> None:
    path = written(tmp_path, "print('x')")
    before = path.read_bytes()
    with whole_notebook(path, heard):
        pass
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_kernel_that_is_not_installed_is_named(tmp_path: Path, heard: Heard) -> None:
    path = written(tmp_path, "1")
    notebook = nbformat.read(path, as_version=4)
    kernel = {"name": "none-such", "display_name": "x", "language": "python"}
    notebook.metadata["kernelspec"] = kernel
    nbformat.write(notebook, path)
    with (
        pytest.raises(NotLoadedError, match=r"`none-such` is not installed\nChoose .* There are:"),
        whole_notebook(path, heard),
    ):
        pass
