"""``reproduce``: a copy of a notebook with the world of one of its runs, that fails as that did."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tests.kernels.notebooks import outputs_of, written
from tests.surfaces.book import Book
from tests.surfaces.shell import program

from assetbook import launch, materialize, reproduce, resume
from assetbook.errors import ConflictError, NotebookCellError, SelectionError, UsageError
from assetbook.notebook.configured_locations import configured_locations
from assetbook.notebook.location_source import source_of
from assetbook.project import find_project

pytestmark = pytest.mark.xdist_group("kernel_host")
CELLS = (
    "import helper, assetbook\nrows = assetbook.value('orders')",
    "print(helper.said(rows))",
    "raise ValueError(f'{helper.said(rows)} above {top}')",
    "print('never')",
)


def helper(folder: Path, word: str) -> None:
    (folder / "helper.py").write_text(f"def said(rows):\n    return f'{word} {{rows}}'\n")


@pytest.fixture
def failed(book: Book) -> str:
    """The id of a run that failed, of a notebook whose helper and input are others by now."""
    folder = book.path.parent
    helper(folder, "old")
    book.run("@asset\ndef orders():\n    return [1, 2]\n")
    materialize("orders")
    written(folder / "report.ipynb", *CELLS, parameters="top = 3")
    with pytest.raises(NotebookCellError):
        launch(str(folder / "report.ipynb"), {"top": 7})
    run = book.instance.runs()[0].id
    helper(folder, "new")
    book.run("@asset\ndef orders():\n    return [3, 4, 5]\n")
    materialize("orders")
    return run


def copy_of(book: Book, run: str, into: Path | None = None) -> Path:
    """The copy that ``reproduce`` wrote."""
    name = f"report-{run[:6]}"
    return (into or book.path.parent) / name / f"{name}-Copy.ipynb"


def failing(path: Path) -> tuple[int, str, nbformat.NotebookNode]:
    """The position of the cell that fails when all are run where the notebook is, with its error;
    and the notebook as it is then."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    client = NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}})
    with pytest.raises(CellExecutionError) as raised:
        client.execute()
    bad = [at for at, cell in enumerate(notebook.cells) if _errors(cell)]
    return bad[0], f"{raised.value.ename}: {raised.value.evalue}", notebook


def _errors(cell: nbformat.NotebookNode) -> bool:
    return any(each.output_type == "error" for each in cell.get("outputs", ()))


def test_the_copy_fails_in_the_same_cell_with_the_same_error(book: Book, failed: str) -> None:
    said = reproduce(failed)

    path = copy_of(book, failed)
    assert f"{path.relative_to(book.path.parent)}" in str(said) and "cell 5" in str(said)
    at, error, notebook = failing(path)
    assert error == "ValueError: old [1, 2] above 7"
    assert notebook.cells[at].source == CELLS[2]
    assert notebook.cells[at].metadata.tags == ["assetbook:failed"]
    assert [each["text"] for each in notebook.cells[at - 1].outputs] == ["old [1, 2]\n"]
    assert notebook.cells[at + 1].outputs == []


def test_the_notebook_itself_reads_what_is_there_now(book: Book, failed: str) -> None:
    """The control: the same cells without the world of the run."""
    _, error, _ = failing(book.path.parent / "report.ipynb")

    assert error == "ValueError: new [3, 4, 5] above 3"


def test_the_copy_says_what_it_is_and_shows_what_ran(book: Book, failed: str) -> None:
    reproduce(failed)
    path = copy_of(book, failed)

    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    first, world = notebook.cells[:2]
    assert first.cell_type == "markdown" and first.metadata.tags == ["assetbook:reproduce"]
    assert f"run {failed[:6]} of report.ipynb" in first.source
    assert "failed in cell 5" in first.source and "ValueError: old [1, 2] above 7" in first.source
    assert world.metadata.tags == ["assetbook:reproduce"] and "orders@1" in world.source
    assert outputs_of(path)[3:5] == ["", "old [1, 2]\n"]
    assert "# Parameters\ntop = 7" in [each.source for each in notebook.cells]
    assert (path.parent / "modules" / "helper.py").read_text().count("old")
    assert "pandas==" in (path.parent / "environment.txt").read_text()
    assert "papermill" not in notebook.metadata


def test_it_needs_no_kernel_of_the_run_and_no_notebook(book: Book, failed: str) -> None:
    folder = book.path.parent
    launch(str(written(folder / "report.ipynb", "1")))  # which ends the kernel that was kept
    (folder / "report.ipynb").unlink()

    reproduce(failed)

    assert failing(copy_of(book, failed))[1] == "ValueError: old [1, 2] above 7"


def test_of_a_run_whose_runner_was_killed_there_is_one_too(book: Book, failed: str) -> None:
    """It left the log of its outputs alone, which has what ran."""
    root = book.instance.notebook_files
    assert root is not None
    (root / failed / "report" / "report.ipynb").unlink()

    reproduce(failed)

    assert failing(copy_of(book, failed))[1] == "ValueError: old [1, 2] above 7"


