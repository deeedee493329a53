"""The configuration of a run by its partition, and what cannot be meant by it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from assetbook.definitions.asset_job import define_asset_job
from assetbook.definitions.config import Config
from assetbook.definitions.config_by_partition import (
    PartitionedConfig,
    dynamic_partitioned_config,
    partitioned_config,
    static_partitioned_config,
)
from assetbook.definitions.config_by_window import (
    daily_partitioned_config,
    hourly_partitioned_config,
    monthly_partitioned_config,
    weekly_partitioned_config,
)
from assetbook.definitions.partitions import (
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
)
from assetbook.definitions.run_config import RunConfig
from assetbook.errors import ConfigError, DefinitionError, UsageError

COLORS = StaticPartitionsDefinition(["red", "blue"])


class Paint(Config):
    color: str


@pytest.mark.parametrize(
    ("decorator", "key", "window"),
    [
        (
            hourly_partitioned_config("2026-01-01-00:00", 15),
            "2026-01-01-06:15",
            "01 06:15-01 07:15",
        ),
        (daily_partitioned_config("2026-01-01", 30, 2), "2026-01-05", "05 02:30-06 02:30"),
        (weekly_partitioned_config("2026-01-01", 0, 0, 1), "2026-01-05", "05 00:00-12 00:00"),
        (monthly_partitioned_config("2026-01-01", 0, 0, 3), "2026-02-03", "03 00:00-03 00:00"),
    ],
)
def test_a_window_configures_its_run(decorator: Any, key: str, window: str) -> None:
    made = decorator(lambda start, end: {"ops": {"at": f"{start:%d %H:%M}-{end:%d %H:%M}"}})
    assert made.get_run_config_for_partition_key(key) == {"ops": {"at": window}}


def test_each_call_gives_a_configuration_of_its_own() -> None:
    shared: dict[str, Any] = {"ops": {}}
    made = partitioned_config(COLORS)(lambda key: shared)
    made.get_run_config_for_partition_key("red")["ops"]["x"] = 1
    assert made.get_run_config_for_partition_key("red") == {"ops": {}}


def test_a_run_config_is_given_by_section() -> None:
    made = static_partitioned_config(["red"])(lambda key: RunConfig(ops={"wall": Paint(color=key)}))
    found = made.get_run_config_for_partition_key("red")
    assert found["ops"]["wall"]["config"].color == "red"
    with pytest.raises(ConfigError, match=r"the configuration of the partition 'red'.*`opps`"):
        partitioned_config(COLORS)(lambda key: {"opps": {}}).get_run_config_for_partition_key("red")


def test_tags_say_the_partition_and_its_dimensions() -> None:
    both = MultiPartitionsDefinition({"color": COLORS, "size": StaticPartitionsDefinition(["s"])})
    made = PartitionedConfig(both, lambda key: {}, lambda key: {"team": "paint"})
    assert made.get_tags_for_partition_key("red|s") == {
        "team": "paint",
        "dagster/partition": "red|s",
        "dagster/partition/color": "red",
        "dagster/partition/size": "s",
    }


def test_a_function_lists_keys_as_of_a_time() -> None:
    @dynamic_partitioned_config(lambda now: ["a", "a", f"{now:%d}"])
    def listed(key: str) -> dict[str, Any]:
        return {}

    assert listed.get_partition_keys(datetime(2026, 1, 7, tzinfo=UTC)) == ("a", "07")
    with pytest.raises(DefinitionError, match="the partition 'a,b'"):
        dynamic_partitioned_config(lambda now: ["a,b"])(lambda key: {}).get_partition_keys()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: PartitionedConfig("daily", lambda key: {}),
            "partitions_def= of a PartitionedConfig: it is .daily.",
        ),  # type: ignore[arg-type]
        (
            lambda: define_asset_job(
                "j", config=partitioned_config(COLORS)(dict), partitions_def=DAYS
            ),
            "it is divided daily from 2026-01-01, and its config static: red, blue",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(make: Any, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        make()


DAYS = DailyPartitionsDefinition("2026-01-01")


def test_it_is_called_as_the_function_that_it_decorates() -> None:
    @partitioned_config(DynamicPartitionsDefinition(name="customers"))
    def of_customer(key: str) -> dict[str, Any]:
        return {"ops": {key: {}}}

    assert of_customer("ann") == {"ops": {"ann": {}}}
    with pytest.raises(UsageError, match=r"Ask get_run_config_for_partition_key\(key\)"):
        PartitionedConfig(COLORS, lambda key: {})("red")
