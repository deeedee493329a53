"""Numbers, sizes, durations and instants as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.surfaces.display.formatting import (
    age_text,
    asked_of,
    asked_text,
    clock_text,
    counted,
    duration_text,
    first_line,
    instant_text,
    size_text,
)

NOW = datetime(2026, 11, 25, 9, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_999, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (415_000_000, "415 MB"),
        (7 * 10**18, "7000 PB"),
    ],
)
def test_sizes_have_two_or_three_digits(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ms"),
        (0.0034, "3 ms"),
        (0.0999, "0.1 s"),
        (0.12, "0.12 s"),
        (0.4, "0.4 s"),
        (0.999, "1.0 s"),
        (3.21, "3.2 s"),
        (59.96, "1 min"),
        (184, "3 min 4 s"),
        (7_500, "2 h 5 min"),
        (86_400 * 3 + 3_600, "3 d 1 h"),
    ],
)
def test_durations_say_what_matters(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@given(st.floats(0, 10**7))
def test_durations_never_say_sixty(seconds: float) -> None:
    text = duration_text(seconds)
    assert "60 s" not in text and "60 min" not in text and len(text) <= 12


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3_600, "just now"),  # another computer's clock is ahead
        (9, "just now"),
        (40, "40 s ago"),
        (120, "2 min ago"),
        (3_600 * 5, "5 h ago"),
        (86_400, "1 day ago"),
        (86_400 * 29, "29 days ago"),
        (86_400 * 31, "2026-10-25"),
    ],
)
def test_ages_become_dates(seconds: float, text: str) -> None:
    assert age_text(NOW - timedelta(seconds=seconds), NOW) == text


def test_instants_are_local_and_short_today() -> None:
    assert instant_text(NOW) == "2026-11-25 09:16"
    assert clock_text(NOW - timedelta(minutes=2), NOW) == "09:14"
    assert clock_text(NOW - timedelta(days=1), NOW) == "2026-11-24 09:16"


def test_a_selection_of_one_key_reads_as_its_name() -> None:
    assert asked_text('key:"raw/orders"') == "raw/orders"
    assert asked_text('key:"a" or key:"b"') == 'key:"a" or key:"b"'
    assert asked_text('key:"a" --partitions 2026-01-01') == "a --partitions 2026-01-01"


@pytest.mark.parametrize("more", ["", " --partitions 2026-01-01", " --partitions a,b --failed"])
def test_what_was_asked_for_is_one_whichever_partitions_are_made(more: str) -> None:
    assert asked_of(f'key:"raw/daily"{more}') == "raw/daily"
    assert asked_of(f"+daily{more}") == "+daily"


def test_nouns_follow_their_counts() -> None:
    assert [counted(1, "check"), counted(0, "check"), counted(1_200, "row")] == [
        "1 check",
        "0 checks",
        "1,200 rows",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", ""), ("one", "one"), ("one\n", "one"), ("one \ntwo\nthree", "one …")],
)
def test_of_several_lines_the_first_is_shown(text: str, shown: str) -> None:
    assert first_line(text) == shown
