"""Configuration of one run: by name, as RunConfig, of resources; wrong names offer the nearest."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.instance.making import Day, Rate, daily, make, priced, state_of

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.collection import Definitions
from assetbook.definitions.resource import ConfigurableResource
from assetbook.definitions.results import AssetCheckResult
from assetbook.definitions.run_config import RunConfig
from assetbook.errors import ConfigError
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import materialize_to_memory


@pytest.mark.parametrize(
    "config",
    [
        {"daily": {"day": 4}},
        {"daily": Day(day=4)},
        RunConfig(ops={"daily": Day(day=4)}),
        RunConfig(ops={"daily": {"config": {"day": 4}}}),
        {"ops": {"daily": {"config": {"day": 4}}}},
    ],
)
def test_run_config_gives_an_asset_its_values(instance: Instance, config: Any) -> None:
    make(instance, daily, run_config=config)
    assert instance.value("daily") == 4
    assert state_of(instance, "daily", daily) == "stale"
    assert materialize_to_memory([daily], run_config=config).asset_value("daily") == 4


@pytest.mark.parametrize("fields", [Rate(factor=9), {"config": {"factor": 9}}])
def test_run_config_configures_resources(instance: Instance, fields: Any) -> None:
    make(instance, priced)
    again = make(instance, priced, run_config=RunConfig(resources={"rate": fields}))
    assert instance.value("priced") == 9
    assert again.plan.steps[0].why.startswith("config changed: rate")
    assert state_of(instance, "priced", priced) == "stale"
    make(instance, priced)
    assert instance.value("priced") == 2


def test_a_field_of_a_resource_keeps_its_others(instance: Instance) -> None:
    class Two(ConfigurableResource):
        a: int = 1
        b: int = 1

    @asset
    def both(two: Two) -> tuple[int, int]:
        return two.a, two.b

    definitions = Definitions([both], resources={"two": Two(a=5)})
    config = {"resources": {"two": {"config": {"b": 6}}}}
    made = materialize_to_memory(definitions, run_config=config)
    assert made.asset_value("both") == (5, 6)


def test_configure_at_launch_takes_what_the_run_gives(instance: Instance) -> None:
    class Host(ConfigurableResource):
        name: str

    @asset
    def where(host: Host) -> str:
        return host.name

    definitions = Definitions([where], resources={"host": Host.configure_at_launch()})
    made = materialize_to_memory(
        definitions, run_config=RunConfig(resources={"host": Host(name="L")})
    )
    assert made.asset_value("where") == "L"
    with pytest.raises(ConfigError, match=r"RunConfig\(resources=\{'host'"):
        materialize_to_memory(definitions)


def test_checks_are_configured_too(instance: Instance) -> None:
    @asset_check(asset=daily)
    def late(daily: int, config: Day) -> AssetCheckResult:
        return AssetCheckResult(passed=True, metadata={"day": config.day})

    make(instance, daily, late, run_config=RunConfig(ops={"late": Day(day=7)}))
    (check,) = instance.recorded()[daily.key].checks.values()
    assert check.metadata["day"]["value"] == 7


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"dayly": {"day": 1}}, "Did you mean `daily`?"),
        ({"ops": {"dayly": {"config": {}}}}, "Did you mean `daily`?"),
        (RunConfig(ops={"daily": {"confg": {}}}), "Did you mean `config`?"),
        ({"ops": {}, "resource": {}}, "Did you mean `resources`?"),
        (RunConfig(ops={"daily": {"config": {"dya": 1}}}), "Did you mean `day`?"),
        (RunConfig(resources={"rte": Rate()}), "Did you mean `rate`?"),
        (RunConfig(resources={"rate": {"config": {"facto": 1}}}), "Did you mean `factor`?"),
        (RunConfig(execution={"x": 1}), "execution: `x` is not known there"),
        (RunConfig(loggers={"x": 1}), "there is no logger `x`"),
        ({"ops": 3}, "it is an int"),
        ("ops", "it is a str"),
        (RunConfig(resources={"client": {"config": {}}}), "Give another object by resources="),
    ],
)
def test_what_does_not_fit_is_told(instance: Instance, config: Any, said: str) -> None:
    definitions = Definitions([daily, priced], resources={"client": object()})
    with pytest.raises(ConfigError, match=re.escape(said)):
        make(instance, definitions, run_config=config)
    assert instance.runs() == []
