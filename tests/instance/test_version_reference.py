"""What names a version: a number, a day, a time, a run."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.store import materialized

from assetbook.clock import ManualClock
from assetbook.errors import SelectionError
from assetbook.instance.instance import Instance
from assetbook.instance.version_reference import end_of, find_version, split_name
from assetbook.keys import AssetKey
from assetbook.storage.version import Version

ORDERS = AssetKey("orders")
BERLIN = datetime(2026, 11, 17, 23, 0, tzinfo=UTC)  # midnight in Berlin, winter


def version(number: int, at: datetime, run_id: str = "", overridden: bool = False) -> Version:
    event = materialized(run_id=run_id, overridden=overridden)
    made = type(event)(at=at, key="orders", run_id=run_id, overridden=overridden)
    return Version(ORDERS, number, None, number, made)


VERSIONS = [
    version(4, BERLIN + timedelta(hours=9), "9f2a", overridden=True),
    version(3, BERLIN, "9f1c"),
    version(2, BERLIN - timedelta(seconds=1), "9f2a"),
    version(1, BERLIN - timedelta(days=2), "7777"),
]


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> object:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def found(reference: int | str) -> int:
    return find_version(ORDERS, reference, VERSIONS).number


@pytest.mark.parametrize(
    ("reference", "number"),
    [
        (4, 4),
        ("2", 2),
        ("2026-11-17", 2),  # the day ends at midnight here, which is 23:00 in UTC
        ("2026-11-18", 3),  # an overridden version never was the latest
        ("2026-11-18T00:00", 3),
        ("2026-11-17T23:59", 2),
        ("2026-11-17 23:59", 2),
        ("2026-11-17T23:59:58", 1),
        ("2026-11-17T23:59:58.999999", 1),
        ("2026-11-17T23:59:59.000000", 2),
        ("2026-11-17T23:00Z", 3),
        ("2026-11-17T22:59+00:00", 2),
        ("2026-11-17T17:59-0500", 2),
        ("run:9f1", 3),
        ("run:9f2a", 4),
        ("run:7", 1),
    ],
)
def test_a_reference_finds_its_version(reference: int | str, number: int) -> None:
    assert found(reference) == number


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (9, "there is no such version\nThere are: 4, 3, 2, 1."),
        (0, "there is no such version"),
        ("-1", "`-1` is not a version: give a number, a date"),
        ("", "`` is not a version"),
        ("2026-11-15", "the oldest version is 1, of 2026-11-16 00:00"),
        ("2026-11-31", "`2026-11-31`: day"),
        ("9999-12-31", "`9999-12-31`: "),
        ("2026-11-17T25:00", "`2026-11-17T25:00`: hour"),
        ("run:9f", "2 runs that made it begin so\nThese made it: 9f2a, 9f1c."),
        ("run:zz", "no run that begins so made it\nThese made it: 9f2a, 9f1c, 7777."),
        ("run:", "3 runs that made it begin so"),
    ],
)
def test_what_is_not_there_is_told_what_is(reference: int | str, said: str) -> None:
    with pytest.raises(SelectionError) as caught:
        found(reference)
    assert said in str(caught.value)


def test_the_night_of_the_clock_change_has_its_own_length() -> None:
    assert end_of("2026-03-29", "") - end_of("2026-03-28", "") == timedelta(hours=23)
    assert end_of("2026-10-25", "") - end_of("2026-10-24", "") == timedelta(hours=25)


@given(st.datetimes(datetime(1970, 1, 3), datetime(2200, 1, 1)))
def test_a_time_ends_after_what_is_written(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    for form, length in (("%Y-%m-%dT%H:%MZ", 60), ("%Y-%m-%dT%H:%M:%SZ", 1)):
        end = end_of(instant.strftime(form), "")
        assert instant < end <= instant + timedelta(seconds=length)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("orders", ("orders", None)),
        ("orders@3", ("orders", "3")),
        ("mail@home", ("mail@home", None)),
        ("mail@home@3", ("mail@home", "3")),
        ("@3", ("@3", None)),
        ("raw/orders@run:9f", ("raw/orders", "run:9f")),
    ],
)
def test_a_name_is_split_at_its_last_sign(text: str, parts: tuple[str, str | None]) -> None:
    assert split_name(text, {"mail@home"}.__contains__) == parts


@pytest.fixture
def clocked() -> tuple[Instance, Callable[[], None]]:
    clock = ManualClock(datetime(2026, 11, 17, 9, 30, 20, tzinfo=UTC))
    instance = Instance.ephemeral(clock)
    for _ in range(2):
        instance.store.commit([type(materialized())(at=clock.now(), key="orders")])
        clock.advance(86_400)
    return instance, instance.close


def test_an_instance_takes_every_spelling(clocked: tuple[Instance, Callable[[], None]]) -> None:
    instance, close = clocked
    named = ["orders@2026-11-17", "orders@1", "orders@2026-11-17T10:30"]
    assert [instance.version(each).number for each in named] == [1, 1, 1]
    assert instance.version("orders", "2026-11-18").number == 2
    assert instance.version(ORDERS, 1) == instance.versions("orders")[-1]
    close()
