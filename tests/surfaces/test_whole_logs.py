"""``%logs --stdout`` and its like print a run's log files whole, and ``%logs`` says where to look."""

from __future__ import annotations

import pytest
from tests.execution.kept import plain_streams
from tests.surfaces.book import Book

FLOOD = """
import logging
@asset
def flood() -> int:
    for number in range(20_000):
        print("line", number)
    logging.getLogger("flooding").warning("once", extra={"rows": 3})
    print("\\x1b[31mred\\x07")
    return 1
"""


@pytest.fixture
def flooded(book: Book) -> Book:
    with plain_streams():
        book.run(FLOOD)
        book.run("%materialize flood")
    return book


def test_the_log_says_where_the_rest_is(flooded: Book) -> None:
    [run] = flooded.live.instance.runs(1)
    said = str(flooded.value("%logs"))
    assert "14,002 more lines: %logs" in said
    assert f"%logs {run.id[:4]}" in said
    assert "--step flood --stdout" in said


def test_stdout_is_printed_whole(flooded: Book, capsys: pytest.CaptureFixture[str]) -> None:
    said = flooded.value("%logs --step flood --stdout")
    printed = capsys.readouterr().out
    assert printed.startswith("line 0\n") and "line 12345\n" in printed
    assert printed.count("\n") >= 20_001
    assert "\x1b" not in printed and "\\x1b[31mred" in printed
    assert "of stdout" in str(said)


def test_what_was_logged_has_a_file_of_its_own(
    flooded: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    flooded.value("%logs --log")
    assert 'WARNING flooding: once {"rows": 3}' in capsys.readouterr().out
    assert "has no file of stderr" in str(flooded.value("%logs --stderr"))


def test_a_wrong_step_and_two_files_at_once_are_refused(flooded: Book) -> None:
    assert "Did you mean `flood`" in flooded.error("%logs --step flod --stdout")
    assert "--stdout and --stderr are asked for at once" in flooded.error("%logs --stdout --stderr")
