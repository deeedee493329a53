"""Which versions may go: rule by rule, and never one that somebody needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.events.value_file import ValueFile
from assetbook.keys import AssetKey, PartitionKey
from assetbook.planning.retention import superfluous
from assetbook.settings import Retention, RetentionRule

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DEFAULT = Retention()


def version(number: int, days: float = 100, key: str = "orders", **more: object) -> ValueFile:
    path = f"{key}/{number}"
    made = ValueFile(AssetKey(key), number, None, NOW - timedelta(days=days), path, 10)
    return replace(made, **more)  # type: ignore[arg-type]


def going(*versions: ValueFile, retention: Retention = DEFAULT) -> list[int]:
    return [each.number for each in superfluous(versions, retention, NOW)]


def test_the_newest_three_of_people_stay() -> None:
    versions = [version(number) for number in range(1, 7)]
    versions[-1] = version(6, latest=True)
    assert going(*versions) == [1, 2, 3]


def test_scheduled_ones_stay_for_thirty_days() -> None:
    made = [version(n, days, scheduled=True) for n, days in ((1, 31), (2, 29.9), (3, 30.1))]
    assert going(*made, version(4, latest=True, scheduled=True)) == [1, 3]


def test_scheduled_ones_do_not_count_as_peoples() -> None:
    by_hand = [version(number) for number in (1, 2, 3, 4)]
    scheduled = [version(number, 5, scheduled=True) for number in (5, 6, 7)]
    assert going(*by_hand, *scheduled) == [1]


@pytest.mark.parametrize("why", ["latest", "kept", "in_use"])
def test_what_somebody_needs_stays(why: str) -> None:
    versions = [version(number) for number in (1, 2, 3, 4)]
    assert going(*versions) == [1]
    assert going(replace(versions[0], **{why: True}), *versions[1:]) == []


def test_what_is_younger_than_a_day_stays() -> None:
    versions = [version(number, 0.99) for number in range(1, 8)]
    assert going(*versions) == []


def test_a_file_that_another_version_needs_stays() -> None:
    first = version(1, path="orders/x")
    restored = version(9, latest=True, path="orders/x")
    others = [version(number) for number in range(2, 9)]
    assert going(first, *others, restored) == [2, 3, 4, 5, 6]


def test_partitions_count_apart() -> None:
    monday = [version(n, partition=PartitionKey("monday")) for n in (1, 2, 3)]
    assert going(*monday, version(4), version(5)) == []


def test_assets_and_projects_have_their_own_rules() -> None:
    rule = RetentionRule(session_versions=1)
    retention = Retention(rule, {"prices": RetentionRule(session_versions=0)})
    orders = [version(number) for number in (1, 2, 3)]
    prices = [version(number, key="prices") for number in (4, 5)]
    assert going(*orders, *prices, retention=retention) == [1, 2, 4, 5]


FLAGS = st.booleans()
VERSIONS = st.lists(
    st.builds(
        version,
        st.integers(1, 40),
        st.floats(0, 90),
        st.sampled_from(["orders", "prices"]),
        scheduled=FLAGS,
        latest=FLAGS,
        kept=FLAGS,
        in_use=FLAGS,
        path=st.sampled_from("abcdefgh"),
    ),
    unique_by=lambda each: (each.key, each.number),
    max_size=30,
)


@given(VERSIONS)
def test_nothing_needed_ever_goes(versions: list[ValueFile]) -> None:
    gone = superfluous(versions, Retention(RetentionRule(0, 0)), NOW)
    for each in gone:
        assert not (each.latest or each.kept or each.in_use)
        assert each.at < NOW - timedelta(hours=24)
    left = {each.path for each in versions if each not in gone}
    assert left.isdisjoint(each.path for each in gone)
