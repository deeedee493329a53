"""What a person runs in a notebook names its source: the cells as they ran."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError

from assetbook.events.run_events import RunStarted
from assetbook.instance.bundles import Bundle, bundle_at
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.session import Cell
from assetbook.surfaces.desk import StoreDesk
from assetbook.surfaces.kept_location import ask_kept
from assetbook.surfaces.run_verbs import runs

ORDERS = """rate = 2
@asset
def orders() -> int:
    return 10 * rate"""


def bundle_of_last_run(book: Book) -> tuple[str | None, Bundle | None]:
    [started] = book.instance.events(kinds=[RunStarted], newest_first=True, limit=1)
    assert isinstance(started.event, RunStarted)
    digest = started.event.bundle
    return digest, bundle_at(book.instance, digest) if digest is not None else None


def test_a_run_names_the_cells_as_they_ran(book: Book) -> None:
    book.run("print('looking around')", "look")
    book.run("rate = 3  # never saved", "rate")
    with pytest.raises(CellFailedError):
        book.run("def broken(:", "broken")
    book.run(ORDERS, "orders")
    book.run("%materialize orders", "make")
    digest, bundle = bundle_of_last_run(book)
    assert digest is not None and bundle is not None
    assert [cell.id for cell in bundle.cells if cell.id not in ("cell-1", "cell-2")] == ["orders"]
    assert bundle.location == "book.ipynb"
    assert f"book.ipynb In[7] · source {digest[:7]}" in book.run("%logs")
    assert runs(desk=StoreDesk(book.instance, "cli")).to_json()[0]["bundle"] == digest


def test_the_bundle_runs_by_itself(book: Book, tmp_path: Path) -> None:
    (tmp_path / "prices.py").write_text("PRICE = 7\n", encoding="utf-8")
    book.run("import sys\nsys.path.insert(0, '')\nfrom prices import PRICE", "imports")
    book.run("rate = 5", "rate")
    book.run("%%asset total\nrate * PRICE", "total")
    (tmp_path / "prices.py").unlink()
    digest, bundle = bundle_of_last_run(book)
    assert digest is not None and bundle is not None
    book.path.unlink()
    asked = {"verb": "materialize", "arguments": {"selection": ["total"], "force": True}}
    source = LocationSource("book.ipynb", book.path, tmp_path)
    answered = ask_kept(source, bundle, {**asked, "json": True, "quiet": True}, digest)
    assert answered["success"]
    assert book.instance.value("total") == 35
    assert len(book.instance.versions("total")) == 2
    assert bundle_of_last_run(book)[0] == digest


def test_the_same_cells_are_one_bundle(book: Book) -> None:
    digests = []
    for text in (ORDERS, ORDERS, ORDERS.replace("rate = 2", "rate = 4")):
        book.run(text, "orders")
        book.run("%materialize orders --force")
        digests.append(bundle_of_last_run(book)[0])
    assert digests[0] == digests[1] != digests[2]


def test_a_cell_that_was_deleted_with_its_asset_is_not_in_it(book: Book) -> None:
    book.run("%%asset old\n1", "old")
    book.live.session.begin(Cell("new", 9), deleted=["old"])
    book.live.session.end(True)
    book.run("%%asset new\n2", "new")
    _, bundle = bundle_of_last_run(book)
    assert bundle is not None
    assert "old" not in [cell.id for cell in bundle.cells]


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        pytest.param(
            [("def h():\n    return 1\n1 / 0", "h"), ("%%asset made\nh()", "made")],
            ["def h():\n    return 1", "%%asset made\nh()"],
            id="what ran of a cell that failed",
        ),
        pytest.param(
            [("%%asset made\n1", "made"), ("%%asset made --nosuch\n2", "made")],
            ["%%asset made\n1"],
            id="not what was refused",
        ),
        pytest.param(
            [("@asset\ndef made():\n    return 1", "made"), ("@asset\ndef made(:", "made")],
            ["@asset\ndef made():\n    return 1"],
            id="not what is no Python",
        ),
        pytest.param(
            [("%%asset made\n1", "made"), ("%%asset made\n2", "other")],
            ["%%asset made\n2"],
            id="not a cell that was replaced by another",
        ),
    ],
)
def test_the_bundle_has_what_took_effect(
    book: Book, cells: list[tuple[str, str]], kept: list[str]
) -> None:
    for text, cell in cells:
        with contextlib.suppress(CellFailedError):
            book.run(text, cell)
    book.run("%materialize made --force", "make")
    _, bundle = bundle_of_last_run(book)
    assert bundle is not None
    texts = [cell.text for cell in bundle.cells]
    assert [each for each in texts if "assetbook" not in each] == kept


def test_cells_without_ids_are_one_bundle_with_the_last_of_each(book: Book) -> None:
    for text in (ORDERS, ORDERS.replace("10", "20"), "%materialize orders"):
        with contextlib.redirect_stdout(io.StringIO()):
            book.shell.run_cell(text, store_history=True)
    _, bundle = bundle_of_last_run(book)
    assert bundle is not None
    assert [cell.text for cell in bundle.cells][2:] == [ORDERS.replace("10", "20")]


def test_a_secret_leaves_the_run_without_a_bundle_and_is_said_once(book: Book) -> None:
    book.run("password = 'tulips-and-roses'\n@asset\ndef login() -> int:\n    return len(password)")
    said = [book.run("%materialize login --force") for _ in range(2)]
    assert bundle_of_last_run(book) == (None, None)
    assert "the source of this run is not kept" in said[0] and 'EnvVar("NAME")' in said[0]
    assert "is not kept" not in said[1]
    assert "tulips" not in "".join(said)
    assert "source" not in book.run("%logs")
