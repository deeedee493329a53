"""What a store must know of partitions, all of them at once: a part of ``StoreContract``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from assetbook.events.asset_events import (
    AssetMaterialized,
    AssetObserved,
    AssetReadThrough,
    AssetRenamed,
    CheckEvaluated,
    DynamicPartitionsChanged,
)
from assetbook.events.parts import CodeRef
from assetbook.events.run_events import StepEnded
from assetbook.keys import AssetKey, CheckKey, PartitionKey
from assetbook.storage.partition_states import PartitionCounts
from assetbook.storage.store import Store

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
SALES, PRICES = AssetKey("sales"), AssetKey(["raw", "prices"])
MONDAY, TUESDAY = PartitionKey("mon/day 🦉"), PartitionKey("tuesday")


def made(key: AssetKey = SALES, partition: str | None = MONDAY, **more: Any) -> AssetMaterialized:
    """A version of a partition."""
    return AssetMaterialized(at=NOON, key=key.text, partition=partition, **more)


def failed(*places: tuple[AssetKey, str], status: Any = "failed") -> StepEnded:
    """A step that was to make those partitions."""
    return StepEnded(
        at=NOON,
        step="sales",
        status=status,
        keys=tuple(key.text for key, _ in places),
        partitions=tuple(partition for _, partition in places),
    )


class PartitionsContract:
    """The latest of each partition, what failed since, and the keys that come and go."""

    def test_the_latest_of_each_partition(self, store: Store) -> None:
        store.commit([made(), made(partition=TUESDAY), made(), made(partition=None), made(PRICES)])
        store.commit([made(overridden=True)])
        found = store.latest_of_partitions()
        numbers = {
            key: {partition: version.number for partition, version in some.items()}
            for key, some in found.items()
        }
        assert numbers == {SALES: {MONDAY: 3, TUESDAY: 2}, PRICES: {MONDAY: 1}}
        assert found[SALES][TUESDAY].event == made(partition=TUESDAY)
        assert set(store.latest_of_partitions([PRICES, AssetKey("nobody")])) == {PRICES}
        assert store.latest_of_partitions([]) == {}

    def test_the_latest_of_some_partitions(self, store: Store) -> None:
        checked = [
            CheckEvaluated(at=NOON, key=SALES.text, check="rows", partition=each, passed=True)
            for each in (MONDAY, TUESDAY)
        ]
        store.commit([made(), made(partition=TUESDAY), made(PRICES, TUESDAY), made(partition=None)])
        store.commit(checked)
        gone = [PartitionKey(str(number)) for number in range(2_000)]
        for among in ([TUESDAY], [TUESDAY, PartitionKey("gone")], [TUESDAY, *gone]):
            found = store.latest_of_partitions(None, among)
            assert {key: set(some) for key, some in found.items()} == {
                SALES: {TUESDAY},
                PRICES: {TUESDAY},
            }
            assert set(store.latest_of_partitions([SALES], among)) == {SALES}
            ((_, states),) = store.checks_of_partitions([SALES], among).items()
            assert set(states) == {TUESDAY}
        assert store.latest_of_partitions([SALES], []) == {}
        assert store.checks_of_partitions(None, []) == {}

    def test_what_made_each_partition(self, store: Store) -> None:
        code = CodeRef(digest="c1", authored="v2")
        store.commit([made(), made(data_version="d1", code=code, config="s1"), made(PRICES)])
        found = store.made_of_partitions([SALES])
        assert list(found) == [SALES]
        of = found[SALES][MONDAY]
        assert (of.number, of.at, of.data_version) == (2, NOON, "d1")
        assert (of.code, of.authored, of.config, of.store) == ("c1", "v2", "s1", None)
        assert of.event_id == store.latest_of_partitions()[SALES][MONDAY].event_id
        assert store.made_of_partitions()[PRICES][MONDAY].code is None

    def test_partitions_are_counted(self, store: Store) -> None:
        store.commit([made(), made(), made(partition=TUESDAY), made(PRICES, None)])
        store.commit([failed((SALES, TUESDAY), (PRICES, MONDAY), (PRICES, ""))])
        assert store.partition_counts() == {
            SALES: PartitionCounts(2, 1),
            PRICES: PartitionCounts(0, 1),
        }
        assert store.partition_counts([SALES]) == {SALES: PartitionCounts(2, 1)}

    def test_what_failed_stands_until_it_is_made(self, store: Store) -> None:
        (first,) = store.commit([failed((SALES, MONDAY), (SALES, TUESDAY), (SALES, ""))]).event_ids
        assert store.failed_partitions() == {SALES: {MONDAY: first, TUESDAY: first, None: first}}
        store.commit([made(), made(partition=TUESDAY, overridden=True)])
        (second,) = store.commit([failed((SALES, TUESDAY))]).event_ids
        assert store.failed_partitions([SALES]) == {SALES: {TUESDAY: second, None: first}}
        assert store.failed_partitions([PRICES]) == {}
        store.commit([made(partition=None), made(partition=TUESDAY)])
        assert store.failed_partitions() == {}

    def test_a_failure_that_names_no_partitions_is_of_whole_assets(self, store: Store) -> None:
        ended = StepEnded(at=NOON, step="s", status="failed", keys=(SALES.text, PRICES.text))
        (at,) = store.commit([ended]).event_ids
        assert store.failed_partitions() == {SALES: {None: at}, PRICES: {None: at}}

    def test_what_was_skipped_or_says_no_keys_has_not_failed(self, store: Store) -> None:
        store.commit(
            [
                failed((SALES, MONDAY), status="skipped"),
                StepEnded(at=NOON, step="s", status="failed"),
            ]
        )
        assert store.failed_partitions() == {}

    def test_a_failure_of_what_was_never_made_is_no_asset(self, store: Store) -> None:
        store.commit([failed((SALES, MONDAY), (PRICES, MONDAY))])
        assert store.assets() == []
        store.commit([made()])
        assert set(store.failed_partitions()) == {PRICES}

    def test_checks_and_observations_of_each_partition(self, store: Store) -> None:
        def checked(partition: str | None, passed: bool) -> CheckEvaluated:
            return CheckEvaluated(
                at=NOON, key=SALES.text, check="rows", partition=partition, passed=passed
            )

        def seen(partition: str | None) -> AssetObserved:
            return AssetObserved(at=NOON, key=SALES.text, partition=partition, data_version="7")

        store.commit([made(), checked(MONDAY, True), made(partition=TUESDAY), checked(None, True)])
        store.commit([checked(TUESDAY, False), seen(MONDAY), seen(None), seen(TUESDAY)])
        ((key, states),) = store.checks_of_partitions().items()
        assert key == CheckKey(SALES, "rows")
        assert {each: state.passed for each, state in states.items()} == {
            MONDAY: True,
            TUESDAY: False,
        }
        assert store.checks_of_partitions([PRICES]) == {}
        ((key_of, observed),) = store.observed_of_partitions([SALES]).items()
        assert (key_of, set(observed)) == (SALES, {MONDAY, TUESDAY})
        assert observed[MONDAY].event == seen(MONDAY)

    def test_a_new_name_takes_the_partitions_along(self, store: Store) -> None:
        code = CodeRef(digest="c1")
        wednesday = PartitionKey("wednesday")
        store.commit([made(code=code), made(partition=TUESDAY), failed((SALES, TUESDAY))])
        store.commit([failed((SALES, MONDAY), (SALES, ""), (SALES, wednesday))])
        (newer,) = store.commit([failed((PRICES, wednesday))]).event_ids
        store.commit([made(PRICES, TUESDAY), made(PRICES, None)])
        store.commit(
            [
                AssetRenamed(
                    at=NOON,
                    key=PRICES.text,
                    old=SALES.text,
                    code_before="c1",
                    code=CodeRef(digest="c2"),
                )
            ]
        )
        assert set(store.latest_of_partitions()) == set(store.made_of_partitions()) == {PRICES}
        of = store.made_of_partitions()[PRICES]
        assert {each: (one.number, one.code) for each, one in of.items()} == {
            MONDAY: (1, "c2"),
            TUESDAY: (3, None),
        }
        assert {each: one.number for each, one in store.latest_of_partitions()[PRICES].items()} == {
            MONDAY: 1,
            TUESDAY: 3,
        }
        failures = store.failed_partitions()
        assert set(failures) == {PRICES}
        assert set(failures[PRICES]) == {MONDAY, wednesday}
        assert failures[PRICES][wednesday] == newer
        assert store.damage() == []

    def test_reading_through_again_leaves_no_partition_the_latest(self, store: Store) -> None:
        store.commit([made(), made(PRICES), failed((SALES, TUESDAY), (PRICES, TUESDAY))])
        store.commit([AssetReadThrough(at=NOON, key=SALES.text, store="prod")])
        assert set(store.latest_of_partitions()) == set(store.failed_partitions()) == {PRICES}
        assert set(store.made_of_partitions()) == set(store.partition_counts()) == {PRICES}

    def test_dynamic_partitions_keep_their_order(self, store: Store) -> None:
        assert store.add_dynamic_partitions("shops", ["b", "größe 🦉", "a", "b"]) == [
            "b",
            "größe 🦉",
            "a",
        ]
        assert store.add_dynamic_partitions("shops", ["a", "c"]) == ["c"]
        assert store.add_dynamic_partitions("cities", ["a"]) == ["a"]
        assert store.dynamic_partitions("shops") == ["b", "größe 🦉", "a", "c"]
        assert store.has_dynamic_partition("shops", "c")
        assert not store.has_dynamic_partition("cities", "c")
        assert store.delete_dynamic_partitions("shops", ["b", "x", "c"]) == ["b", "c"]
        store.add_dynamic_partitions("shops", ["b"])
        assert store.dynamic_partitions("shops") == ["größe 🦉", "a", "b"]
        assert store.dynamic_partitions("nobody's") == []

    def test_each_change_of_dynamic_partitions_is_an_event(self, store: Store) -> None:
        store.add_dynamic_partitions("shops", ["a", "b"])
        store.add_dynamic_partitions("shops", ["a"])
        store.delete_dynamic_partitions("shops", ["a"])
        store.delete_dynamic_partitions("shops", ["a"])
        events = [each.event for each in store.events(kinds=[DynamicPartitionsChanged])]
        assert [(each.name, each.added, each.deleted) for each in events] == [  # type: ignore[union-attr]
            ("shops", ("a", "b"), ()),
            ("shops", (), ("a",)),
        ]

    def test_a_committed_change_of_dynamic_partitions_is_followed(self, store: Store) -> None:
        changes = DynamicPartitionsChanged(at=NOON, name="shops", added=("a", "b", "a"))
        again = DynamicPartitionsChanged(at=NOON, name="shops", added=("b", "c"), deleted=("a",))
        store.commit([changes, again])
        assert store.dynamic_partitions("shops") == ["b", "c"]