def test_a_module_with_a_secret_is_not_kept_and_told(book: Book) -> None:
    folder = book.path.parent
    (folder / "keys.py").write_text("db_password = 'canary-8765'\n")
    helper(folder, "old")
    written(folder / "report.ipynb", "import helper, keys", "1 / 0")
    with pytest.raises(NotebookCellError):
        launch(str(folder / "report.ipynb"))
    run = book.instance.runs()[0].id

    said = str(reproduce(run))

    assert "The module keys was not kept: line 1 looks like a secret" in said
    files = [each for each in copy_of(book, run).parent.rglob("*") if each.is_file()]
    assert [each.name for each in files if each.suffix == ".py"] == ["helper.py"]
    assert not [each for each in files if "canary" in each.read_text()]
    assert book.instance.notebook_files is not None
    kept = [each for each in book.instance.notebook_files.rglob("*") if each.is_file()]
    assert kept and not [each for each in kept if "canary" in each.read_text()]
    assert failing(copy_of(book, run))[1] == "ZeroDivisionError: division by zero"


def test_a_package_of_another_version_is_told(book: Book, failed: str) -> None:
    reproduce(failed)
    path = copy_of(book, failed)
    listed = path.parent / "environment.txt"
    listed.write_text(listed.read_text().replace("\npandas==", "\npandas==0.1+") + "gone==1.0\n")

    _, _, notebook = failing(path)

    said = notebook.cells[1].outputs[0].text
    assert "pandas 0.1+" in said and "is here" in said
    assert "gone 1.0 is not here" in said
    assert said.count("\n") == 2


def test_relative_paths_and_lines_of_the_shell_are_as_in_the_run(book: Book) -> None:
    folder = book.path.parent
    (folder / "data.txt").write_text("here")
    written(folder / "report.ipynb", "print(open('data.txt').read())", "!exit 3")
    with pytest.raises(NotebookCellError):
        launch(str(folder / "report.ipynb"))
    run = book.instance.runs()[0].id

    reproduce(run)

    _, error, notebook = failing(copy_of(book, run))
    assert error.startswith("CalledProcessError") and "'exit 3'" in error
    assert notebook.cells[2].outputs[0].text == "here\n"


