"""A location runs from its bundle alone: its notebook may be edited, its modules gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from tests.surfaces.shell import program

from assetbook.errors import DefinitionError, SelectionError, StoreError, UsageError
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunStarted
from assetbook.instance.bundles import Bundle, bundle_at, cells_ahead, keep_bundle
from assetbook.instance.bundling import bundle_of
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pin
from assetbook.instance.snapshots import recall_content
from assetbook.notebook.document import read_document
from assetbook.notebook.local_imports import WorkTree
from assetbook.notebook.location_source import source_of
from assetbook.surfaces.code_location import load_definitions
from assetbook.surfaces.kept_location import ask_pinned

CELLS = (
    "import sys\nfrom pathlib import Path\nsys.path.insert(0, '../lib')\nimport assetbook",
    "%load_ext assetbook",
    "from shop import prices\n1 / 0",
    "@assetbook.asset\ndef orders() -> int:\n    from late import more\n"
    "    return prices.PRICE + more() + int(Path('data.txt').read_text())",
    "%%asset total\norders * 2",
)
ANN = Origin(kind="cli", user="ann", host="laptop")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    book, shop = tmp_path / "books", tmp_path / "lib" / "shop"
    book.mkdir()
    shop.mkdir(parents=True)
    (shop / "__init__.py").touch()
    (shop / "prices.py").write_text("from .taxes import TAX\nPRICE = 40 + TAX\n")
    (shop / "taxes.py").write_text("TAX = 1\n")
    (shop / "unused.py").write_text("1 / 0\n")
    (book / "late.py").write_text("def more(): return 1\n")
    (book / "data.txt").write_text("100")
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(each, id=f"c{at}") for at, each in enumerate(CELLS)]
    notebook.cells.insert(3, nbformat.v4.new_markdown_cell("All *orders*.", id="above"))
    nbformat.write(notebook, book / "shop.ipynb")
    return tmp_path


@pytest.fixture
def instance(folder: Path) -> Iterator[Instance]:
    opened = Instance.get(folder)
    yield opened
    opened.close()


def bundled(folder: Path) -> Bundle:
    document = read_document(folder / "books" / "shop.ipynb")
    return bundle_of(document, WorkTree(folder), "books/shop.ipynb")


def edit(folder: Path, cell: str, text: str) -> None:
    path = folder / "books" / "shop.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(each for each in notebook.cells if each.id == cell).source = text
    nbformat.write(notebook, path)


def test_a_bundle_holds_what_loading_runs_and_reaches(folder: Path) -> None:
    found = bundled(folder)
    assert list(found.modules) == ["late", "shop", "shop.prices", "shop.taxes"]
    assert [cell.id for cell in found.cells] == ["c0", "c1", "c2", "c3", "c4"]
    assert found.cells[2].text.strip() == "from shop import prices"
    assert found.cells[3].above == "All *orders*."
    assert found.packages["pandas"]


def test_a_bundle_is_kept_once_and_read_back(folder: Path, instance: Instance) -> None:
    digest = keep_bundle(instance, bundled(folder))
    assert bundle_at(instance, digest) == bundled(folder)
    edit(folder, "c2", "from shop import prices\n2 / 0  # not loaded")
    assert keep_bundle(instance, bundled(folder)) == digest
    edit(folder, "c4", "%%asset total\norders * 3")
    assert keep_bundle(instance, bundled(folder)) != digest


def test_how_far_a_notebook_is_ahead_is_counted(folder: Path) -> None:
    before = bundled(folder)
    assert cells_ahead(before, bundled(folder)) == 0
    edit(folder, "c4", "%%asset total\norders * 3")
    edit(folder, "c2", "from shop import prices\n# looked at it")
    (folder / "lib" / "shop" / "taxes.py").write_text("TAX = 2\n")
    assert cells_ahead(before, bundled(folder)) == 2


@pytest.mark.parametrize(
    "cell, text, where",
    [
        (
            "c4",
            "%%asset total\npassword = 'hunter22'\norders",
            "loaded cell 5, `%%asset total`, line 2",
        ),
        ("above", "Log in as postgresql://ada:hunter22@db", "the text above loaded cell 4, line 1"),
    ],
)
def test_a_bundle_with_a_secret_is_refused(
    folder: Path, instance: Instance, cell: str, text: str, where: str
) -> None:
    edit(folder, cell, text)
    with pytest.raises(
        DefinitionError, match=f"{where}: .*looks like a secret(.|\n)*EnvVar"
    ) as found:
        keep_bundle(instance, bundled(folder))
    assert "hunter22" not in str(found.value)


def test_a_secret_in_a_cell_that_is_not_loaded_hinders_nothing(
    folder: Path, instance: Instance
) -> None:
    edit(folder, "c2", "from shop import prices\nprint('postgresql://ada:hunter22@db')")
    digest = keep_bundle(instance, bundled(folder))
    assert "hunter22" not in str(bundle_at(instance, digest))


def test_a_bundle_that_is_not_kept_is_said(instance: Instance) -> None:
    with pytest.raises(StoreError, match="the bundle 0123456789ab: it is not in the store"):
        bundle_at(instance, "0123456789abcdef")


def test_a_pin_runs_whatever_became_of_the_files(folder: Path, instance: Instance) -> None:
    digest = keep_bundle(instance, bundled(folder))
    pin(instance, "books/shop.ipynb", digest, by=ANN)
    (folder / "books" / "shop.ipynb").unlink()
    shutil.rmtree(folder / "lib")
    (folder / "books" / "late.py").write_text("def more(): raise ValueError\n")
    done = program(folder, "materialize", "books/shop.ipynb", "+total", "--pinned")
    assert done.returncode == 0, done.stderr
    assert instance.value("total") == 2 * (41 + 1 + 100)
    (run,) = instance.events(kinds=[RunStarted])
    assert isinstance(run.event, RunStarted)
    assert run.event.bundle == digest
    assert run.event.snapshot is not None
    assert instance.store.snapshots() == {}


def test_what_was_never_pinned_is_said(folder: Path) -> None:
    with pytest.raises(SelectionError, match=r"the pin of books/shop.ipynb: it was never pinned"):
        ask_pinned(source_of(folder / "books" / "shop.ipynb"), {"verb": "plan"})


def test_a_copy_has_no_pin(folder: Path) -> None:
    with pytest.raises(UsageError, match="it is no location"):
        ask_pinned(source_of(folder / "books" / "shop-Copy1.ipynb"), {"verb": "plan"})


def test_a_run_names_its_snapshot_and_bundle(folder: Path, instance: Instance) -> None:
    edit(folder, "c2", "from shop import prices")
    loaded = load_definitions(folder / "books" / "shop.ipynb", in_process=True)
    assert loaded.materialize("orders").success
    (run,) = instance.events(kinds=[RunStarted])
    assert isinstance(run.event, RunStarted)
    assert run.event.bundle is not None
    assert bundle_at(instance, run.event.bundle) == bundled(folder)
    assert run.event.snapshot is not None
    kept = recall_content(instance, run.event.snapshot)
    assert [record.key for record in kept] == ["orders", "total"]


def test_a_run_of_the_file_goes_on_without_a_bundle(
    folder: Path, instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, "c4", "%%asset total\ntoken = 'hunter22'\norders + len(token)")
    loaded = load_definitions(folder / "books" / "shop.ipynb", in_process=True)
    assert loaded.materialize("orders").success
    assert loaded.materialize("total").success
    said = capsys.readouterr().err
    assert said.count("the source of this run is not kept: loaded cell 5, `%%asset total`") == 1
    assert "hunter22" not in said
    runs = [each.event for each in instance.events(kinds=[RunStarted])]
    assert [each.bundle for each in runs if isinstance(each, RunStarted)] == [None, None]
