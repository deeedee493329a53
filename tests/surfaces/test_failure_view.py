"""A failure shows the person's own lines, and an interrupt one line."""

from __future__ import annotations

import re

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


def test_a_cell_from_before_assetbook_was_loaded_has_its_number(book: Book) -> None:
    book.run("%unload_ext assetbook")
    book.run("%load_ext assetbook\ndef helper(number):\n    return number / 0")
    shown = failed(book, "%%asset bad\nhelper(1)")
    assert "  In[4], line 3 in helper()" in shown


def test_what_did_not_run_for_it_can_be_made_up_for(book: Book) -> None:
    book.run("down = True\n@asset(ignore={'down'})\ndef bad():\n    return 1 / (not down)")
    book.run("@asset\ndef after(bad):\n    return bad")
    shown = failed(book, "%materialize after")
    run = book.instance.runs()[0].id[:6]
    again = f"%retry {run} --from-failure"
    assert f"what failed, and what comes after it, once more: {again}" in shown.splitlines()
    book.run("down = False")
    book.run(again)
    assert book.instance.value("after") == 1


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


def test_the_body_of_a_job_that_fails_shows_its_own_lines(book: Book) -> None:
    book.run("@op\ndef count() -> int:\n    return 1")
    for decorated in ("@job", "@job()", "@graph", "@graph_asset"):
        shown = failed(book, f"{decorated}\ndef nightly():\n    return counted(count())")
        assert "name 'counted' is not defined" in shown
        assert "assetbook/" not in shown


def test_a_failure_is_told_by_the_name_that_people_know(book: Book) -> None:
    book.run("@asset\ndef bad():\n    raise Failure('no good', metadata={'rows': 3})")
    shown = failed(book, "%materialize bad")
    assert "assetbook.Failure: no good" in shown.splitlines()
    assert "definitions" not in shown


def test_a_failed_blocking_check_is_said(book: Book) -> None:
    book.run("@asset\ndef numbers():\n    return []")
    book.run("@asset_check(asset=numbers, blocking=True)\ndef has_some(numbers):\n    return False")
    shown = failed(book, "%materialize numbers")
    assert "RunFailedError: the step `numbers:has_some`: the blocking check `has_some`" in shown
    assert shown.splitlines()[-1].startswith("the whole log: %logs ")


@pytest.mark.parametrize("cell", ["%materialize stopped", "%%asset again\nstop()"])
def test_an_interrupt_is_one_line_and_the_run_canceled(book: Book, cell: str) -> None:
    book.run("def stop():\n    raise KeyboardInterrupt")
    book.run("@asset\ndef stopped():\n    stop()\n    return 1")
    shown = failed(book, cell)
    run = book.instance.runs()[0].id[:6]
    assert shown.splitlines()[-1:] == [
        "KeyboardInterrupt: the run was canceled; "
        f"what it had made is kept, and %resume {run} goes on",
    ]
    assert "canceled" in book.run("%runs")
    assert book.instance.runs()[0].status == "canceled"


PRICES = "@asset\ndef prices():\n    return [1, -2]"
CHECK = (
    "@asset_check(asset=prices, blocking=True)\n"
    "def no_negative(prices):\n"
    "    return AssetCheckResult(passed=False, description='one is below', metadata={'bad': 1})"
)
TOTAL = "@asset\ndef total(prices):\n    return sum(prices)"


@pytest.fixture
def blocked(book: Book) -> Book:
    """A notebook with an asset whose blocking check fails, and one that reads it."""
    for cell in (PRICES, CHECK, TOTAL):
        book.run(cell)
    return book


@pytest.mark.parametrize(
    ("cell", "forced"),
    [
        ("%materialize total", "%materialize total --force"),
        ("%materialize", "%materialize --force"),
        ("%materialize 'prices or total'", "%materialize 'prices or total' --force"),
        ("%%asset twice\n2 * sum(prices)", "%materialize twice --force"),
    ],
)
def test_a_check_that_blocks_says_why_and_how_to_go_on(
    blocked: Book, cell: str, forced: str
) -> None:
    *_, error, metadata, remedy, log = failed(blocked, cell).splitlines()
    assert error.endswith("the blocking check `no_negative` failed: one is below")
    assert metadata == "  bad 1"
    assert remedy == f"Mend the data, or use it as it is: {forced}"
    assert log.startswith("the whole log: %logs")


def test_an_input_that_is_blocked_shows_what_its_check_said(blocked: Book) -> None:
    failed(blocked, "%materialize prices")
    shown = failed(blocked, "%materialize total --only")
    assert shown.splitlines()[-4:-1] == [
        "CheckFailedError: the value of `prices`: its check `no_negative` failed",
        "  prices:no_negative: one is below · bad 1",
        "Mend the data, or use it as it is: %materialize total --force",
    ]


def test_the_offered_command_uses_it(blocked: Book) -> None:
    shown = failed(blocked, "%materialize total --force")
    assert "By --force `total` used it as it is. `prices` stays blocked" in shown
    assert blocked.instance.value("total") == -1


def test_a_check_alone_says_what_waits_for_it(blocked: Book) -> None:
    shown = failed(blocked, "%materialize prices")
    assert "What reads `prices` uses it as it is only with --force." in shown


FAILING = """
@asset
def bad():
    return 1 / 0

@op
def halved():
    return 1 / 0

@graph
def halves():
    halved()

@job
def halving():
    halved()
"""
CALLS = [
    "bad()",
    "halved()",
    "materialize([bad])",
    "materialize('bad')",
    "halving.execute_in_process()",
    "halves.execute_in_process()",
    "launch('halving')",
    "sample_run([bad])",
]


def test_a_call_that_fails_shows_no_frames_of_ours(book: Book) -> None:
    book.run(FAILING)
    for call in CALLS:
        shown = re.sub(r"\x1b\[[\d;]*m", "", failed(book, call))
        assert "1 / 0" in shown and "ZeroDivisionError" in shown
        assert "toolkit/assetbook" not in shown, call