def test_a_secret_stays_in_its_variable(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_TOKEN", "canary-4321")
    folder = book.path.parent
    written(
        folder / "report.ipynb",
        "print(token, len(token), len(other.get_value()))\nraise ValueError(token)",
        parameters="from assetbook import Secret\ntoken: str = ''\nother: Secret = Secret('x')",
    )
    job = f"notebook_job({str(folder / 'report.ipynb')!r}, parameters={{"
    values = "'token': EnvVar('WAREHOUSE_TOKEN'), 'other': Secret('canary-99')"
    book.run(f"from assetbook import Secret\njob = {job}{values}}})")
    with pytest.raises(NotebookCellError):
        launch("report")
    run = book.instance.runs()[0].id

    said = reproduce(run)

    copy = copy_of(book, run)
    files = [each for each in copy.parent.rglob("*") if each.is_file()]
    assert not [each for each in files if "canary" in each.read_text()]
    assert "WAREHOUSE_TOKEN" in str(said) and "ASSETBOOK_PARAMETER_1" in str(said)
    monkeypatch.setenv("ASSETBOOK_PARAMETER_1", "four")
    assert failing(copy)[1] == "ValueError: canary-4321"
    monkeypatch.delenv("WAREHOUSE_TOKEN")
    assert "KeyError" in failing(copy)[1]


def test_a_copy_is_no_location(book: Book, failed: str) -> None:
    (book.path.parent / "pyproject.toml").write_text('[tool.assetbook]\nlocations = ["*"]\n')
    before = configured_locations(find_project(book.path.parent))
    reproduce(failed)

    assert source_of(copy_of(book, failed)).id is None
    assert configured_locations(find_project(book.path.parent)) == before


def test_cells_of_the_copy_make_nothing(book: Book) -> None:
    """What they made in the run is read as it was then."""
    folder = book.path.parent
    cells = (
        "%load_ext assetbook\nfrom assetbook import *",
        "@asset\ndef one():\n    return 1",
        "%materialize one",
        "%%asset two\none + 1",
        "assert materialize('one').success",
        "%backfill one",
        "print(one.value(), two.value())\n1 / 0",
    )
    written(folder / "report.ipynb", *cells)
    with pytest.raises(NotebookCellError):
        launch(str(folder / "report.ipynb"))
    run = next(each.id for each in book.instance.runs() if each.asked == "report")
    count = len(book.instance.runs())

    reproduce(run)

    _, error, notebook = failing(copy_of(book, run))
    assert error.startswith("ZeroDivisionError")
    assert notebook.cells[-1].outputs[0].text == "1 2\n"
    assert len(book.instance.runs()) == count


def test_names_of_data_are_no_code_of_the_copy(book: Book) -> None:
    """As one of a file that ends a line of comment, or a partition's key."""
    path = book.path.parent / "re\nraise SystemExit(9)\n<b>.ipynb"
    written(path, "1 / 0")
    with pytest.raises(NotebookCellError):
        launch(str(path))
    run = book.instance.runs()[0].id

    reproduce(run)

    name = f"{path.stem}-{run[:6]}"
    at, error, notebook = failing(path.parent / name / f"{name}-Copy.ipynb")
    assert (at, error) == (2, "ZeroDivisionError: division by zero")
    assert "<b>" not in notebook.cells[0].source.replace("\\<b\\>", "")


def test_an_input_that_is_gone_is_told(book: Book, failed: str) -> None:
    book.run("%wipe orders@1 --yes")

    said = reproduce(failed)

    assert "orders@1" in str(said) and "wiped" in str(said)
    _, error, _ = failing(copy_of(book, failed))
    assert "wiped" in error


def test_a_copy_that_publishes_runs_as_often_as_one_likes(book: Book) -> None:
    folder = book.path.parent
    book.run("@asset\ndef orders():\n    return [1, 2]")
    declared = "from assetbook import AssetReference, publish\norders = AssetReference('orders')"
    cells = ["publish('count', len(orders.load()))", "raise ValueError(orders.load())"]
    written(folder / "report.ipynb", *cells, parameters=declared)
    book.run("made = notebook_asset('report.ipynb')")
    assert not materialize("+count", raise_on_error=False).success
    run = book.instance.runs()[0].id

    reproduce(run)

    errors = [failing(copy_of(book, run))[1] for _ in range(2)]
    assert errors == ["ValueError: [1, 2]"] * 2
    assert book.instance.versions("count") == []


def test_a_run_that_went_on_has_what_the_run_before_had(book: Book, failed: str) -> None:
    """Its kernel had imported the old helper, and read the old input, in cells that did not run
    again."""
    path = book.path.parent / "report.ipynb"
    path.write_text(path.read_text().replace("above", "beyond"))
    with pytest.raises(NotebookCellError, match=r"old \[1, 2\] beyond 7"):
        resume(failed)
    run = book.instance.runs()[0].id
    assert run != failed

    reproduce(run)

    assert failing(copy_of(book, run))[1] == "ValueError: old [1, 2] beyond 7"


def test_what_is_there_is_not_written_over(book: Book, failed: str, tmp_path: Path) -> None:
    reproduce(failed)
    copy_of(book, failed).write_text("mine")

    with pytest.raises(UsageError, match=r"is there already[\s\S]*--into"):
        reproduce(failed)

    assert copy_of(book, failed).read_text() == "mine"
    reproduce(failed, into=tmp_path / "elsewhere")
    assert failing(copy_of(book, failed, tmp_path / "elsewhere"))[1].startswith("ValueError: old")


def test_other_runs_say_what_to_use_instead(book: Book, failed: str) -> None:
    materialized = next(each.id for each in book.instance.runs() if each.asked != "report")

    with pytest.raises(SelectionError, match=r"no notebook[\s\S]*%value NAME@V[\s\S]*%retry"):
        reproduce(materialized)
    with pytest.raises(SelectionError, match="there is none"):
        reproduce("fff")
    with pytest.raises(UsageError, match=rf"%reproduce {failed[:6]}`  report, failed"):
        reproduce()
    root = book.instance.notebook_files
    assert root is not None
    shutil.rmtree(root / failed)
    with pytest.raises(SelectionError, match="is kept no longer"):
        reproduce(failed)


def test_a_run_on_its_way_is_not_reproduced(book: Book) -> None:
    path = written(
        book.path.parent / "report.ipynb",
        "import os, assetbook\nrun = os.environ['ASSETBOOK_RUN']",
        "try:\n    assetbook.reproduce(run)\nexcept assetbook.errors.AssetbookError as error:\n"
        "    print(type(error).__name__)",
    )
    launch(str(path))
    run = book.instance.runs()[0].id

    said = reproduce(run)

    assert ConflictError.__name__ in outputs_of(copy_of(book, run))[-1]
    assert "ended well" in str(said)


def test_a_magic_and_a_shell_do_the_same(book: Book, failed: str, tmp_path: Path) -> None:
    assert "Run all its cells" in book.run(f"%reproduce {failed[:6]} --into {tmp_path / 'a'}")
    done = program(book.path.parent, "reproduce", failed[:6], "--into", str(tmp_path / "b"))

    assert done.returncode == 0, done.stderr
    first, second = (copy_of(book, failed, tmp_path / each) for each in "ab")
    assert os.path.relpath(second, book.path.parent) in done.stdout
    assert [each.source for each in nbformat.read(first, 4).cells[2:]] == [
        each.source for each in nbformat.read(second, 4).cells[2:]
    ]
    shown = program(book.path.parent, "reproduce", "--help").stdout
    assert "--into FOLDER" in shown and "assetbook reproduce 4f2" in shown
