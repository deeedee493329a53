"""Partitions as they are written in a line, what is wrong with a line, and pickles of them."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from assetbook.definitions.partitions import (
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    MultiPartitionKey,
    MultiPartitionsDefinition,
    PartitionsDefinition,
    StaticPartitionsDefinition,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.partitions.text import keys_named, parse_partitions
from assetbook.errors import AssetbookError, DefinitionError, SelectionError, UsageError

KNOWN = KnownKeys(datetime(2026, 1, 6, 12, tzinfo=UTC))
DAYS = DailyPartitionsDefinition("2026-01-01")
COLORS = StaticPartitionsDefinition(["red", "blue"])
WRITTEN: dict[str, PartitionsDefinition] = {
    "daily:2026-01-01": DAYS,
    " daily:2026-01-01@Europe/Berlin": DailyPartitionsDefinition(
        "2026-01-01", timezone="Europe/Berlin"
    ),
    "weekly:2026-01-01@Etc/GMT+5": WeeklyPartitionsDefinition("2026-01-01", timezone="Etc/GMT+5"),
    "static:red, blue": COLORS,
    "static:red,blue@UTC": StaticPartitionsDefinition(["red", "blue@UTC"]),
    "dynamic:customers": DynamicPartitionsDefinition(name="customers"),
    "cron:0 0 * * 1-5:2026-01-01": TimeWindowPartitionsDefinition(
        "2026-01-01", "%Y-%m-%d", cron_schedule="0 0 * * 1-5"
    ),
    "color=static:red,blue; date=daily:2026-01-01": MultiPartitionsDefinition(
        {"color": COLORS, "date": DAYS}
    ),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_what_divides_is_written_in_a_line(text: str) -> None:
    assert parse_partitions(text) == WRITTEN[text]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("dayly:2026-01-01", UsageError, "Did you mean `daily`"),
        ("daily", UsageError, "Write daily:2026-01-01"),
        ("daily:", UsageError, "Write daily:2026-01-01"),
        ("", UsageError, "Write daily:2026-01-01"),
        ("daily:2026-13-01", DefinitionError, "'%Y-%m-%d'"),
        ("daily:yesterday", DefinitionError, "datetime"),
        ("daily:2026-01-01@Europe/Berlim", AssetbookError, "Europe/Berlin"),
        ("cron:0 0 * * 1-5", UsageError, "no first day"),
        ("cron:61 0 * * *:2026-01-01", AssetbookError, "61"),
        ("static:red,red", DefinitionError, "twice"),
        ("color=static:a;date=dayly:2026-01-01", UsageError, "Did you mean `daily`"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(text: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as caught:
        parse_partitions(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("2026-01-02", [2]),
        ("2026-01-02..2026-01-04", [2, 3, 4]),
        ("2026-01-04..", [4, 5]),
        ("..2026-01-02", [1, 2]),
        ("first", [1]),
        ("last", [5]),
        ("first..last", [1, 2, 3, 4, 5]),
        ("all", [1, 2, 3, 4, 5]),
        ("2026-01-03, 2026-01-01", [1, 3]),
        ("2026-01-03,2026-01-02..2026-01-04", [2, 3, 4]),
        ("", []),
    ],
)
def test_keys_are_named_in_a_line(text: str, keys: list[int]) -> None:
    found = keys_named(text, DAYS, KNOWN, asked="`x`")
    assert list(found) == [f"2026-01-{day:02}" for day in keys]


@pytest.mark.parametrize(
    ("text", "definition", "words"),
    [
        ("2026-01-06", DAYS, "The last one that is over is 2026-01-05"),
        ("reed", COLORS, "Did you mean `red`"),
        ("2026-01-03..2026-01-01", DAYS, "Write 2026-01-01..2026-01-03"),
        ("last", DailyPartitionsDefinition("2027-01-01"), "has none yet"),
    ],
)
def test_keys_that_there_are_not(text: str, definition: PartitionsDefinition, words: str) -> None:
    with pytest.raises(SelectionError) as caught:
        keys_named(text, definition, KNOWN, asked="`x`")
    assert words in str(caught.value)


@pytest.mark.parametrize("text", WRITTEN)
def test_definitions_are_pickled_and_copied(text: str) -> None:
    definition = WRITTEN[text]
    for made in (pickle.loads(pickle.dumps(definition)), copy.deepcopy(definition)):
        assert made == definition
        assert made.describe() == definition.describe()


def test_keys_of_several_dimensions_are_pickled() -> None:
    key = MultiPartitionKey({"b": "2", "a": "1"})
    again = pickle.loads(pickle.dumps(key))
    assert again == "1|2"
    assert again.keys_by_dimension == {"a": "1", "b": "2"}


def test_threads_list_the_same_at_once() -> None:
    for _ in range(20):
        hours = parse_partitions("hourly:2020-01-01-00:00@Europe/Berlin")
        instants = [datetime(2020 + year, 6, 1, tzinfo=UTC) for year in (1, 3, 2, 1)]
        start = Barrier(len(instants))

        def listed(now: datetime, hours=hours, start=start):  # type: ignore[no-untyped-def]
            start.wait()
            keys = hours.keys_at(now)
            return keys, [hours.place_of(key) for key in keys[::501]]

        with ThreadPoolExecutor(len(instants)) as pool:
            found = list(pool.map(listed, instants))
        longest = max((keys for keys, _ in found), key=len)
        for keys, places in found:
            assert keys == longest[: len(keys)]
            assert places == list(range(0, len(keys), 501))
        assert len({*longest}) == len(longest)
