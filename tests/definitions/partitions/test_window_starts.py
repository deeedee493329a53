"""Starts found by plain steps are those that the cron line gives one by one."""

from datetime import UTC, datetime
from itertools import islice

import pytest

from assetbook.cron import Cron
from assetbook.definitions.partitions.window_starts import WindowStarts

FIRST = datetime(2018, 1, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone",
    ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"],
)
@pytest.mark.parametrize(
    "line",
    [
        "15 * * * *",
        "30 2 * * *",
        "0 0 * * *",
        "0 0 * * 0",
        "30 2 * * 7",
        "0 0 1 * *",
        "30 2 28 * *",
        "0 0 31 * *",
        "0 0 1 * 1",
        "0 0 * * 1-5",
    ],
)
def test_steps_are_as_the_line(line: str, zone: str) -> None:
    cron = Cron(line, zone)
    count = 9000 if line.split()[1] == "*" else 500
    starts = WindowStarts(cron, FIRST)
    assert [starts[at] for at in range(count)] == list(islice(cron.after(FIRST), count))
