"""Cron lines that cannot be read, or never come: which part, and what to write instead."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest

from assetbook.cron import Cron
from assetbook.errors import DefinitionError


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("@hourly", "0 * * * *"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@annually", "0 0 1 1 *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
        ("0 6 * mar mon-fri", "0 6 * 3 1-5"),
    ],
)
def test_names_and_shorthands_mean_numbers(line: str, same: str) -> None:
    start = datetime(2026, 1, 5, 7, 30, tzinfo=UTC)
    assert [*islice(Cron(line).after(start), 9)] == [*islice(Cron(same).after(start), 9)]


@pytest.mark.parametrize(
    ("line", "found", "remedy"),
    [
        ("60 * * * *", "its minute `60` cannot be read", "0 to 59.*The nearest is `59`"),
        ("0 24 * * *", "its hour `24` cannot be read", "0 to 23.*The nearest is `23`"),
        ("0 0 0 * *", "its day-of-month `0` cannot be read", "1 to 31.*The nearest is `1`"),
        ("0 0 * 13 *", "its month `13` cannot be read", "1 to 12.*The nearest is `12`"),
        ("0 0 * * MOND", "its day-of-week `MOND` cannot be read", "Did you mean `MON`"),
        ("0 22-2 * * *", "its hour `22-2` cannot be read", "Did you mean `22-23,0-2`"),
        ("0 0 * * SAT-SUN", "its day-of-week `SAT-SUN` cannot be read", "`SAT-7,0-SUN`"),
        ("0 0 * * L5", "its day-of-week `L5` cannot be read", "Did you mean `5L`"),
        ("0 0 ? * MON", "its day-of-month `\\?` cannot be read", "Did you mean `\\*`"),
        ("*/90 * * * *", "the step of its minute `\\*/90` is longer", "step of a minute is 59"),
        ("0 0-23/24 * * *", "the step of its hour `0-23/24` is longer", "step of an hour is 23"),
        ("*/0 * * * *", "its minute `\\*/0` cannot be read", "Give a minute as 0 to 59"),
        ("1,,2 * * * *", "its minute `1,,2` cannot be read", "Give a minute as 0 to 59"),
        ("9" * 5000 + " * * * *", "its minute `9+` cannot be read", "The nearest is `59`"),
        ("0 6 * *", "it has 4 fields in place of five", "as in `0 6 \\* \\* \\*`"),
        ("", "it has 0 fields in place of five", "or `@daily`"),
        ("noon", "it has 1 field in place of five", "or `@daily`"),
        ("5 0 6 * * *", "one for seconds is not supported", "field: `0 6 \\* \\* \\*`"),
        ("@dayly", "there is no such shorthand", "Did you mean `@daily`"),
        ("@reboot", "there is no such shorthand", "`@hourly`, `@daily`, .*`@annually`"),
        ("0 0 30 2 *", "never due: day `30` of month `2` never comes", "`L` as the day of month"),
        ("0 0 31 4,6 *", "never due: day `31` of month `4,6` never comes", "`L` as the day"),
        ("0 0 */30 2 1#5", "never comes on day-of-week `1#5`", "Write a date that comes"),
    ],
)
def test_a_bad_line_names_its_part_and_what_to_write(line: str, found: str, remedy: str) -> None:
    with pytest.raises(DefinitionError, match=f"(?s){found}.*{remedy}") as caught:
        Cron(["@daily", line])
    assert str(caught.value).startswith(f"cron line `{line}`: ")


@pytest.mark.parametrize("lines", [[], (), 5, None, {"@daily"}])
def test_what_holds_no_lines_is_refused(lines: object) -> None:
    with pytest.raises(DefinitionError, match="neither a text nor a list of texts"):
        Cron(lines)  # type: ignore[arg-type]


@pytest.mark.parametrize("line", [5, None, ["@daily"]])
def test_a_line_that_is_no_text_is_refused(line: object) -> None:
    with pytest.raises(DefinitionError, match="it is no text"):
        Cron([line])  # type: ignore[list-item]
