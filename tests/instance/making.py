"""Small assets, and how the tests of this folder make them and ask of them."""

from __future__ import annotations

from typing import Any

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.config import Config
from assetbook.definitions.resource import ConfigurableResource
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.materializing import MaterializeOutcome, materialize_definitions
from assetbook.instance.states import standing
from assetbook.keys import AssetKey


class Day(Config):
    day: int = 1


class Rate(ConfigurableResource):
    factor: int = 2


@asset
def numbers() -> list[int]:
    return [1, 2, 3]


@asset
def total(numbers: list[int]) -> int:
    return sum(numbers)


@asset
def doubled(total: int) -> int:
    return total * 2


@asset
def daily(config: Day) -> int:
    return config.day


@asset(resources={"rate": Rate(factor=2)})
def priced(rate: Rate) -> int:
    return rate.factor


ALL = (numbers, total, doubled)


def make(instance: Instance, *definitions: object, **more: Any) -> MaterializeOutcome:
    return materialize_definitions(definitions, instance=instance, **more)


def steps(outcome: MaterializeOutcome) -> list[str]:
    return [each.step.name for each in outcome.outcomes if each.status == "done"]


def state_of(instance: Instance, name: str, *definitions: object) -> str:
    return standing(instance, load(definitions, instance)).states[AssetKey(name)].state
