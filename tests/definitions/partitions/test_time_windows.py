"""The keys of windows of time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assetbook.definitions.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    TimeWindowPartitionsDefinition,
)


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]
)
@pytest.mark.parametrize("kind", [HourlyPartitionsDefinition, DailyPartitionsDefinition])
def test_keys_that_are_listed_are_those_of_each_window(
    kind: type[TimeWindowPartitionsDefinition], zone: str
) -> None:
    start = datetime(2010, 1, 1)
    definition = kind(start, end_date=datetime(2014, 1, 1), timezone=zone)
    keys = definition.keys_at(datetime(2020, 1, 1, tzinfo=UTC))
    assert len(keys) == len(set(keys)) > 1_000
    assert list(keys) == [definition.key_of(definition.starts[at]) for at in range(len(keys))]
