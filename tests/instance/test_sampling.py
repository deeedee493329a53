"""A graph runs on samples of what is stored, and the project's store is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.config import Config
from assetbook.definitions.ports import AssetIn
from assetbook.definitions.results import AssetCheckResult
from assetbook.errors import CheckFailedError, RunFailedError, SelectionError, UsageError
from assetbook.instance.instance import Instance
from assetbook.instance.sampled_rows import sampled
from assetbook.io.memory import InMemoryIOManager
from assetbook.surfaces.making_verbs import materialize
from assetbook.surfaces.trying_out import sample_run

ran: list[str] = []


@asset
def orders() -> pd.DataFrame:
    ran.append("orders")
    return pd.DataFrame({"number": range(5_000), "amount": [1.5] * 5_000})


@asset
def rates() -> dict[str, float]:
    ran.append("rates")
    return {"EUR": 1.1}


class Least(Config):
    number: int = 0


@asset
def large(orders: pd.DataFrame, rates: dict[str, float], config: Least) -> pd.DataFrame:
    ran.append("large")
    return orders[orders["number"] >= config.number]


@asset(io_manager_key="outside")
def report(large: pd.DataFrame) -> int:
    ran.append("report")
    return len(large)


@asset_check(asset=large)
def sorted_rows(large: pd.DataFrame) -> AssetCheckResult:
    return AssetCheckResult(passed=large["number"].is_monotonic_increasing)


outside = InMemoryIOManager()
EVERYTHING = [orders, rates, large, report, sorted_rows]


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Instance]:
    instance = Instance.open(tmp_path / "store")
    materialize(EVERYTHING, instance=instance, resources={"outside": outside}, record=True)
    ran.clear()
    outside.values.clear()
    yield instance
    instance.close()


def sample(stored: Instance, **given: Any) -> Any:
    return sample_run(EVERYTHING, instance=stored, resources={"outside": outside}, **given)


def test_sources_are_samples_of_their_stored_versions(stored: Instance) -> None:
    outcome = sample(stored, rows=100)
    assert ran == ["large", "report"]
    assert outcome.asset_value("report") == 100
    assert outcome.asset_value("rates") == {"EUR": 1.1}


def test_nothing_is_written_to_the_projects_store(stored: Instance) -> None:
    before = stored.events(), sorted(stored.values.root.rglob("*"))
    sample(stored, rows=100)
    assert (stored.events(), sorted(stored.values.root.rglob("*"))) == before


def test_a_run_in_the_store_itself_would_be_seen(stored: Instance) -> None:
    before = stored.events(), sorted(stored.values.root.rglob("*"))
    given = {"outside": outside}
    materialize(EVERYTHING, instance=stored, resources=given, record=True, force=True)
    assert stored.events() != before[0]
    assert sorted(stored.values.root.rglob("*")) != before[1]
    assert outside.values != {}


def test_an_io_manager_of_ones_own_keeps_nothing(stored: Instance) -> None:
    sample(stored, rows=100)
    assert outside.values == {}


def test_a_default_manager_of_ones_own_keeps_nothing_either() -> None:
    everywhere = InMemoryIOManager()
    instance = Instance.ephemeral()
    given = {"outside": outside, "io_manager": everywhere}
    materialize(EVERYTHING, instance=instance, resources=given, record=True)
    before = {key: id(value) for key, value in everywhere.values.items()}
    outcome = sample_run(EVERYTHING, instance=instance, resources=given, rows=5)
    assert outcome.asset_value("large")["number"].size == 5
    assert {key: id(value) for key, value in everywhere.values.items()} == before


def test_the_seed_draws_the_rows_and_their_order_stays(stored: Instance) -> None:
    one, again, other = (sample(stored, rows=50, seed=seed) for seed in (1, 1, 2))
    numbers = [list(each.asset_value("large")["number"]) for each in (one, again, other)]
    assert numbers[0] == numbers[1] == sorted(numbers[0])
    assert numbers[0] != numbers[2]


def test_checks_run_on_the_sample(stored: Instance) -> None:
    outcome = sample(stored, rows=10)
    [found] = [check for each in outcome.outcomes for check in each.checks]
    assert (found.check, found.passed) == ("sorted_rows", True)


def test_what_is_read_and_not_selected_is_a_sample(stored: Instance) -> None:
    outcome = sample(stored, rows=10, selection="report")
    assert ran == ["report"]
    assert outcome.asset_value("report") == 10


def test_a_value_may_be_given_in_the_place_of_a_sample(stored: Instance) -> None:
    few = pd.DataFrame({"number": [1, 2], "amount": [1.0, 2.0]})
    assert sample(stored, inputs={orders: few}).asset_value("report") == 2
    assert sample(stored, inputs={"large": few}).asset_value("report") == 2


def test_a_source_without_a_version_runs(tmp_path: Path) -> None:
    with_nothing = Instance.ephemeral()
    ran.clear()
    outcome = sample(with_nothing, rows=10)
    assert ran == ["orders", "rates", "large", "report"]
    assert outcome.asset_value("report") == 5_000


def test_configuration_reaches_the_run(stored: Instance) -> None:
    outcome = sample(stored, rows=5_000, run_config={"large": {"number": 4_990}})
    assert outcome.asset_value("report") == 10


def test_a_blocking_check_stops_what_follows(stored: Instance) -> None:
    @asset_check(asset=large, blocking=True)
    def enough(large: pd.DataFrame) -> AssetCheckResult:
        return AssetCheckResult(passed=len(large) > 100)

    several = [orders, rates, large, report, enough]
    given = {"instance": stored, "resources": {"outside": outside}}
    assert sample_run(several, rows=101, **given).success
    with pytest.raises((RunFailedError, CheckFailedError), match="enough"):
        sample_run(several, rows=100, **given)


def test_an_input_that_has_no_version_is_named() -> None:
    with pytest.raises(SelectionError, match="`large`"):
        sample(Instance.ephemeral(), selection="report")


def test_a_slip_in_inputs_is_named(stored: Instance) -> None:
    with pytest.raises(SelectionError, match=r"no asset is called so\nDid you mean `orders`"):
        sample(stored, inputs={"order": []})


@pytest.mark.parametrize("rows", [0, -1, 2.5, True])
def test_a_number_of_rows_is_needed(stored: Instance, rows: Any) -> None:
    with pytest.raises(UsageError, match="Give one from 1 on"):
        sample(stored, rows=rows)


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"a": range(50)}),
        pd.Series(range(50)),
        pl.DataFrame({"a": range(50)}),
        pl.Series(range(50)),
        pa.table({"a": range(50)}),
        np.arange(50),
        list(range(50)),
    ],
    ids=lambda value: f"{type(value).__module__}.{type(value).__name__}",
)
def test_rows_are_drawn_of_whatever_has_rows(value: Any) -> None:
    found = sampled(value, 7, seed=3)
    assert type(found) is type(value) and len(found) == 7
    assert sampled(value, 50, seed=3) is value


@pytest.mark.parametrize("value", [{"a": 1}, "text", 5, None, (1, 2, 3), np.float64(1)])
def test_what_has_no_rows_is_whole(value: Any) -> None:
    assert sampled(value, 1, seed=0) is value


def test_an_input_with_another_name_is_sampled_too(stored: Instance) -> None:
    @asset(ins={"rows": AssetIn("orders")})
    def counted(rows: pd.DataFrame) -> int:
        return len(rows)

    assert sample_run([orders, counted], instance=stored, rows=9).asset_value("counted") == 9
