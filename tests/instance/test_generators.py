"""Functions that yield their results, and what they tell of other assets beside them."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
import pytest
from tests.instance.making import make, state_of, steps

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.results import (
    AssetCheckResult,
    AssetMaterialization,
    AssetObservation,
    DataVersion,
    MaterializeResult,
    Output,
)
from assetbook.definitions.source_asset import observable_source_asset
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.execution.context import AssetExecutionContext
from assetbook.instance.instance import Instance
from assetbook.instance.store_folder import DATABASE
from assetbook.keys import AssetKey

OUTSIDE = AssetSpec("outside")
SEEN = AssetObservation("outside", metadata={"rows": 3}, tags={"dagster/data_version": "v7"})


def observations(instance: Instance, key: str) -> list[AssetObserved]:
    found = [each.event for each in instance.events(key=key, kinds=[AssetObserved])]
    return [each for each in found if isinstance(each, AssetObserved)]


def test_a_generator_yields_output_and_check_results(instance: Instance) -> None:
    @asset(check_specs=[AssetCheckSpec("few", asset="numbers")])
    def numbers() -> Iterator[Any]:
        yield Output([1, 2], metadata={"rows": 2}, data_version=DataVersion("a"))
        yield AssetCheckResult(True, check_name="few")

    make(instance, numbers)
    assert instance.value("numbers") == [1, 2]
    assert len(instance.events(kinds=[CheckEvaluated])) == 1
    assert instance.version("numbers").event.data_version == "a"


def test_a_generator_yields_a_materialize_result(instance: Instance) -> None:
    @asset
    def numbers() -> Iterator[MaterializeResult[int]]:
        yield MaterializeResult(value=3, metadata={"k": 1})

    make(instance, numbers)
    assert instance.value("numbers") == 3


def test_a_multi_asset_yields_an_output_for_each(instance: Instance) -> None:
    @multi_asset(outs={"a": AssetOut(), "b": AssetOut(is_required=False)})
    def both() -> Iterator[Output[int]]:
        yield Output(1, "a")

    make(instance, both)
    assert instance.value("a") == 1
    assert state_of(instance, "b", both) == "missing"


def test_asset_observation_is_recorded_beside_the_value(instance: Instance) -> None:
    @asset
    def numbers() -> Iterator[Any]:
        yield SEEN
        yield Output([1])

    outcome = make(instance, OUTSIDE, numbers)
    (event,) = observations(instance, "outside")
    assert (event.data_version, event.run_id) == ("v7", outcome.run_id)
    assert event.metadata["rows"]["value"] == 3
    assert state_of(instance, "outside", OUTSIDE) == "fresh"


def test_asset_materialization_tells_of_another_asset(instance: Instance) -> None:
    @asset
    def numbers() -> Iterator[Any]:
        yield AssetMaterialization("outside", metadata={"rows": 4})
        yield Output([1])

    make(instance, OUTSIDE, numbers)
    event = instance.version("outside").event
    assert isinstance(event, AssetMaterialized)
    assert event.metadata["rows"]["value"] == 4
    assert state_of(instance, "outside", OUTSIDE) == "fresh"


def test_log_event_records_with_the_step(instance: Instance) -> None:
    @asset
    def numbers(context: AssetExecutionContext) -> list[int]:
        context.log_event(SEEN)
        return [1]

    make(instance, OUTSIDE, numbers)
    assert len(observations(instance, "outside")) == 1


def test_nothing_is_told_by_a_step_that_fails(instance: Instance) -> None:
    @asset
    def numbers(context: AssetExecutionContext) -> list[int]:
        context.log_event(SEEN)
        raise ValueError("no")

    make(instance, OUTSIDE, numbers, raise_on_error=False)
    assert observations(instance, "outside") == []


def test_an_observed_source_may_be_told_by_whoever_reads_it(instance: Instance) -> None:
    @observable_source_asset
    def outside() -> DataVersion:
        return DataVersion("v6")

    @asset(deps=[outside])
    def numbers() -> Iterator[Any]:
        yield SEEN
        yield Output([1])

    @asset(deps=[outside, numbers])
    def after() -> int:
        return 1

    make(instance, outside, numbers, after)
    assert instance.version("after").event.inputs["outside"].data_version == "v7"
    assert state_of(instance, "numbers", outside, numbers) == "stale"


def test_what_is_found_last_counts_however_late_the_first_is_stored(instance: Instance) -> None:
    assert instance.project is not None
    other = sqlite3.connect(instance.project.store / DATABASE, isolation_level=None)

    @observable_source_asset
    def outside() -> DataVersion:
        other.execute("begin immediate")  # nothing is stored until it ends
        return DataVersion("v6")

    @asset(deps=[outside])
    def numbers() -> Iterator[Any]:
        yield SEEN
        yield Output(np.random.default_rng(1).random(4_000_000))  # which takes time to be written

    @asset(deps=[outside, numbers])
    def after() -> int:
        other.rollback()
        while not observations(instance, "outside"):
            time.sleep(0.001)
        return 1

    make(instance, outside, numbers, after)
    other.close()
    assert [each.data_version for each in observations(instance, "outside")] == ["v6", "v7"]
    assert instance.version("after").event.inputs["outside"].data_version == "v7"


def test_a_materialization_of_its_own_asset_is_refused(instance: Instance) -> None:
    @asset
    def numbers() -> Iterator[Any]:
        yield AssetMaterialization("numbers")

    with pytest.raises(DefinitionError, match=r"Return MaterializeResult\(metadata=\.\.\.\)"):
        make(instance, numbers)


def test_another_event_cannot_be_logged(instance: Instance) -> None:
    @asset
    def numbers(context: AssetExecutionContext) -> int:
        context.log_event("an event")  # type: ignore[arg-type]
        return 1

    with pytest.raises(DefinitionError, match="it was given a str"):
        make(instance, numbers)


def test_async_functions_of_all_kinds_run(instance: Instance) -> None:
    @observable_source_asset
    async def outside() -> DataVersion:
        await asyncio.sleep(0)
        return DataVersion("1")

    @asset(deps=[outside])
    async def numbers() -> list[int]:
        await asyncio.sleep(0)
        return [1, 2]

    @asset
    async def doubled(numbers: list[int]) -> AsyncIterator[Any]:
        yield SEEN
        await asyncio.sleep(0)
        yield Output([each * 2 for each in numbers])

    @asset_check(asset=doubled)
    async def even(doubled: list[int]) -> AssetCheckResult:
        await asyncio.sleep(0)
        return AssetCheckResult(all(each % 2 == 0 for each in doubled))

    outcome = make(instance, outside, numbers, doubled, even)
    assert steps(outcome) == ["outside", "numbers", "doubled", "doubled:even"]
    assert instance.value("doubled") == [2, 4]


def test_an_async_generator_may_stream_tables(instance: Instance) -> None:
    import pyarrow as pa

    @asset
    async def rows() -> AsyncIterator[pa.RecordBatch]:
        for number in range(3):
            await asyncio.sleep(0)
            yield pa.record_batch({"n": [number]})

    make(instance, rows)
    assert instance.value("rows", as_type=pa.Table)["n"].to_pylist() == [0, 1, 2]
    assert AssetKey("rows") in instance.recorded()
