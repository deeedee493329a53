"""The strip of partitions: squares and ranges, also of very many, and hostile keys as text."""

from __future__ import annotations

from tests.surfaces.view_examples import faults_of

from assetbook.surfaces.display.partition_strip import MOST_SQUARES, ranges, strip

STATES = {"mon": "fresh", "tue": "fresh", "wed": "stale", "thu": "missing"}


def test_a_square_says_its_partition_and_state() -> None:
    html = strip(STATES)
    assert html.count("<span") == 4
    assert 'title="wed: stale"' in html
    assert strip({}) == ""


def test_partitions_in_a_row_are_a_range() -> None:
    text = ranges(STATES).text()
    assert "mon to tue" in text
    assert "wed" in text


def test_a_square_of_several_has_the_worst_state() -> None:
    many = {f"p{number:05}": "fresh" for number in range(10_000)} | {"p00003": "stale"}
    html = strip(many)
    assert html.count("<span") <= MOST_SQUARES
    assert 'title="p00000 to p00024: stale"' in html
    assert ranges(many).text().count("\n") < 12


def test_keys_are_text() -> None:
    hostile = {'"><script>alert(1)</script>': "fresh", "<img onerror=x>": "missing"}
    assert faults_of(strip(hostile)) == []
    assert "<script" not in strip(hostile)
