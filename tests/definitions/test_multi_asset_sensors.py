"""Sensors of several assets: what they are given, and what they consume."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assetbook import (
    AllPartitionMapping,
    AssetDep,
    AssetSpec,
    Definitions,
    Instance,
    MultiAssetSensorEvaluationContext,
    RunRequest,
    SkipReason,
    StaticPartitionsDefinition,
    build_multi_asset_sensor_context,
    build_sensor_context,
    multi_asset_sensor,
)
from assetbook.definitions import multi_asset_cursor
from assetbook.errors import DefinitionError, SelectionError, UsageError
from assetbook.events.asset_events import AssetMaterialized

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])
DEFS = Definitions(
    assets=[
        AssetSpec("orders", partitions_def=LETTERS),
        AssetSpec("customers", partitions_def=LETTERS),
        AssetSpec("sums", deps=["orders"], partitions_def=LETTERS),
        AssetSpec(
            "whole",
            deps=[AssetDep("orders", partition_mapping=AllPartitionMapping())],
            partitions_def=LETTERS,
        ),
        AssetSpec("plain"),
    ]
)


@pytest.fixture
def instance() -> Iterator[Instance]:
    instance = Instance.ephemeral()
    yield instance
    instance.close()


def made(instance: Instance, key: str, *partitions: str | None) -> None:
    """Materializes partitions of an asset, one after the other."""
    at = instance.clock.now()
    for each in partitions or (None,):
        instance.store.commit([AssetMaterialized(at=at, key=key, partition=each)])


def context(
    instance: Instance, cursor: str | None = None, *keys: str
) -> MultiAssetSensorEvaluationContext:
    return build_multi_asset_sensor_context(
        monitored_assets=keys or ["orders", "customers"],
        instance=instance,
        cursor=cursor,
        definitions=DEFS,
    )


def by_partition(given: MultiAssetSensorEvaluationContext, key: str = "orders") -> list[str]:
    return list(given.latest_materialization_records_by_partition(key))


def test_what_is_not_consumed_comes_again(instance: Instance) -> None:
    made(instance, "orders", "a", "b", "c", "b")
    first = context(instance)
    found = first.latest_materialization_records_by_partition("orders")
    assert list(found) == ["a", "c", "b"]  # in the order in which they came
    first.advance_cursor({found["c"].asset_key: found["c"]})  # type: ignore[dict-item]
    first.consume()
    then = context(instance, first.cursor)
    left = then.get_trailing_unconsumed_events("orders")
    assert [each.partition_key for each in left] == ["a", "b"]
    assert by_partition(then) == ["a", "b"]
    assert then.get_cursor_partition("orders") == "c"
    assert by_partition(then, "customers") == []


def test_an_earlier_event_of_a_consumed_partition_is_consumed(instance: Instance) -> None:
    made(instance, "orders", "a", "b", "a")
    first = context(instance)
    first.advance_cursor({key: one for key, one in _latest(first).items() if one})
    first.consume()
    assert by_partition(context(instance, first.cursor)) == ["b"]


def _latest(given: MultiAssetSensorEvaluationContext) -> dict:  # type: ignore[type-arg]
    return dict(given.latest_materialization_records_by_key())


def test_what_was_left_can_be_consumed_later(instance: Instance) -> None:
    made(instance, "orders", "a", "b", "c")
    first = context(instance)
    first.advance_cursor(_latest(first))
    first.consume()
    then = context(instance, first.cursor)
    [a, _] = then.get_trailing_unconsumed_events("orders")
    then.advance_cursor({a.asset_key: a})  # type: ignore[dict-item]
    then.consume()
    assert by_partition(context(instance, then.cursor)) == ["b"]
    assert context(instance, then.cursor).get_cursor_partition("orders") == "c"


def test_advancing_all_leaves_nothing(instance: Instance) -> None:
    made(instance, "orders", "a", "b")
    made(instance, "customers", "a")
    first = context(instance)
    first.advance_all_cursors()
    first.consume()
    then = context(instance, first.cursor)
    assert by_partition(then) == by_partition(then, "customers") == []
    made(instance, "orders", "a")
    assert by_partition(then) == ["a"]


def test_by_partition_and_asset(instance: Instance) -> None:
    made(instance, "orders", "a", "b")
    made(instance, "customers", "b")
    found = context(instance).latest_materialization_records_by_partition_and_asset()
    assert {name: [str(key) for key in each] for name, each in found.items()} == {
        "a": ["orders"],
        "b": ["orders", "customers"],
    }


def test_partitions_after_that_of_the_cursor(instance: Instance) -> None:
    made(instance, "orders", "b")
    first = context(instance)
    first.advance_all_cursors()
    first.consume()
    made(instance, "orders", "a", "c")
    then = context(instance, first.cursor)
    assert list(then.latest_materialization_records_by_partition("orders", True)) == ["c"]


def test_whether_all_partitions_are_there(instance: Instance) -> None:
    made(instance, "orders", "a", "b")
    given = context(instance)
    assert not given.all_partitions_materialized("orders")
    assert given.all_partitions_materialized("orders", ["a", "b"])
    made(instance, "orders", "c")
    assert given.all_partitions_materialized("orders")
    with pytest.raises(UsageError, match="it names none"):
        given.all_partitions_materialized("orders", [])


def test_partitions_below_follow_the_mapping(instance: Instance) -> None:
    given = context(instance)
    assert given.get_downstream_partition_keys("b", "orders", "sums") == ["b"]
    assert given.get_downstream_partition_keys("b", "orders", "whole") == ["a", "b", "c"]
    with pytest.raises(UsageError, match="the partitions of `plain`: the asset has none"):
        given.get_downstream_partition_keys("b", "orders", "plain")
    with pytest.raises(SelectionError, match="Did you mean `sums`"):
        given.get_downstream_partition_keys("b", "orders", "sum")


def test_a_sensor_evaluated_as_any_other_moves_its_cursor(instance: Instance) -> None:
    @multi_asset_sensor(["orders", "customers"], target="sums")
    def both(context: MultiAssetSensorEvaluationContext) -> RunRequest | SkipReason:
        found = context.latest_materialization_records_by_key()
        if not all(found.values()):
            return SkipReason("not both")
        context.advance_all_cursors()
        return RunRequest()

    made(instance, "orders", "a")
    first = both.evaluate_tick(build_sensor_context(instance))
    assert (first.skip_message, first.cursor) == ("not both", None)
    made(instance, "customers", "a")
    second = both.evaluate_tick(build_sensor_context(instance))
    third = both.evaluate_tick(build_sensor_context(instance, second.cursor))
    assert (len(second.run_requests), third.skip_message) == (1, "not both")


def test_runs_without_consuming_are_refused(instance: Instance) -> None:
    asks = multi_asset_sensor(["orders"], target="*", name="asks")(lambda context: RunRequest())
    with pytest.raises(UsageError, match="it asks for runs and has consumed nothing"):
        asks.evaluate_tick(build_sensor_context(instance))


def test_it_keeps_its_cursor_itself(instance: Instance) -> None:
    with pytest.raises(UsageError, match="keeps its cursor itself"):
        context(instance).update_cursor("5")
    with pytest.raises(UsageError, match="it is `yesterday`, which it did not write"):
        context(instance, "yesterday")


def test_a_cursor_can_begin_with_what_is_there(instance: Instance) -> None:
    made(instance, "orders", "a")
    given = build_multi_asset_sensor_context(
        monitored_assets=["orders"],
        instance=instance,
        definitions=DEFS,
        cursor_from_latest_materializations=True,
    )
    assert by_partition(given) == []


def test_assets_that_it_does_not_monitor_are_told(instance: Instance) -> None:
    with pytest.raises(SelectionError, match="does not monitor it\nDid you mean `orders`"):
        context(instance).materialization_records_for_key("order")
    with pytest.raises(DefinitionError, match="it monitors no asset"):
        multi_asset_sensor([], target="*", name="none")(lambda context: None)
    with pytest.raises(DefinitionError, match="and not the keys of assets"):
        multi_asset_sensor(5, target="*", name="five")(lambda context: None)  # type: ignore[arg-type]


def test_too_much_left_is_told(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multi_asset_cursor, "MOST_LEFT", 1)
    made(instance, "orders", "a", "b", "c")
    given = context(instance)
    given.advance_cursor(_latest(given))
    with pytest.raises(UsageError, match="2 partitions before it are not consumed"):
        given.consume()
