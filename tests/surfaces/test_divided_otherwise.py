"""A changed partitions definition: old values stay, what maps counts, every view still shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError, opened

MADE = "from assetbook import DailyPartitionsDefinition, WeeklyPartitionsDefinition, asset"


def days(first: str, divided: str = "DailyPartitionsDefinition") -> str:
    return (
        f"{MADE}\n@asset(partitions_def={divided}('{first}', end_date='2026-01-20'))\n"
        "def sales(context) -> int:\n    return int(context.partition_key[-2:])"
    )


def said(book: Book, line: str) -> str:
    return str(book.run(f"view = {line}\nprint(view)"))


def test_a_later_start_leaves_the_first_ones_as_former(book: Book) -> None:
    book.run(days("2026-01-15"))
    book.run("%materialize sales --missing")
    shown = book.run(days("2026-01-17"))
    assert "`sales` is divided otherwise: daily from 2026-01-15 → daily from 2026-01-17" in shown
    assert "3 of its versions have a key of today's and count as made; 2 former ones are" in shown
    assert "3 of 3 partitions made, 2 former ones kept" in said(book, "%assets")
    assert "former  2026-01-15 to 2026-01-16, kept      2" in said(book, "%show sales")
    book.run("%value sales 2026-01-15")
    assert book.result == 15


def test_the_same_key_of_another_window_is_stale(book: Book) -> None:
    book.run(days("2026-01-11"))
    book.run("%materialize sales --missing")
    shown = book.run(days("2026-01-11", "WeeklyPartitionsDefinition"))
    assert "1 of its versions have a key of today's and are stale" in shown
    plan = said(book, "%plan sales --partitions all")
    assert "its key stood for another partition: daily, UTC, and now weekly, UTC" in plan
    book.run("%materialize sales --stale")
    assert "1 of 1 partitions made, 8 former ones kept" in said(book, "%why sales")
    assert "stale" not in said(book, "%assets")


def test_what_needs_a_partition_that_is_gone_says_so_and_nothing_fails(book: Book) -> None:
    book.run(days("2026-01-15"))
    book.run(
        "@asset(partitions_def=DailyPartitionsDefinition('2026-01-15', end_date='2026-01-20'))\n"
        "def twice(sales: int) -> int:\n    return 2 * sales"
    )
    book.run("%materialize twice --missing")
    book.run(days("2026-01-17"))
    assert "5 of 5 partitions made, 2 stale" in said(book, "%assets")
    assert "◐ stale" in said(book, "%show twice")
    book.run("%value twice 2026-01-15")
    assert book.result == 30
    with pytest.raises(CellFailedError, match="it needs the partition '2026-01-15' of `sales`"):
        book.run("%materialize twice --partition 2026-01-15")


def test_one_that_has_none_any_more_and_one_that_has_some_now(book: Book) -> None:
    book.run(f"{MADE}\n@asset\ndef sales() -> int:\n    return 1")
    book.run("%materialize sales")
    shown = book.run(days("2026-01-18"))
    assert (
        "no partitions → daily from 2026-01-18: its whole value is kept, `%value sales@1`" in shown
    )
    book.run("%materialize sales --missing")
    shown = book.run("@asset\ndef sales() -> int:\n    return 1")
    assert "its 2 partitions are kept, `%versions sales`" in shown
    assert "2026-01-19" in said(book, "%versions sales 2026-01-19")


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("2026-01-07", "That is within `2026-01-04`"),
        ("2025-12-01", "The first one is 2026-01-04"),
        ("2030-01-01", "The last one that is over is 2026-01-11; 2029-12-30 is none yet"),
        ("latest", "Did you mean `last`?"),
        ("2026-01", "The first one is"),
    ],
)
def test_a_key_that_there_is_not_is_answered_with_the_one_that_is_meant(
    book: Book, key: str, remedy: str
) -> None:
    book.run(days("2026-01-01", "WeeklyPartitionsDefinition"))
    with pytest.raises(CellFailedError, match=remedy):
        book.run(f"%materialize sales --partition {key}")


def test_a_dynamic_key_that_there_is_not_says_how_to_add_it(book: Book) -> None:
    book.run("%%asset city --partitions dynamic:cities --define\ncontext.partition_key")
    with pytest.raises(CellFailedError, match=r"add_dynamic_partitions\('cities', \['paris'\]\)"):
        book.run("%materialize city --partition paris")


def test_after_a_restart_its_partitions_are_unknown_and_not_divided_otherwise(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as book:
        book.run(days("2026-01-18"))
        book.run("%materialize sales --missing")
    with opened(tmp_path) as book:
        assert "2 of 2 partitions made, 2 unknown" in said(book, "%why sales")
        book.run(days("2026-01-18"))
        assert "sales  ● fresh" in said(book, "%why sales")
