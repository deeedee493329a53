"""The store keeps a step's first lines and its last ones, and counts those between."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from assetbook.events.log_record import LogRecord
from assetbook.execution import kept_lines
from assetbook.execution.kept_lines import FIRST_SIZE, LAST_LINES, LAST_SIZE, KeptLines

AT = datetime(2026, 1, 1, tzinfo=UTC)


def record(text: str, stream: Any = "stdout", **more: Any) -> LogRecord:
    return LogRecord(run_id="r", step="s", at=AT, stream=stream, text=text, **more)


def kept(records: Iterable[LogRecord]) -> list[LogRecord]:
    keeping = KeptLines()
    return [*(each for one in records for each in keeping.take([one])), *keeping.rest()]


def text_of(records: Iterable[LogRecord], stream: str = "stdout") -> str:
    return "".join(each.text for each in records if each.stream == stream)


def test_what_is_not_much_stays_as_it_is() -> None:
    some = [record("a\nb"), record("c\n", "stderr"), record("d", "log"), record("e")]
    assert kept(some) == some


def test_lines_between_the_first_and_the_last_are_counted() -> None:
    found = kept([record("".join(f"{number}\n" for number in range(10_000)))])
    first, said, last = found
    assert (first.text.startswith("0\n"), first.text.endswith("\n4999\n")) == (True, True)
    assert (last.text.startswith("9000\n"), last.text.endswith("\n9999\n")) == (True, True)
    assert said.text == "4,000 lines are left out here"
    assert (said.level, said.omitted) == ("WARNING", {"stdout": 4000})


@pytest.mark.parametrize("seed", range(20))
def test_no_line_is_lost_uncounted(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FIRST_LINES", 20), ("LAST_LINES", 10), ("FIRST_SIZE", 2000)):
        monkeypatch.setattr(kept_lines, name, value)
    chance = random.Random(seed)
    pieces, number = [], 0
    for _ in range(chance.randrange(1, 60)):
        count = chance.randrange(1, 12)
        lines = [f"{number + each}\n" for each in range(count)]
        number += count
        if chance.random() < 0.3:
            pieces += [record(each, "log") for each in lines]
        else:
            pieces.append(record("".join(lines), chance.choice(["stdout", "stderr"])))
    found = kept(pieces)
    omitted = sum(sum(each.omitted.values()) for each in found if each.omitted)
    numbers = [int(each) for one in found if not one.omitted for each in one.text.split()]
    assert len(numbers) + omitted == number
    assert numbers == sorted(numbers)
    if omitted:
        assert numbers == [*range(20), *range(number - 10, number)]


def test_a_line_without_end_keeps_its_beginning_and_its_end() -> None:
    found = kept([record("a" + "x" * 3_000_000), record("y" * 500_000 + "z")])
    text = text_of(found)
    assert len(text) == FIRST_SIZE + LAST_SIZE
    assert text.startswith("ax") and text.endswith("yz")


def test_a_log_line_too_long_says_how_much_is_missing() -> None:
    [line] = kept([record("x" * 2_000_000, "log", level="INFO")])
    assert line.text.endswith(" ... and 1,750,000 characters more")


def test_displays_are_kept_among_a_flood_until_they_are_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_lines, "_DISPLAYED", 1_000)
    flood = record("line\n" * 20_000)
    figure = record("<Figure>", "display", bundle={"image/png": "x" * 500})
    found = kept([flood, figure, figure, flood])
    assert [each.stream for each in found].count("display") == 1
    assert text_of(found).count("\n") == 5_000 + LAST_LINES
