"""Warnings and logged tracebacks of what steps do name the cell of the code, wherever they run."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import pytest
from tests.surfaces.book import Book

CELL = """import warnings
@asset
def counted() -> int:
    warnings.warn("few rows")
    return 3"""
TOLD = "<In[3]: import warnings>:4: UserWarning: few rows"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Warnings are shown, as Python shows them where no test runner takes them."""

    def show(message: Any, category: Any, filename: str, lineno: int, *more: Any) -> None:
        sys.stderr.write(warnings.formatwarning(message, category, filename, lineno))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        monkeypatch.setattr(warnings, "showwarning", show)
        yield


def test_a_warning_names_its_cell(book: Book, shown: None) -> None:
    book.run(CELL)
    assert f'{TOLD}\n  warnings.warn("few rows")' in book.run("%materialize counted")
    assert TOLD in book.run("%logs")
    book.run("%%asset few\nimport warnings\nwarnings.warn('fewer rows')\n1")
    assert "<In[6]: import warnings>:3: UserWarning: fewer rows" in book.run("%logs")
    assert "In[7]" not in book.run("warnings.warn('no step')")  # as IPython calls it


def test_a_warning_in_a_worker_process_names_its_cell(book: Book) -> None:
    book.run(CELL)
    assert TOLD in book.run("%materialize counted --executor processes --workers 1")
    assert TOLD in book.run("%logs")


RAISING = """@asset
def halved(context) -> int:
    try:
        return 1 // 0
    except ZeroDivisionError:
        context.log.exception("no half")
        return 2"""
RAISED = """ERROR no half
{0}Traceback (most recent call last):
{0}  File "<In[3]: @asset>", line 4, in halved
"""


@pytest.mark.parametrize("executor", ["in-process", "processes"])
def test_a_logged_traceback_names_its_cell(book: Book, executor: str) -> None:
    book.run(RAISING)
    shown = book.run(f"%materialize halved --executor {executor}")
    assert RAISED.format("") in shown
    assert RAISED.format("    ") in book.run("%logs")
