"""Types of values: given to an asset's cell, and named by ``%show``."""

from __future__ import annotations

import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import told

SHARE = """\
Share = ValueType(lambda context, value: 0 <= value <= 1, name="Share")
"""


def test_an_asset_cell_is_checked_by_its_type(book: Book) -> None:
    book.run(SHARE)
    book.run("%%asset half --dagster-type Share\n0.5")
    assert book.instance.value("half") == 0.5
    with pytest.raises(CellFailedError, match="expected Share"):
        book.run("%%asset double --dagster-type Share\n2.0")
    assert book.instance.versions("double") == []


def test_a_type_may_be_an_annotation(book: Book) -> None:
    book.run("%%asset several --dagster-type list[int]\n[1, 2]")
    with pytest.raises(CellFailedError, match="expected"):
        book.run("%%asset wrong --dagster-type list[int]\n['a']")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Shar", "Did you mean `Share`"),
        ("Share.x", "x"),
        ("3", "cannot be asked of a value"),
    ],
)
def test_what_is_no_type_is_told(book: Book, given: str, said: str) -> None:
    book.run(SHARE)
    with pytest.raises(CellFailedError, match=said):
        book.run(f"%%asset half --dagster-type {given}\n0.5")


def test_show_names_the_type(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.run(SHARE)
    book.run("%%asset half --dagster-type Share\n0.5")
    book.run("@asset\ndef plain(): return 1\n@asset\ndef number() -> int: return 1")
    assert "type        Share" in book.run("print(show('half'))")
    assert "type        int" in book.run("print(show('number'))")
    assert "type  " not in book.run("print(show('plain'))")
    monkeypatch.chdir(book.path.parent)
    assert "type        Share" in told("show", "half").stdout
