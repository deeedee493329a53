"""A failure shows the person's own lines, and an interrupt one line."""

from __future__ import annotations

import pytest
from tests.surfaces.book import Book, CellFailedError


def failed(book: Book, cell: str) -> str:
    with pytest.raises(CellFailedError) as caught:
        book.run(cell)
    return str(caught.value)


def test_it_shows_cells_and_lines_and_where_the_log_is(book: Book) -> None:
    book.run("def helper(number):\n    return number / 0")
    book.run("@asset\ndef numbers():\n    return 1")
    shown = failed(book, "%%asset bad\nhelper(numbers)")
    run = book.instance.runs()[0].id
    assert shown.splitlines()[-7:] == [
        "  In[5], line 2",
        "    helper(numbers)",
        "  In[3], line 2 in helper()",
        "    return number / 0",
        "ZeroDivisionError: division by zero",
        "it read `numbers`",
        f"the whole log: %logs {run[:6]} --step bad",
    ]
    assert "assetbook/" not in shown


def test_the_command_shows_the_same(book: Book) -> None:
    book.run("@asset\ndef bad():\n    return {}['nothing']")
    shown = failed(book, "%materialize bad")
    assert "  In[3], line 3 in bad()" in shown
    assert "KeyError: 'nothing'" in shown


def test_the_debugger_lands_where_it_was_raised(book: Book) -> None:
    book.run("@asset\ndef bad():\n    here = 5\n    return here / 0")
    failed(book, "%materialize bad")
    trace = book.shell.InteractiveTB.tb
    while trace.tb_next is not None:
        trace = trace.tb_next
    assert trace.tb_frame.f_locals == {"here": 5}


def test_an_error_of_ours_has_no_frames(book: Book) -> None:
    shown = failed(book, "%%asset bad\nobject()")
    assert "UnstorableValueError: the value of `bad`" in shown
    assert "line 2" not in shown


def test_a_failed_blocking_check_is_said(book: Book) -> None:
    book.run("@asset\ndef numbers():\n    return []")
    book.run("@asset_check(asset=numbers, blocking=True)\ndef has_some(numbers):\n    return False")
    shown = failed(book, "%materialize numbers")
    assert "RunFailedError: the step `numbers:has_some`: the blocking check `has_some`" in shown
    assert "shows the whole run" in shown


@pytest.mark.parametrize("cell", ["%materialize stopped", "%%asset again\nstop()"])
def test_an_interrupt_is_one_line_and_the_run_canceled(book: Book, cell: str) -> None:
    book.run("def stop():\n    raise KeyboardInterrupt")
    book.run("@asset\ndef stopped():\n    stop()\n    return 1")
    shown = failed(book, cell)
    assert shown.splitlines()[-1:] == [
        "KeyboardInterrupt: the run was canceled; what it had made is kept: %runs",
    ]
    assert "canceled" in book.run("%runs")
    assert book.instance.runs()[0].status == "canceled"
